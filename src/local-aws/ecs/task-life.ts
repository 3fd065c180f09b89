import { setTimeout as sleep } from 'node:timers/promises';

import type { DockerImage, ImageProgram } from '../account.ts';
import { pullIntoEngine } from '../docker/pull.ts';
import { startDockerContainer } from '../docker/start-docker-container.ts';
import type { Region } from '../region.ts';
import { imageDigest, pullImage } from './image.ts';
import { resolveSecrets } from './secrets.ts';
import { startContainer } from './start-container.ts';
import { StartFailure } from './start-failure.ts';
import { meetFate } from './task-fate.ts';
import { requestStop, type Container, type Task, type TaskStatus } from './task.ts';

/** Seconds from SIGTERM to SIGKILL when the container definition has no stopTimeout. */
const defaultStopTimeout = 30;

/**
 * Takes a task from PROVISIONING to STOPPED, at the region's pace and with real processes. It never rejects: whatever goes
 * wrong is in the task's stopCode and stoppedReason.
 */
export async function liveTask(task: Task, region: Region): Promise<void> {
  region.log(`task ${task.arn} of ${task.definition.family}:${task.definition.revision} begins`);
  try {
    await startTask(task, region);
    await stopRequested(task);
  } catch (error) {
    const reason = error instanceof StartFailure ? error.message : `InternalError: ${String(error)}`;
    requestStop(task, 'TaskFailedToStart', reason);
  }
  await stopTask(task, region);
}

async function startTask(task: Task, region: Region): Promise<void> {
  await phase(task, region);
  if (task.faults.cannotStart !== undefined) throw new StartFailure(task.faults.cannotStart);
  task.attachmentStatus = 'ATTACHED';
  if (!advance(task, 'PENDING')) return;
  task.times.connectivityAt = region.now();
  await phase(task, region);
  if (!advance(task, 'ACTIVATING')) return;
  const secrets = task.containers.map(({ definition }) => resolveSecrets(definition, region.secrets));
  task.times.pullStartedAt = region.now();
  const images = await Promise.all(task.containers.map((container) => pull(container, region)));
  await phase(task, region);
  task.times.pullStoppedAt = region.now();
  for (const [index, container] of task.containers.entries()) {
    if (task.stopRequest.signal.aborted) break;
    await start(task, container, { image: images[index] ?? { entrypoint: [] }, secrets: secrets[index] ?? {} }, region);
  }
  if (task.processes.length === 0) return;
  task.times.startedAt = region.now();
  advance(task, 'RUNNING');
  meetFate(task, region);
}

async function pull(container: Container, region: Region): Promise<ImageProgram | DockerImage> {
  const { image } = container.definition;
  try {
    const found = pullImage(image, region.images);
    container.imageDigest = 'dockerImage' in found ? await pullIntoEngine(image, found) : imageDigest(image, found);
    return found;
  } catch (error) {
    if (error instanceof StartFailure) container.reason = error.message;
    throw error;
  }
}

async function start(
  task: Task,
  container: Container,
  { image, secrets }: { image: ImageProgram | DockerImage; secrets: Readonly<Record<string, string>> },
  region: Region,
): Promise<void> {
  try {
    const running = await ('dockerImage' in image
      ? startDockerContainer({ task, container, image, secrets }, region)
      : startContainer({ task, container, image, secrets }, region));
    container.lastStatus = 'RUNNING';
    task.processes.push({
      ...running,
      stopTimeoutMs: (container.definition.stopTimeout ?? defaultStopTimeout) * 1_000,
      exit: running.exit.then((exitCode) => {
        container.exitCode = exitCode;
        container.lastStatus = 'STOPPED';
        container.stoppedAt = region.now();
        task.version += 1;
        if (task.containers.every(({ lastStatus }) => lastStatus === 'STOPPED'))
          task.times.executionStoppedAt = region.now();
        if (container.definition.essential ?? true)
          requestStop(task, 'EssentialContainerExited', 'Essential container in task exited');
        return exitCode;
      }),
    });
  } catch (error) {
    if (error instanceof StartFailure && /^Cannot(?:Start|Create)/.test(error.message))
      container.reason = error.message;
    throw error;
  }
}

async function stopTask(task: Task, region: Region): Promise<void> {
  const hasRun = task.times.startedAt !== undefined;
  task.times.stoppingAt = region.now();
  if (hasRun) {
    enter(task, 'DEACTIVATING');
    await phase(task, region);
    enter(task, 'STOPPING');
  }
  const closing = region.closing.signal.aborted;
  for (const { terminate, stopTimeoutMs } of task.processes)
    terminate(closing ? region.behaviour.closeGraceMs : stopTimeoutMs);
  await Promise.all(task.processes.map(({ exit }) => exit));
  for (const container of task.containers) container.lastStatus = 'STOPPED';
  if (hasRun) await phase(task, region);
  enter(task, 'DEPROVISIONING');
  await phase(task, region);
  task.attachmentStatus = 'DELETED';
  task.times.stoppedAt = region.now();
  enter(task, 'STOPPED');
  region.log(`task ${task.arn} stopped: ${task.stoppedReason ?? ''}`);
}

/** The next phase on the way up, unless the task has to stop. */
function advance(task: Task, status: TaskStatus): boolean {
  if (task.stopRequest.signal.aborted) return false;
  enter(task, status);
  return true;
}

function enter(task: Task, status: TaskStatus): void {
  task.lastStatus = status;
  task.version += 1;
}

/** Waits as long as a phase lasts; a stop cuts the way up short, closing the stand-in cuts everything short. */
async function phase(task: Task, region: Region): Promise<void> {
  const stopping = task.stopRequest.signal;
  const signal = stopping.aborted ? region.closing.signal : AbortSignal.any([stopping, region.closing.signal]);
  const ms = region.behaviour.paceMs + (task.faults.slow[task.lastStatus] ?? 0);
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

async function stopRequested({ stopRequest: { signal } }: Task): Promise<void> {
  if (signal.aborted) return;
  await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
}
