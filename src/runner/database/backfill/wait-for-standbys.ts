import { formatDuration } from '../../../contract/duration.ts';
import type { Session } from '../connection/session.ts';
import type { BackfillRun } from './run-batches.ts';
import { readStandbyLag, type StandbyLag } from './standby-lag.ts';

/** Between two looks while a standby is behind. */
const lookEveryMs = 500;

/** Returns when no standby is further behind than allowed, or `isOver` says that the wait is. */
export async function waitForStandbys(
  session: Session,
  { revision, options, statement, statements }: BackfillRun,
  isOver: () => boolean,
): Promise<void> {
  const { replicaLagMs } = options.backfill;
  if (replicaLagMs === 0) return;
  for (let told = false; ; told = true) {
    const lag = await readStandbyLag(session);
    if (!lag || lag.lagMs <= replicaLagMs || isOver()) return;
    options.signal.throwIfAborted();
    if (!told)
      options.emit({ event: 'statement.progress', revision: revision.id, statement, statements, phase: phaseOf(lag) });
    await options.recovery.sleep(lookEveryMs);
  }
}

function phaseOf({ name, lagMs }: StandbyLag): string {
  return `waiting for the standby ${name}, which is ${formatDuration(lagMs)} behind`;
}
