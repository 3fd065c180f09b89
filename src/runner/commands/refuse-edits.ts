import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { readStoredBodies } from '../database/record-tables.ts';
import type { Session } from '../database/session.ts';
import { parseSqlRevision } from '../files/parse-sql-revision.ts';
import { readRevisionText, type RevisionFile, type RevisionFolder } from '../files/read-revisions.ts';
import { readSqlRevision } from '../files/read-sql-revision.ts';
import { checkHistory } from '../history/check-history.ts';
import { differingLines, withoutRemarks } from '../history/text-difference.ts';
import type { AppliedRevision } from '../history/record.ts';

/**
 * Refuses files that were edited after they were applied, and shows what differs: the record keeps what was run.
 * @throws AppError `revision-edited` (5).
 */
export async function refuseEdits(session: Session, { schema, folder, applied }: EditedIn): Promise<void> {
  const { edited } = checkHistory(folder.revisions, applied);
  const [first] = edited;
  const file = folder.revisions.find(({ id }) => id === first?.id);
  if (!first || !file) return;
  const recorded = bodiesAsText(await readStoredBodies(session, schema, first.id));
  const now = recorded === undefined ? undefined : await bodiesOf(file).then(bodiesAsText);
  const others = edited.slice(1).map(({ name }) => name);
  const isRemark = recorded !== undefined && now !== undefined && runsTheSame(file, recorded, now);
  const lines = [
    `Revision ${first.name} was edited after it was applied (${first.appliedAt.toISOString()}): ${file.file} has sha256 ${file.checksum.slice(0, 12)}…, the record ${first.checksum.slice(0, 12)}….`,
    ...(recorded === undefined || now === undefined ? [] : differingLines(recorded, now)),
    ...(isRemark ? ['Only comments and white space differ: it would run the same.'] : []),
    ...(others.length === 0
      ? []
      : [`Edited as well: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ', …' : ''}.`]),
  ];
  throw new AppError({
    code: 'revision-edited',
    exitCode: exitCodes.historyUnsound,
    message: lines.join('\n'),
    hint: isRemark
      ? `Restore the file from git, or let the record take its text: \`migrate stamp ${applied.at(-1)?.id ?? first.id} --reason "comments of ${first.id}"\`.`
      : 'Restore the file from git and put the change into a new revision: `migrate revision -m "…"`.',
  });
}

interface EditedIn {
  readonly schema: string;
  readonly folder: RevisionFolder;
  readonly applied: readonly AppliedRevision[];
}

interface Bodies {
  readonly up: string | undefined;
  readonly down: string | undefined;
}

/** As the record keeps them. */
async function bodiesOf(file: RevisionFile): Promise<Bodies> {
  if (file.extension !== 'sql') return { up: await readRevisionText(file), down: undefined };
  const { upBody, downBody } = await readSqlRevision(file);
  return { up: upBody, down: downBody };
}

/** The text of a revision; `undefined` when the record keeps none, since it was too long. */
function bodiesAsText({ up, down }: Bodies): string | undefined {
  return up === undefined ? undefined : `${up}${down ?? ''}`.replaceAll('\r\n', '\n');
}

function runsTheSame({ extension, file }: RevisionFile, recorded: string, now: string): boolean {
  if (extension !== 'sql') return false;
  const [before, after] = [recorded, now].map((text) => {
    const { up, down } = parseSqlRevision(text, file);
    return JSON.stringify(
      [up, down].map((section) => [section?.transactional, section?.statements.map((one) => withoutRemarks(one.text))]),
    );
  });
  return before === after;
}
