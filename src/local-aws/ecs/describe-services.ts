import * as z from 'zod/mini';

import type { Service } from '../account.ts';
import { operation } from '../operation.ts';
import type { Region } from '../region.ts';
import { clusterArn, findCluster } from './clusters.ts';

/** DescribeServices: up to 10 services of one cluster, by name or ARN. */
export const describeServices = operation(
  z.strictObject({
    services: z.array(z.string()).check(z.minLength(1), z.maxLength(10)),
    cluster: z.optional(z.string()),
    include: z.optional(z.array(z.literal('TAGS'))),
  }),
  ({ services: wanted, cluster: clusterReference }, region) => {
    const cluster = findCluster(region, clusterReference);
    const found = wanted.map((nameOrArn) => ({
      nameOrArn,
      service: region.services.find(
        (service) =>
          service.cluster === cluster && (service.name === nameOrArn || serviceArn(region, service) === nameOrArn),
      ),
    }));
    return {
      services: found.flatMap(({ service }) => (service ? [describe(region, service)] : [])),
      failures: found.flatMap(({ service, nameOrArn }) => {
        if (service) return [];
        const arn = nameOrArn.startsWith('arn:') ? nameOrArn : serviceArn(region, { cluster, name: nameOrArn });
        return { arn, reason: 'MISSING' };
      }),
    };
  },
);

function serviceArn(region: Region, { cluster, name }: Pick<Service, 'cluster' | 'name'>): string {
  return `arn:aws:ecs:${region.name}:${region.accountId}:service/${cluster}/${name}`;
}

function describe(region: Region, service: Service): object {
  return {
    serviceArn: serviceArn(region, service),
    serviceName: service.name,
    clusterArn: clusterArn(region, service.cluster),
    loadBalancers: [],
    serviceRegistries: [],
    status: 'ACTIVE',
    desiredCount: 1,
    runningCount: 1,
    pendingCount: 0,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    platformFamily: 'Linux',
    taskDefinition: service.taskDefinitionArn,
    deployments: [],
    events: [],
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: service.subnets,
        securityGroups: service.securityGroups,
        assignPublicIp: 'DISABLED',
      },
    },
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
  };
}
