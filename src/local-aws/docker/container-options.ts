import * as z from 'zod/mini';

import type { Region } from '../region.ts';
import type { Container, Task } from '../ecs/task.ts';
import type { ContainerDefinition } from '../ecs/task-definition.ts';

const strings = z.optional(z.array(z.string()));
const linuxParameters = z.object({
  initProcessEnabled: z.optional(z.boolean()),
  capabilities: z.optional(z.object({ add: strings, drop: strings })),
  tmpfs: z.optional(z.array(z.object({ containerPath: z.string(), size: z.number(), mountOptions: strings }))),
  sharedMemorySize: z.optional(z.number()),
});

/** Options of `docker create` that stand for a container definition, its environment and command left aside. */
export function containerOptions(task: Task, { definition }: Container, region: Region): readonly string[] {
  return [
    // Containers reach the database and the metadata endpoint where everybody on this machine does.
    '--network',
    'host',
    ...limits(task, definition),
    ...(definition.user === undefined ? [] : ['--user', definition.user]),
    ...(definition.workingDirectory === undefined ? [] : ['--workdir', definition.workingDirectory]),
    ...(definition.readonlyRootFilesystem === true ? ['--read-only'] : []),
    ...linuxOptions(definition.linuxParameters),
    ...logOptions(definition, task.id, region),
    '--label',
    `com.amazonaws.ecs.task-arn=${task.arn}`,
    '--label',
    `com.amazonaws.ecs.container-name=${definition.name}`,
  ];
}

/**
 * The container's own limits, else the task's: on Fargate a task is given what its definition says and no swap
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html).
 */
function limits({ definition, overrides }: Task, container: ContainerDefinition): readonly string[] {
  const taskMemory = memoryMib(overrides.memory ?? definition.memory);
  const memory = container.memory ?? taskMemory;
  const cpus = vcpus(overrides.cpu ?? definition.cpu);
  return [
    ...(memory === undefined ? [] : ['--memory', `${memory}m`, '--memory-swap', `${memory}m`]),
    ...(cpus === undefined ? [] : ['--cpus', String(cpus)]),
    ...(container.cpu === undefined || container.cpu === 0 ? [] : ['--cpu-shares', String(Math.max(2, container.cpu))]),
  ];
}

/** `512`, `1 GB` or `0.5GB`, in MiB. */
export function memoryMib(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(GB)?$/i.exec(text ?? '');
  return match ? Number(match[1]) * (match[2] === undefined ? 1 : 1_024) : undefined;
}

/** `256` or `.25 vCPU`, in processors. */
export function vcpus(text: string | undefined): number | undefined {
  const match = /^(\d*\.?\d+)\s*(vCPU)?$/i.exec(text ?? '');
  return match ? Number(match[1]) / (match[2] === undefined ? 1_024 : 1) : undefined;
}

function linuxOptions(given: unknown): readonly string[] {
  const { initProcessEnabled, capabilities, tmpfs = [], sharedMemorySize } = linuxParameters.parse(given ?? {});
  return [
    ...(initProcessEnabled === true ? ['--init'] : []),
    ...(capabilities?.add ?? []).flatMap((name) => ['--cap-add', name]),
    ...(capabilities?.drop ?? []).flatMap((name) => ['--cap-drop', name]),
    ...tmpfs.flatMap(({ containerPath, size, mountOptions = [] }) => [
      '--tmpfs',
      `${containerPath}:${[`size=${size}m`, ...mountOptions].join(',')}`,
    ]),
    ...(sharedMemorySize === undefined ? [] : ['--shm-size', `${sharedMemorySize}m`]),
  ];
}

/** The engine's own awslogs driver, which sends to this stand-in; ECS turns the stream's prefix into its name. */
function logOptions(
  { name, logConfiguration }: ContainerDefinition,
  taskId: string,
  region: Region,
): readonly string[] {
  const { logDriver, options = {} } = logConfiguration ?? {};
  if (logDriver !== 'awslogs') return ['--log-driver', 'none'];
  const { 'awslogs-stream-prefix': prefix = '', ...others } = options;
  const all = {
    ...others,
    'awslogs-stream': `${prefix}/${name}/${taskId}`,
    'awslogs-endpoint': region.endpoint(),
  };
  return [
    '--log-driver',
    logDriver,
    ...Object.entries(all).flatMap(([key, value]) => ['--log-opt', `${key}=${value}`]),
  ];
}
