import { taskIdOf, type TargetOverrides } from '../target/target.ts';

/** The flags that found an environment, so that the next command finds it too. */
export interface Whereabouts extends Pick<TargetOverrides, 'cluster' | 'taskDefinition' | 'container' | 'logGroup'> {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly config?: string | undefined;
  /** What the configuration file gives by itself the next time too. */
  readonly configured?: readonly string[];
}

/** The command of ours that goes on with a task: `launch-migration attach production 0123…`. */
export function ownCommand(
  word: 'tasks' | 'logs' | 'attach' | 'stop',
  environment: string,
  where: Whereabouts,
  taskArn?: string,
): string {
  const again = (key: Exclude<keyof Whereabouts, 'configured'>): string | undefined =>
    where.configured?.includes(key) ? undefined : where[key];
  const flags: readonly (readonly [string, string | undefined])[] = [
    ['--config', where.config],
    ['--region', again('region')],
    ['--profile', again('profile')],
    ['--cluster', again('cluster')],
    ['--task-definition', again('taskDefinition')],
    ['--container', again('container')],
    ['--log-group', again('logGroup')],
  ];
  return [
    'launch-migration',
    word,
    environment,
    ...(taskArn === undefined ? [] : [taskIdOf(taskArn)]),
    ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
  ].join(' ');
}
