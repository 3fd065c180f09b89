import { streamOf, type LogLocation } from '../target/log-location.ts';
import { taskIdOf, type Sourced } from '../target/target.ts';

/** A page of the AWS console. */
export interface ConsoleLink {
  readonly label: 'task' | 'log';
  readonly url: string;
}

interface TaskPlace {
  readonly region: string;
  readonly cluster: Sourced<string>;
  readonly taskArn: string;
}

/** The task and its own log stream in the AWS console; the log may be in another region. */
export function consoleLinks({ region, cluster, taskArn }: TaskPlace, log: LogLocation | undefined): ConsoleLink[] {
  const clusterName = cluster.value.split('/').at(-1) ?? cluster.value;
  const path = `clusters/${encodeURIComponent(clusterName)}/tasks/${encodeURIComponent(taskIdOf(taskArn))}`;
  const task = { label: 'task', url: `${consoleOf(region)}/ecs/v2/${path}/configuration?region=${region}` } as const;
  if (!log) return [task];
  const place = `log-groups/log-group/${inFragment(log.group)}/log-events/${inFragment(streamOf(log, taskArn))}`;
  const url = `${consoleOf(log.region)}/cloudwatch/home?region=${log.region}#logsV2:${place}`;
  return [task, { label: 'log', url }];
}

/** Each partition has a console of its own. */
function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `https://${region}.console.amazonaws-us-gov.com`;
  return `https://${region}.console.aws.amazon.com`;
}

/** CloudWatch's console encodes names twice and writes `$` for the second `%`. */
function inFragment(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$');
}
