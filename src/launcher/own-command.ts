import { taskIdOf, type TargetOverrides } from './target.ts';

/** The flags that found an environment, so that the next command finds it too. */
export interface Whereabouts extends Pick<TargetOverrides, 'cluster' | 'taskDefinition' | 'container' | 'logGroup'> {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/** The command of ours that goes on with a task: `launch-migration attach production 0123…`. */
export function ownCommand(
  word: 'tasks' | 'logs' | 'attach' | 'stop',
  environment: string,
  where: Whereabouts,
  taskArn?: string,
): string {
  const flags: readonly (readonly [string, string | undefined])[] = [
    ['--region', where.region],
    ['--profile', where.profile],
    ['--cluster', where.cluster],
    ['--task-definition', where.taskDefinition],
    ['--container', where.container],
    ['--log-group', where.logGroup],
  ];
  return [
    'launch-migration',
    word,
    environment,
    ...(taskArn === undefined ? [] : [taskIdOf(taskArn)]),
    ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
  ].join(' ');
}
