import { streamOf, type LogLocation } from '../target/log-location.ts';

/** A task as the AWS CLI addresses it. */
export interface TaskAddress {
  readonly cluster: string;
  readonly region: string;
  readonly profile: string | undefined;
  readonly taskArn: string;
}

/** The AWS CLI command that shows the task. */
export function describeCommand({ cluster, taskArn, ...where }: TaskAddress): string {
  return `aws ecs describe-tasks --cluster ${cluster} --tasks ${taskArn}${options(where)}`;
}

/** The AWS CLI command that follows the task's own log stream; `undefined` when its log is not in CloudWatch. */
export function tailCommand({ taskArn, profile }: TaskAddress, log: LogLocation | undefined): string | undefined {
  if (!log) return undefined;
  const stream = streamOf(log, taskArn);
  return `aws logs tail ${log.group} --log-stream-names ${stream} --follow${options({ region: log.region, profile })}`;
}

/** The AWS CLI command that lists what a launch has started. */
export function listStartedByCommand({ cluster, ...where }: Omit<TaskAddress, 'taskArn'>, startedBy: string): string {
  return `aws ecs list-tasks --cluster ${cluster} --started-by ${startedBy}${options(where)}`;
}

function options({ region, profile }: { readonly region: string; readonly profile: string | undefined }): string {
  return ` --region ${region}${profile === undefined ? '' : ` --profile ${profile}`}`;
}
