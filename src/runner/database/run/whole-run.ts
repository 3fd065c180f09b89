import type { Direction } from '../record/journal.ts';
import type { SettledOutcome } from './settle-commit.ts';

/** The revisions of a run that is one transaction (`--atomic`), and what became of them. */
export interface WholeRun {
  readonly direction: Direction;
  /** Names of all revisions of the run, in its order. */
  readonly names: readonly string[];
  /** Those whose record changed although the run failed: only after a COMMIT inside a script. */
  readonly kept: readonly string[];
}

/** What is true of the database after a run in one transaction that failed, of every revision of it. */
export function stateOfWholeRun(
  { direction, names, kept }: WholeRun,
  { effectsStay, settled }: { readonly effectsStay: boolean; readonly settled: SettledOutcome | undefined },
): string {
  if (effectsStay) {
    const done = direction === 'up' ? 'applied and recorded' : 'reverted, and gone from the record';
    const list = kept.length === 0 ? `none of the revisions of this run is ${done}` : `${listed(kept)}: ${done}`;
    return `What ran before that is in the database; by the record, ${list}.`;
  }
  const state = `${listed(names)} ${names.length === 1 ? 'is' : 'are'} ${direction === 'up' ? 'not' : 'still'} applied`;
  switch (settled) {
    case 'unknown':
      return 'The run took effect as a whole or not at all (--atomic): `migrate current` will say which.';
    case 'rolled-back':
      return `The whole run was rolled back (--atomic; the record was read over a new connection to be sure): ${state}.`;
    case 'committed':
    case undefined:
      return `The whole run was rolled back (--atomic): ${state}.`;
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20);
  if (names.length > shown.length) return `${shown.join(', ')} and ${names.length - shown.length} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
