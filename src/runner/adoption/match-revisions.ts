import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { RevisionFile } from '../files/read-revisions.ts';
import { slugOf } from '../files/revision-name.ts';
import { tableLabel, type ForeignRow, type ForeignTable } from './foreign-tool.ts';

type Known = Pick<RevisionFile, 'id' | 'name' | 'alembicId' | 'adoptedFrom'>;

export interface ForeignState {
  readonly rows: readonly ForeignRow[];
  /** Why the tool itself would not go on. */
  readonly halted: string | undefined;
}

/**
 * How many of the revisions, from the first on, another tool says are applied.
 * @throws AppError `foreign-unsound` (5) for failed rows, branches and gaps, `foreign-unknown` (4) for ids without a file.
 */
export function countAdopted(found: ForeignTable, { rows, halted }: ForeignState, revisions: readonly Known[]): number {
  const { tool } = found;
  const failed = rows.filter(({ problem }) => problem !== null);
  if (failed.length > 0 || halted !== undefined) {
    const reasons = failed.map(({ id, problem }) => `${id} is ${problem ?? ''}`);
    throw unsound(
      `${tool.title} itself would not go on here (${tableLabel(found)}): ${[...reasons, ...(halted === undefined ? [] : [halted])].join('; ')}.`,
      `Bring the database and ${tableLabel(found)} in order first (${tool.cure}), then run this again.`,
    );
  }
  if (tool.name === 'alembic' && rows.length > 1) {
    throw unsound(
      `${tableLabel(found)} holds ${rows.length} revisions, ${list(rows.map(({ id }) => id))}: Alembic's history has branches here.`,
      'Merge them in Alembic (`alembic merge heads`, then `alembic upgrade head`), import or write that merge as a revision, then run this again.',
    );
  }
  const places = rows.map((row) => ({
    row,
    place: revisions.findIndex((revision) => isSame(tool.name, row, revision)),
  }));
  const unknown = places.filter(({ place }) => place === -1).map(({ row }) => row.id);
  if (unknown.length > 0) throw unknownIds(found, unknown);
  const applied = new Set(places.map(({ place }) => place));
  const newest = Math.max(-1, ...applied);
  const presumed = Math.max(-1, ...places.filter(({ row }) => row.presumes).map(({ place }) => place));
  const gap = revisions.findIndex((_, index) => index > presumed && index < newest && !applied.has(index));
  if (gap !== -1) {
    const [missing, later] = [revisions[gap]?.name ?? '', revisions[newest]?.name ?? ''];
    throw unsound(
      `${tool.title} has applied ${later}, but not ${missing}, which sorts before it.`,
      `Apply it with ${tool.title}, or let it sort last: \`migrate rebase ${missing}\`.`,
    );
  }
  return newest + 1;
}

/** Whether the row is of this revision: by its header, else by the digits or the words of its name. */
function isSame(
  tool: string,
  { id, name }: ForeignRow,
  { id: ours, name: ourName, alembicId, adoptedFrom }: Known,
): boolean {
  if (tool === 'alembic') return alembicId === id;
  if (adoptedFrom !== undefined) return adoptedFrom === `${tool}:${id}`;
  if (/^\d+$/.test(id)) return withoutZeros(id) === withoutZeros(ours);
  const theirs = slugOf(name ?? id.replace(/\.[a-z]+$/i, ''));
  return (
    theirs === slugOf(ourName) ||
    (theirs.replace(/^\d+_/, '') === ourName.slice(ours.length + 1) && /^\d{14}/.exec(theirs)?.[0] === ours)
  );
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

function unknownIds({ tool, schema, table }: ForeignTable, ids: readonly string[]): AppError {
  const header = tool.name === 'alembic' ? `-- alembic: ${ids[0] ?? ''}` : `-- adopted: ${tool.name}:${ids[0] ?? ''}`;
  return new AppError({
    code: 'foreign-unknown',
    exitCode: exitCodes.databaseAhead,
    message: `${tool.title} has applied ${list(ids)} (${tableLabel({ schema, table })}), of which no revision file here knows.`,
    hint: `Give the file that does the same the line \`${header}\` above its first marker and run \`migrate lock\`, or import ${tool.title}'s folder: \`migrate adopt ${tool.name} --import DIR\`. A newer image may have it.`,
  });
}

function unsound(message: string, hint: string): AppError {
  return new AppError({ code: 'foreign-unsound', exitCode: exitCodes.historyUnsound, message, hint });
}

function list(ids: readonly string[]): string {
  return ids.length > 5 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ');
}
