import { describeStacks } from './cloudformation/describe-stacks.ts';
import { listExports } from './cloudformation/list-exports.ts';
import { listStackResources } from './cloudformation/list-stack-resources.ts';
import { describeClusters } from './ecs/describe-clusters.ts';
import { describeServices } from './ecs/describe-services.ts';
import { describeTaskDefinition } from './ecs/describe-task-definition.ts';
import { describeTasks } from './ecs/describe-tasks.ts';
import { listTaskDefinitions } from './ecs/list-task-definitions.ts';
import { listTasks } from './ecs/list-tasks.ts';
import { registerTaskDefinition } from './ecs/register-task-definition.ts';
import { runTask } from './ecs/run-task.ts';
import { stopTask } from './ecs/stop-task.ts';
import { listTagsForResource, tagResource } from './ecs/tags.ts';
import { AwsError } from './aws-error.ts';
import type { Call } from './http/call.ts';
import type { ServiceName } from './http/service-name.ts';
import { createLogGroupOperation, createLogStreamOperation } from './logs/create-log-group.ts';
import { describeLogGroups } from './logs/describe-log-groups.ts';
import { describeLogStreams } from './logs/describe-log-streams.ts';
import { filterLogEvents } from './logs/filter-log-events.ts';
import { getLogEvents } from './logs/get-log-events.ts';
import { putLogEvents } from './logs/put-log-events.ts';
import type { Operation } from './operation.ts';
import { getCallerIdentity } from './sts/get-caller-identity.ts';

/** Every operation that the stand-in knows, by service. */
const operations: Readonly<Record<ServiceName, Readonly<Record<string, Operation>>>> = {
  cloudformation: {
    DescribeStacks: describeStacks,
    ListStackResources: listStackResources,
    ListExports: listExports,
  },
  ecs: {
    DescribeClusters: describeClusters,
    DescribeServices: describeServices,
    DescribeTaskDefinition: describeTaskDefinition,
    DescribeTasks: describeTasks,
    ListTagsForResource: listTagsForResource,
    ListTaskDefinitions: listTaskDefinitions,
    ListTasks: listTasks,
    RegisterTaskDefinition: registerTaskDefinition,
    RunTask: runTask,
    StopTask: stopTask,
    TagResource: tagResource,
  },
  logs: {
    CreateLogGroup: createLogGroupOperation,
    CreateLogStream: createLogStreamOperation,
    DescribeLogGroups: describeLogGroups,
    DescribeLogStreams: describeLogStreams,
    FilterLogEvents: filterLogEvents,
    GetLogEvents: getLogEvents,
    PutLogEvents: putLogEvents,
  },
  sts: { GetCallerIdentity: getCallerIdentity },
};

/** All of them, for those who name one. */
export function operationNames(): readonly { readonly service: ServiceName; readonly operation: string }[] {
  return Object.entries(operations).flatMap(([service, ofService]) =>
    Object.keys(ofService).map((operation) => ({ service: service as ServiceName, operation })),
  );
}

/** The operation that the call names. @throws AwsError as its service says that there is none. */
export function findOperation({ protocol, service, operation }: Call): Operation {
  const ofService = operations[service];
  const found = Object.hasOwn(ofService, operation) ? ofService[operation] : undefined;
  if (found) return found;
  throw protocol === 'json'
    ? new AwsError('UnknownOperationException', `Operation ${operation} is not known to this stand-in.`)
    : new AwsError('InvalidAction', `Could not find operation ${operation} for this service.`);
}
