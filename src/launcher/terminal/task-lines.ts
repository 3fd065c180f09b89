import { formatDuration } from '../../contract/duration.ts';
import { visibleLine } from '../../contract/visible-text.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import type { ListedTask, TaskListing } from '../tasks/list-tasks.ts';
import { isLive } from '../tasks/running-task.ts';
import { familyAndRevisionOf, taskIdOf } from '../target/target.ts';
import { utcTime } from '../../contract/utc-time.ts';

const heading = ['TASK', 'REVISION', 'STARTED BY', 'STATUS', 'SINCE', 'DURATION', 'RESULT'];

/** The list for people: a heading and one line per task; nothing when there is none. */
export function taskLines({ tasks }: TaskListing, nowMs: number): readonly string[] {
  if (tasks.length === 0) return [];
  const rows = [heading, ...tasks.map((listed) => row(listed, nowMs))];
  const widths = heading.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The same for programs, as one document. */
export function taskDocument({ environment, cluster, family, tasks }: TaskListing, nowMs: number): object {
  return {
    version: 1,
    environment,
    cluster,
    family,
    tasks: tasks.map(({ task, verdict }) => ({
      id: taskIdOf(task.arn),
      arn: task.arn,
      revision: familyAndRevisionOf(task.definitionArn),
      startedBy: task.startedBy ?? null,
      status: statusOf(task),
      createdAt: isoTime(task.createdAtMs),
      startedAt: isoTime(task.startedAtMs),
      stoppedAt: isoTime(endOf(task)),
      durationMs: durationMs(task, nowMs) ?? null,
      outcome: verdict?.outcome ?? null,
      exitCode: verdict?.exitCode ?? null,
      reason: verdict?.reason ?? null,
    })),
  };
}

function row(listed: ListedTask, nowMs: number): readonly string[] {
  const { task } = listed;
  const sinceMs = sinceWhen(task);
  const ranForMs = durationMs(task, nowMs);
  return [
    taskIdOf(task.arn),
    familyAndRevisionOf(task.definitionArn),
    visibleLine(task.startedBy ?? '-'),
    statusOf(task),
    sinceMs === undefined ? '-' : utcTime(sinceMs),
    ranForMs === undefined ? '-' : formatDuration(ranForMs),
    visibleLine(resultOf(listed)),
  ];
}

/** In AWS's word, but for a task that was told to stop and whose container lives on for a while. */
function statusOf(task: TaskSnapshot): string {
  return isLive(task) && task.stopCode !== undefined ? 'stopping' : task.lastStatus.toLowerCase();
}

/** Since when the task is in this state. */
function sinceWhen(task: TaskSnapshot): number | undefined {
  return (isLive(task) ? undefined : endOf(task)) ?? task.startedAtMs ?? task.createdAtMs;
}

function endOf({ executionStoppedAtMs, stoppedAtMs }: TaskSnapshot): number | undefined {
  return executionStoppedAtMs ?? stoppedAtMs;
}

/** How long the containers have run; `undefined` when they never did. Our clock and ECS's may differ a little. */
function durationMs(task: TaskSnapshot, nowMs: number): number | undefined {
  const endMs = endOf(task) ?? (isLive(task) ? nowMs : undefined);
  return task.startedAtMs === undefined || endMs === undefined ? undefined : Math.max(0, endMs - task.startedAtMs);
}

function resultOf({ task, verdict }: ListedTask): string {
  if (!verdict) return isLive(task) ? '-' : (task.stoppedReason ?? 'unknown');
  const why = verdict.reason === undefined ? '' : `: ${verdict.reason}`;
  switch (verdict.outcome) {
    case 'succeeded':
      return 'succeeded';
    case 'never-started':
      return `never started${why}`;
    case 'unknown':
      return verdict.reason ?? 'unknown';
    case 'failed':
    case 'killed':
    case 'timed-out':
    case 'detached':
      return `${verdict.outcome}, exit code ${verdict.exitCode}${why}`;
  }
}

function isoTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
