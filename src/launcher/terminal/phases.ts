import { formatDuration } from '../../contract/duration.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';

export const phaseNames = ['provisioning', 'pulling', 'starting', 'running'] as const;
export type Phase = (typeof phaseNames)[number];
/** Milliseconds by phase; a phase that was not reached is absent. */
export type PhaseDurations = Readonly<Partial<Record<Phase, number>>>;

export const phaseTexts: Readonly<Record<Phase, string>> = {
  provisioning: 'provisioning (network)',
  pulling: 'pulling the image',
  starting: 'starting the container',
  running: 'running',
};

/** The phase that a task is in, or `undefined` when it is over. */
export function phaseOf(task: TaskSnapshot): Phase | undefined {
  if (['STOPPED', 'DEPROVISIONING', 'STOPPING', 'DEACTIVATING', 'DELETED'].includes(task.lastStatus)) return undefined;
  if (task.startedAtMs !== undefined || task.lastStatus === 'RUNNING') return 'running';
  if (task.pullStoppedAtMs !== undefined) return 'starting';
  return task.pullStartedAtMs === undefined ? 'provisioning' : 'pulling';
}

/** Follows a task through its phases. */
export interface PhaseTracker {
  /** The line for a phase that has just begun, with the time that the one before took. */
  see(task: TaskSnapshot): string | undefined;
  /** The line for a phase that lasts; none when the task is over. */
  stillThere(): string | undefined;
  /** The phase that the task is in; `over` when it is none any more; `undefined` before it was seen. */
  current(): Phase | 'over' | undefined;
  /** By ECS's own times where it gave them, else by when we saw it. */
  durations(): PhaseDurations;
}

export function createPhaseTracker(now: () => number): PhaseTracker {
  const seenAtMs: Partial<Record<Phase | 'over', number>> = {};
  let current: Phase | 'over' | undefined;
  let task: TaskSnapshot | undefined;
  const durations = (): PhaseDurations => {
    const entries = phaseNames.map((phase, index) => {
      const [beganMs, endedMs] = task ? ecsTimes(task, phase) : [];
      if (beganMs !== undefined && endedMs !== undefined) return [phase, Math.max(0, endedMs - beganMs)];
      const seenMs = seenAtMs[phase];
      if (seenMs === undefined) return [phase, undefined];
      const later = [...phaseNames.slice(index + 1), 'over' as const].map((next) => seenAtMs[next]);
      return [phase, Math.round((later.find((ms) => ms !== undefined) ?? now()) - seenMs)];
    });
    return Object.fromEntries(entries.filter(([, ms]) => ms !== undefined)) as PhaseDurations;
  };
  return {
    durations,
    see(snapshot) {
      task = snapshot;
      const phase = phaseOf(snapshot) ?? 'over';
      if (phase === current) return undefined;
      const before = current;
      current = phase;
      seenAtMs[phase] ??= now();
      if (phase === 'over')
        return ranUnseen(before, snapshot)
          ? withTimes('ran', phasesBetween(before, 'running'), durations())
          : undefined;
      return withTimes(phaseTexts[phase], phasesBetween(before, phase), durations());
    },
    stillThere() {
      const sinceMs = current === undefined || current === 'over' ? undefined : seenAtMs[current];
      if (current === undefined || current === 'over' || sinceMs === undefined) return undefined;
      return `still ${phaseTexts[current]} (${formatDuration(now() - sinceMs)})`;
    },
    current: () => current,
  };
}

/** Whether the container began and ended between two looks: that it ran is worth a line all the same. */
function ranUnseen(before: Phase | 'over' | undefined, { startedAtMs }: TaskSnapshot): boolean {
  return startedAtMs !== undefined && before !== undefined && before !== 'running' && before !== 'over';
}

/** The phases that ended when this one began; quick ones may pass between two looks. */
function phasesBetween(before: Phase | 'over' | undefined, phase: Phase): readonly Phase[] {
  if (before === undefined || before === 'over') return [];
  return phaseNames.slice(phaseNames.indexOf(before), phaseNames.indexOf(phase));
}

function withTimes(text: string, ended: readonly Phase[], durations: PhaseDurations): string {
  const times = ended.flatMap((phase) => {
    const ms = durations[phase];
    return ms === undefined ? [] : [`${phase} ${formatDuration(ms)}`];
  });
  return times.length === 0 ? text : `${text} (${times.join(', ')})`;
}

function ecsTimes(task: TaskSnapshot, phase: Phase): [number | undefined, number | undefined] {
  switch (phase) {
    case 'provisioning':
      return [task.createdAtMs, task.pullStartedAtMs ?? task.startedAtMs];
    case 'pulling':
      return [task.pullStartedAtMs, task.pullStoppedAtMs];
    case 'starting':
      return [task.pullStoppedAtMs, task.startedAtMs];
    case 'running':
      return [task.startedAtMs, task.executionStoppedAtMs ?? task.stoppedAtMs];
  }
}
