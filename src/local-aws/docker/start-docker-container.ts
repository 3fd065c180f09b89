import type { DockerImage, EngineEnvironment } from '../account.ts';
import { containerEnvironment } from '../ecs/container-environment.ts';
import type { ContainerProcess } from '../ecs/container-process.ts';
import { StartFailure } from '../ecs/start-failure.ts';
import type { Container, Task } from '../ecs/task.ts';
import type { Region } from '../region.ts';
import { containerOptions } from './container-options.ts';
import { askEngine } from './engine.ts';

export interface DockerStart {
  readonly task: Task;
  readonly container: Container;
  readonly image: DockerImage;
  /** Environment variables from the container's secrets. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a container runtime answers for a process that the memory limit ended, in ECS's words. */
const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';

/**
 * Creates and starts the container in the Docker engine. What it prints goes to the log group by the engine's own driver.
 * @throws StartFailure when the engine cannot create it, open its log stream or start its command.
 */
export async function startDockerContainer(start: DockerStart, region: Region): Promise<ContainerProcess> {
  const { engine } = start.image;
  const id = await create(start, region);
  const started = await askEngine(engine, ['start', id]);
  if (started.exitCode !== 0) {
    await askEngine(engine, ['rm', '--force', id]);
    throw new StartFailure(startFailureOf(started.complaint));
  }
  let ended = false;
  const exit = askEngine(engine, ['wait', id]).then(async ({ stdout }) => {
    ended = true;
    const state = await askEngine(engine, ['inspect', '--format', '{{.State.OOMKilled}}', id]);
    if (state.stdout === 'true') start.container.reason = outOfMemory;
    await askEngine(engine, ['rm', '--force', id]);
    return Number(stdout);
  });
  return {
    exit,
    terminate: terminator({ engine, id }, () => ended),
    kill: () => {
      if (!ended) void askEngine(engine, ['kill', id]);
    },
  };
}

async function create({ task, container, image, secrets }: DockerStart, region: Region): Promise<string> {
  const { definition } = container;
  const override = task.overrides.containerOverrides?.find(({ name }) => name === definition.name);
  const environment = containerEnvironment({ container, override, region });
  const [entrypoint, ...entrypointRest] = definition.entryPoint ?? [];
  const command = override?.command ?? definition.command ?? [];
  const created = await askEngine(
    image.engine,
    [
      'create',
      ...containerOptions(task, container, region),
      ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...Object.keys(secrets).flatMap((name) => ['--env', name]),
      ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
      image.dockerImage,
      ...entrypointRest,
      ...command,
    ],
    secrets,
  );
  if (created.exitCode === 0) return created.stdout;
  throw new StartFailure(`CannotCreateContainerError: ${created.complaint}`);
}

function startFailureOf(complaint: string): string {
  const logging = /failed to initialize logging driver: (.*)/.exec(complaint)?.[1];
  return logging === undefined
    ? `CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: ${complaint}`
    : `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: ${logging} : exit status 1`;
}

/** The image's stop signal now, SIGKILL after the grace period; a later call can only shorten it. */
function terminator(
  { engine, id }: { readonly engine: EngineEnvironment; readonly id: string },
  hasEnded: () => boolean,
): (graceMs: number) => void {
  let killAt = Infinity;
  return (graceMs) => {
    const at = Date.now() + graceMs;
    if (hasEnded() || at >= killAt) return;
    const isFirst = killAt === Infinity;
    killAt = at;
    if (isFirst) void askEngine(engine, ['stop', '-t', String(Math.ceil(graceMs / 1_000)), id]);
    else setTimeout(() => void (hasEnded() || askEngine(engine, ['kill', id])), graceMs).unref();
  };
}
