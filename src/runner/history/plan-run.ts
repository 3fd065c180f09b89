import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { findTarget } from './find-target.ts';
import { currentRevision, pendingRevisions, type AppliedRevision, type KnownRevision } from './record.ts';

/**
 * What `upgrade <target>` applies, in order; empty when the database is there already or further.
 * @throws AppError of {@link findTarget}, and `wrong-direction` (2) for a relative target that points back.
 */
export function planUpgrade<T extends KnownRevision>(
  target: string,
  known: readonly T[],
  applied: readonly AppliedRevision[],
): readonly T[] {
  const current = currentRevision(applied);
  const currentIndex = current === undefined ? 0 : known.findIndex(({ id }) => id === current.id) + 1;
  const targetIndex = findTarget(target, { revisions: known, currentIndex });
  if (/-\d+$/.test(target) && targetIndex < currentIndex) throw wrongDirection(target, 'upgrade', 'downgrade');
  return pendingRevisions(known.slice(0, targetIndex), applied);
}

/**
 * What `downgrade <target>` reverts, newest application first; the target itself stays applied. `-N` are the N that were applied
 * last; any other target cuts where it stands among the revisions. The record is enough to plan: a revision whose file is gone
 * can still be named.
 * @throws AppError of {@link findTarget}, `wrong-direction` for `+N`, `not-applied` for a revision that is pending (all 2).
 */
export function planDowngrade(
  target: string,
  known: readonly KnownRevision[],
  applied: readonly AppliedRevision[],
): readonly AppliedRevision[] {
  if (/^\+\d+$/.test(target)) throw wrongDirection(target, 'downgrade', 'upgrade');
  const inOrder = [...applied].toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const aliases = new Map(known.map(({ id, alembicId }) => [id, alembicId]));
  const revisions = inOrder.map((row) => ({ ...row, alembicId: aliases.get(row.id) }));
  // `head` is the newest file, also when the database is behind or ahead of it.
  const named = target.replace(/^heads?(?=$|[+-])/, known.at(-1)?.id ?? 'head');
  const index = findAppliedTarget(named, revisions, known);
  if (/^-\d+$/.test(target)) return lastAppliedFirst(applied).slice(0, inOrder.length - index);
  return lastAppliedFirst(inOrder.slice(index));
}

/** Against the order of application, which is another than that of the names when a revision was allowed to run late. */
function lastAppliedFirst(applied: readonly AppliedRevision[]): readonly AppliedRevision[] {
  return applied.toSorted((left, right) => right.sequence - left.sequence);
}

function findAppliedTarget(target: string, applied: readonly KnownRevision[], known: readonly KnownRevision[]): number {
  try {
    return findTarget(target, { revisions: applied, currentIndex: applied.length });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unknown-revision') throw error;
    // Known as a file, but not applied: say that, not "unknown". When it is no file either, this throws "unknown" itself.
    const anchor = target.replace(/(?<=.)[+-]\d+$/, '');
    const position = findTarget(anchor, { revisions: known, currentIndex: applied.length });
    throw new AppError({
      code: 'not-applied',
      exitCode: exitCodes.usage,
      message: `Revision ${known[position - 1]?.name ?? anchor} is not applied, so it is no target for a downgrade.`,
      hint: 'See `migrate history`; `migrate upgrade` goes forward.',
    });
  }
}

function wrongDirection(target: string, asked: string, other: string): AppError {
  return new AppError({
    code: 'wrong-direction',
    exitCode: exitCodes.usage,
    message: `Target "${target}" points the wrong way for ${asked}.`,
    hint: `Use \`migrate ${other} ${target}\`, or another target.`,
  });
}
