import type { Region } from '../region.ts';
import { requestStop, type Task } from './task.ts';

/** What befalls a task that runs, as its faults say. */
export function meetFate(task: Task, region: Region): void {
  const { outOfMemoryMs, spotMs, userStopMs } = task.faults;
  later(outOfMemoryMs, region, () => {
    const [container] = task.containers;
    if (container?.lastStatus !== 'RUNNING') return;
    container.reason = 'OutOfMemoryError: Container killed due to memory usage';
    task.processes[0]?.kill();
  });
  later(spotMs, region, () => requestStop(task, 'SpotInterruption', 'Your Spot Task was interrupted.'));
  later(userStopMs, region, () => requestStop(task, 'UserInitiated', 'Task stopped by user'));
}

function later(ms: number | undefined, { closing }: Region, act: () => void): void {
  if (ms === undefined) return;
  const timer = setTimeout(act, ms);
  closing.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
