import type { Account } from './account.ts';
import { taskDefinitionArn } from './ecs/task-definition.ts';
import { createLogGroup } from './logs/log-store.ts';
import type { Region, RegionContext } from './region.ts';

/** The account's own region with everything in it, or any other region of the account, where there is nothing yet. */
export function openRegion(account: Account, name: string, context: RegionContext): Region {
  const home = name === account.region;
  const region: Region = {
    ...context,
    name,
    accountId: account.accountId,
    stacks: home ? [...account.stacks] : [],
    subnets: home ? account.subnets : [],
    securityGroups: home ? account.securityGroups : [],
    clusters: home ? account.clusters : [],
    services: home ? account.services : [],
    taskDefinitions: [],
    tasks: [],
    runTaskReplays: new Map(),
    logGroups: new Map(),
    secrets: home ? [...account.secrets] : [],
    images: account.images,
  };
  if (!home) return region;
  for (const { status = 'ACTIVE', ...definition } of account.taskDefinitions) {
    const arn = taskDefinitionArn(region, definition.family, definition.revision);
    region.taskDefinitions.push({ ...definition, arn, status, registeredAt: region.now() });
  }
  for (const groupName of account.logGroups) createLogGroup(region, groupName);
  return region;
}
