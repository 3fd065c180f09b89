import type { Region } from '../region.ts';
import { appendLogEvents, createLogGroup, createLogStream, type NewLogEvent } from '../logs/log-store.ts';
import { StartFailure } from './start-failure.ts';
import type { ContainerDefinition } from './task-definition.ts';

/** Takes a container's lines to where its log configuration says. */
export interface LogDriver {
  readonly write: (line: string) => void;
}

/** Longest event that Docker's awslogs driver sends (moby daemon/logger/awslogs: 262,144 less 26 bytes); longer lines are split. */
const eventBytes = 262_118;

/**
 * The awslogs driver of one container: makes the stream `prefix/container/task` at once and shows lines in batches, each after
 * the region's delay (the driver's own flush every 5 s, and CloudWatch's ingestion). Any other driver drops everything.
 * @throws StartFailure when the group does not exist and may not be created.
 */
export function openLogDriver(container: ContainerDefinition, taskId: string, region: Region): LogDriver {
  const { logDriver, options = {} } = container.logConfiguration ?? {};
  if (logDriver !== 'awslogs') return { write: () => undefined };
  const groupName = options['awslogs-group'] ?? '';
  const group =
    region.logGroups.get(groupName) ??
    (options['awslogs-create-group'] === 'true' ? createLogGroup(region, groupName) : undefined);
  if (!group)
    throw new StartFailure(
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
    );
  const stream = createLogStream(
    region,
    group,
    `${options['awslogs-stream-prefix'] ?? ''}/${container.name}/${taskId}`,
  );
  let batch: NewLogEvent[] = [];
  const flush = (): void => {
    const lines = batch;
    batch = [];
    appendLogEvents(stream, lines, region.now());
  };
  return {
    write: (line) => {
      const wasEmpty = batch.length === 0;
      for (const message of eventsOf(line)) {
        const event = { timestamp: region.now(), message };
        const late = region.faults.strike('late-lines')?.ms;
        if (region.faults.strike('lost-lines')) continue;
        if (late === undefined) batch.push(event);
        else
          setTimeout(() => appendLogEvents(stream, [event], region.now()), region.behaviour.logDelayMs + late).unref();
      }
      if (region.behaviour.logDelayMs === 0) flush();
      // What comes within the delay of a batch's first line is shown together with it.
      else if (wasEmpty && batch.length > 0) setTimeout(flush, region.behaviour.logDelayMs).unref();
    },
  };
}

/** CloudWatch takes no empty message, so the driver leaves empty lines out. */
function eventsOf(line: string): readonly string[] {
  if (line === '') return [];
  if (Buffer.byteLength(line) <= eventBytes) return [line];
  const parts: string[] = [];
  let part = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > eventBytes) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += character;
    bytes += size;
  }
  return [...parts, part];
}
