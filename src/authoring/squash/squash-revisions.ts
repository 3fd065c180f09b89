import { exitCodes } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import { readRevisions } from '../../runner/files/read-revisions.ts';
import { withScratchServer } from '../scratch/scratch-server.ts';
import type { AuthoringAnswer, Surroundings } from '../surroundings.ts';
import { buildRevisions } from './build-revisions.ts';
import { chooseReplaced } from './choose-replaced.ts';
import { formatSquash } from './format-squash.ts';
import { makeBaseline } from './make-baseline.ts';
import { proveBaseline } from './prove-baseline.ts';
import { writeSquash } from './write-squash.ts';

export interface SquashRevisions {
  /** The last revision to replace. */
  readonly to: string;
  readonly message: string;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  readonly data: 'carried' | 'left out';
  /** SQL for the end of the baseline. */
  readonly appended: string | undefined;
  readonly directory: string;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

export type SquashAnswer = AuthoringAnswer<AnswerDocument<'squash'>>;

/**
 * Replaces old revisions by one baseline, when it is proved that both ways make the same database. Answers 11, with nothing
 * written, when they do not.
 * @throws AppError, RevisionError: nothing to squash, revisions that cannot be replayed, a place that is taken.
 */
export async function squashRevisions(asked: SquashRevisions): Promise<SquashAnswer> {
  const { directory, surroundings, dryRun } = asked;
  const folder = await readRevisions(directory);
  const plan = chooseReplaced(folder, asked);
  return withScratchServer(surroundings.scratch, async (server) => {
    const built = await buildRevisions(server, { ...asked, files: plan.files, target: plan.files.at(-1)?.name ?? '' });
    const made = await makeBaseline(server, { ...built, ...asked });
    const later = folder.revisions.slice(plan.files.length);
    const proof = await proveBaseline(server, { ...asked, plan, later, built, made });
    const isProved = proof.differences.length === 0;
    const written = isProved && !dryRun;
    if (written) writeSquash(directory, { plan, text: proof.text, later });
    const document: AnswerDocument<'squash'> = {
      baseline: plan.name,
      file: `${directory}/${plan.name}.sql`,
      written,
      proved: isProved,
      replaced: plan.files.map(({ name }) => name),
      staying: plan.staying.map(({ file }) => file),
      rows: built.tables.map(({ name, count }) => ({ table: name, rows: count })),
      differences: [...proof.differences],
      remarks: [...made.remarks],
      sql: dryRun ? proof.text : null,
      server: server.label,
    };
    return {
      exitCode: isProved ? exitCodes.done : exitCodes.differenceFound,
      text: formatSquash(document, made.unwritten),
      document,
    };
  });
}
