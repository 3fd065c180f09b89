import * as z from 'zod/mini';

import { operation } from '../operation.ts';
import { clusterArn } from './clusters.ts';

const includes = z.array(z.enum(['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']));

/** DescribeClusters: a cluster that does not exist is a failure in a successful answer. */
export const describeClusters = operation(
  z.strictObject({ clusters: z.optional(z.array(z.string())), include: z.optional(includes) }),
  ({ clusters: wanted = ['default'] }, region) => {
    const found = wanted.map((nameOrArn) => ({
      nameOrArn,
      name: region.clusters.find((name) => name === nameOrArn || clusterArn(region, name) === nameOrArn),
    }));
    return {
      clusters: found.flatMap(({ name }) => {
        if (name === undefined) return [];
        const running = region.tasks.filter((task) => task.clusterName === name && task.lastStatus === 'RUNNING');
        return {
          clusterArn: clusterArn(region, name),
          clusterName: name,
          status: 'ACTIVE',
          registeredContainerInstancesCount: 0,
          runningTasksCount: running.length,
          pendingTasksCount: 0,
          activeServicesCount: region.services.filter(({ cluster }) => cluster === name).length,
          statistics: [],
          tags: [],
          settings: [],
          capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
          defaultCapacityProviderStrategy: [],
        };
      }),
      failures: found.flatMap(({ name, nameOrArn }) => {
        if (name !== undefined) return [];
        return { arn: nameOrArn.startsWith('arn:') ? nameOrArn : clusterArn(region, nameOrArn), reason: 'MISSING' };
      }),
    };
  },
);
