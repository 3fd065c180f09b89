import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { readUnfinished } from '../database/record/journal.ts';
import type { Session } from '../database/connection/session.ts';
import type { RevisionFile, RevisionFolder } from '../files/read-revisions.ts';
import { readSquashed } from '../files/read-squashed.ts';
import { chooseLineage, lineagesOf } from '../history/choose-lineage.ts';
import type { AppliedRevision } from '../history/record.ts';

export interface SeenFrom {
  readonly applied: readonly AppliedRevision[];
  /** Revisions that stopped half-way. */
  readonly begun?: readonly { readonly revision: string }[] | undefined;
  /** What the command is to go to, or speaks of. */
  readonly targets?: readonly string[] | undefined;
}

/**
 * The folder as one database sees it. Where there is a baseline, a database that holds revisions which it replaces goes on
 * with those, from the folder for squashed ones; an empty one begins with the baseline. Nothing in the record changes.
 * @throws AppError `squashed-revision` (2) for a target that this database never had, `squashed-missing`, `squashed-edited`,
 * `before-baseline` (5).
 */
export async function lineageOf(
  folder: RevisionFolder,
  { applied, begun = [], targets = [] }: SeenFrom,
): Promise<RevisionFolder> {
  const { baseline, revisions } = folder;
  if (baseline === undefined) return folder;
  const others = revisions.filter((file) => file !== baseline.revision);
  const { lineage, missed } = chooseLineage(lineagesOf(baseline.revision, baseline.replaced), {
    applied,
    begun: begun.map(({ revision }) => revision),
    later: others,
    targets,
  });
  if (missed !== undefined) throw squashedTarget(missed, baseline.revision, lineage);
  const ids = new Set(applied.map(({ id }) => id));
  if (lineage[0] === baseline.revision) {
    if (!ids.has(baseline.revision.id)) refuseEarlier(folder, baseline.revision);
    return folder;
  }
  const files = [...(await readSquashed(folder, lineage, ids)), ...others];
  return { ...folder, revisions: files.toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
}

/** The same for a command that has a session open; asks the database more only where there is a baseline. */
export async function readLineage(
  session: Session,
  folder: RevisionFolder,
  { schema, ...seen }: Omit<SeenFrom, 'begun'> & { readonly schema: string },
): Promise<RevisionFolder> {
  if (folder.baseline === undefined) return folder;
  // Of the very first revision only the journal knows when it stopped half-way.
  const begun = seen.applied.length === 0 ? await readUnfinished(session, schema) : [];
  return lineageOf(folder, { ...seen, begun });
}

/**
 * The folder as a database sees it that another tool manages: it is older than any baseline, so that it is at one of the
 * revisions of the beginning. Where their files are gone only the baseline is left.
 */
export async function adoptedLineage(
  folder: RevisionFolder,
  applied: readonly AppliedRevision[],
): Promise<RevisionFolder> {
  const [first] = folder.baseline?.replaced ?? [];
  if (first === undefined || applied.length > 0) return lineageOf(folder, { applied });
  try {
    return await lineageOf(folder, { applied, targets: [first.name] });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'squashed-missing') throw error;
    return folder;
  }
}

/** An empty database would run it before all that it was written for. */
function refuseEarlier({ revisions }: RevisionFolder, baseline: RevisionFile): void {
  const earlier = revisions.find(({ id }) => id < baseline.id);
  if (earlier === undefined) return;
  throw new AppError({
    code: 'before-baseline',
    exitCode: exitCodes.historyUnsound,
    message: `Revision ${earlier.name} sorts before the baseline ${baseline.name}, which begins an empty database.`,
    hint: `Give it a new timestamp: \`migrate rebase ${earlier.id}\`.`,
  });
}

function squashedTarget(
  target: string,
  baseline: RevisionFile,
  lineage: readonly { readonly name: string }[],
): AppError {
  const begins = lineage[0]?.name ?? baseline.name;
  return new AppError({
    code: 'squashed-revision',
    exitCode: exitCodes.usage,
    message: `"${target}" names a revision that ${baseline.name} replaces, and this database has never been there: it began with ${begins}.`,
    hint: 'See `migrate history`; a baseline is one step, and cannot be reverted.',
  });
}
