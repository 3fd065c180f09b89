import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { findTarget } from '../history/find-target.ts';
import type { AppliedRevision, KnownRevision } from '../history/record.ts';

/** `<from>:<to>`, as Alembic writes it; `undefined` for a target without a colon. */
export function parseRange(target: string): { readonly from: string; readonly to: string } | undefined {
  if (!target.includes(':')) return undefined;
  const [from = '', to = '', ...more] = target.split(':');
  if (from === '' || to === '' || more.length > 0 || /^[+-]\d+$/.test(from)) {
    throw new AppError({
      code: 'bad-range',
      exitCode: exitCodes.usage,
      message: `"${target}" is no range of revisions.`,
      hint: 'Write <from>:<to>, e.g. `migrate upgrade base:head --sql` or `migrate downgrade head:base --sql`.',
    });
  }
  return { from, to };
}

/**
 * The record of a database that was upgraded to `from` and no further; the guard of the script holds it to that.
 * @throws AppError of {@link findTarget}; `wrong-direction` (2) for a range that goes back although it is for an upgrade.
 */
export function assumedRecord(
  { from, to }: { readonly from: string; readonly to: string },
  known: readonly KnownRevision[],
  command: 'upgrade' | 'downgrade',
): readonly AppliedRevision[] {
  const start = findTarget(from, { revisions: known, currentIndex: 0 });
  const end = findTarget(to, { revisions: known, currentIndex: start });
  if (command === 'upgrade' ? end < start : end > start) {
    throw new AppError({
      code: 'wrong-direction',
      exitCode: exitCodes.usage,
      message: `The range "${from}:${to}" goes the wrong way for ${command}.`,
      hint: `Use \`migrate ${command === 'upgrade' ? 'downgrade' : 'upgrade'} ${from}:${to} --sql\`, or turn it round.`,
    });
  }
  return known
    .slice(0, start)
    .map((revision, index) => ({ ...revision, appliedAt: new Date(0), durationMs: 0, sequence: index + 1 }));
}
