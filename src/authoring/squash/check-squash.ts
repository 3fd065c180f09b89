import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import { readRevisions } from '../../runner/files/read-revisions.ts';
import { readSquashed } from '../../runner/files/read-squashed.ts';
import { replayRevisions } from '../replay-revisions.ts';
import { withScratchServer } from '../scratch/scratch-server.ts';
import type { Surroundings } from '../surroundings.ts';
import { buildRevisions } from './build-revisions.ts';
import { formatSquash } from './format-squash.ts';
import { compareStates, readState } from './read-state.ts';
import type { SquashAnswer } from './squash-revisions.ts';

export interface CheckSquash {
  readonly data: 'carried' | 'left out';
  readonly directory: string;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

/**
 * Proves once more that the baseline makes what the revisions make that it replaces: for CI, where somebody may have touched
 * one of the files, and for another version of PostgreSQL. Answers 11 when it does not.
 * @throws AppError `no-baseline` (2), `squashed-missing`, `squashed-edited` (5).
 */
export async function checkSquash(asked: CheckSquash): Promise<SquashAnswer> {
  const { directory, surroundings } = asked;
  const folder = await readRevisions(directory);
  if (folder.baseline === undefined) throw noBaseline();
  const { revision, replaced } = folder.baseline;
  const files = await readSquashed(folder, replaced, new Set());
  return withScratchServer(surroundings.scratch, async (server) => {
    // By its name: its id is the baseline's too.
    const built = await buildRevisions(server, { ...asked, files, target: replaced.at(-1)?.name ?? '' });
    await built.forget(built.database);
    const made = await replayRevisions(server, { ...asked, target: revision.name });
    const scope = { ...asked, varying: built.state.rows && built.varying, roles: built.roles };
    const differences = compareStates(built.state, await readState(made, scope));
    await built.forget(made);
    const document: AnswerDocument<'squash'> = {
      baseline: revision.name,
      file: revision.file,
      written: false,
      proved: differences.length === 0,
      replaced: replaced.map(({ name }) => name),
      staying: [],
      rows: built.tables.map(({ name, count }) => ({ table: name, rows: count })),
      differences: [...differences],
      remarks: [],
      sql: null,
      server: server.label,
    };
    const exitCode = document.proved ? exitCodes.done : exitCodes.differenceFound;
    return { exitCode, text: formatSquash(document, []), document };
  });
}

function noBaseline(): AppError {
  return new AppError({
    code: 'no-baseline',
    exitCode: exitCodes.usage,
    message: 'There is no baseline here to check.',
    hint: 'Write one: `migrate squash --to <revision> -m "baseline"`.',
  });
}
