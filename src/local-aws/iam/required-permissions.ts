import { clusterArn } from '../ecs/clusters.ts';
import type { TaskDefinition } from '../ecs/task-definition.ts';
import type { Call } from '../http/call.ts';
import type { Region } from '../region.ts';
import type { Permission } from './policy.ts';

/**
 * What a call needs to be allowed to do: actions, resource types and condition keys are those of the Service Authorization
 * Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html). A
 * call whose resources are not listed here counts as one on `*`.
 */
export function requiredPermissions({ service, operation, parameters }: Call, region: Region): readonly Permission[] {
  const action = `${service}:${operation}`;
  const arn = (of: string, rest: string): string => `arn:aws:${of}:${region.name}:${region.accountId}:${rest}`;
  const text = (key: string): string | undefined => {
    const value = parameters[key];
    return typeof value === 'string' ? value : undefined;
  };
  const cluster = lastPart(text('cluster') ?? 'default');
  const inCluster = { 'ecs:cluster': clusterArn(region, cluster) };
  const taskArn = (idOrArn: string): string => arn('ecs', `task/${cluster}/${lastPart(idOrArn)}`);
  switch (action) {
    case 'cloudformation:DescribeStacks':
    case 'cloudformation:ListStackResources': {
      const stack = text('StackName');
      return [{ action, resource: stack === undefined ? '*' : arn('cloudformation', `stack/${stack}/*`), context: {} }];
    }
    case 'ecs:ListTasks':
      return [{ action, resource: '*', context: inCluster }];
    case 'ecs:DescribeTasks':
      return strings(parameters['tasks']).map((task) => ({ action, resource: taskArn(task), context: inCluster }));
    case 'ecs:DescribeServices':
      return strings(parameters['services']).map((name) => ({
        action,
        resource: arn('ecs', `service/${cluster}/${lastPart(name)}`),
        context: inCluster,
      }));
    case 'ecs:StopTask': {
      const resource = taskArn(text('task') ?? '');
      const tags = region.tasks.find((task) => task.arn === resource)?.tags ?? [];
      const tagged = tags.map(({ key, value = '' }) => [`aws:ResourceTag/${key}`, value]);
      return [{ action, resource, context: { ...inCluster, ...Object.fromEntries(tagged) } }];
    }
    case 'ecs:RunTask': {
      const definition = definitionOf(region, text('taskDefinition') ?? '');
      const resource = definition?.arn ?? arn('ecs', `task-definition/${text('taskDefinition') ?? ''}`);
      const hasTags = Array.isArray(parameters['tags']) && parameters['tags'].length > 0;
      return [
        { action, resource, context: inCluster },
        ...(hasTags
          ? [{ action: 'ecs:TagResource', resource: taskArn('*'), context: { 'ecs:CreateAction': 'RunTask' } }]
          : []),
        ...[definition?.executionRoleArn, definition?.taskRoleArn]
          .filter((role) => role !== undefined)
          .map((role) => ({ action: 'iam:PassRole', resource: role, context: passedToTasks })),
      ];
    }
    case 'logs:GetLogEvents': {
      const stream = `log-group:${text('logGroupName') ?? ''}:log-stream:${text('logStreamName') ?? ''}`;
      return [{ action, resource: arn('logs', stream), context: {} }];
    }
    default:
      return [{ action, resource: '*', context: {} }];
  }
}

const passedToTasks = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };

function definitionOf(region: Region, reference: string): TaskDefinition | undefined {
  const name = lastPart(reference);
  return region.taskDefinitions
    .filter(({ family, revision }) => name === family || name === `${family}:${revision}`)
    .toSorted((left, right) => right.revision - left.revision)[0];
}

function lastPart(nameOrArn: string): string {
  return nameOrArn.split('/').at(-1) ?? nameOrArn;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
