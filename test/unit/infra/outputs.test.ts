import { describe, expect, it } from 'vitest';

import type { Stack } from '../../../src/launcher/aws/stacks.ts';
import { resolveTarget } from '../../../src/launcher/target/resolve-target.ts';
import { allParameters, deployMigrationStack, stackName } from '../../support/cloudformation/migration-stack.ts';

const { outputs } = deployMigrationStack(allParameters);

describe('the outputs of infra/migration-task.yaml', () => {
  it('are all that the launcher looks for: one call, and nothing is left to guess', async () => {
    const asked: string[] = [];
    const read = new Set<string>();
    const watched = new Proxy(outputs, {
      get: (all, key) => {
        if (typeof key === 'string') read.add(key);
        return Reflect.get(all, key) as string;
      },
    });
    const stack: Stack = { name: stackName, status: 'CREATE_COMPLETE', accountId: '123456789012', outputs: watched };
    const refuse = (): never => {
      throw new Error('a second call');
    };
    const target = await resolveTarget(
      {
        region: 'us-east-1',
        accountId: undefined,
        stacks: {
          describe: async (name) => {
            asked.push(name);
            return stack;
          },
          listResources: refuse,
        },
        tasks: { describeServiceNetwork: refuse },
      },
      { environment: 'production', overrides: {}, force: false },
      (text) => expect.fail(text),
    );
    expect(asked).toEqual([stackName]);
    expect(target).toMatchObject({
      cluster: { value: 'shop-production' },
      taskDefinition: { value: expect.stringContaining('task-definition/production-wumbo-migration:1') },
      subnets: { value: ['subnet-0a', 'subnet-0b'] },
      securityGroups: { value: ['sg-0migration'] },
      container: { value: 'migration' },
      logGroup: { value: '/aws/ecs/shop-production/migration' },
    });
    // What the launcher reads is there; the family, the topic, the policy and the role are for people.
    expect([...read].filter((key) => !(key in outputs))).toEqual([]);
    expect(Object.keys(outputs).filter((key) => !read.has(key))).toEqual([
      'MigrationTaskFamily',
      'AlertTopicArn',
      'LauncherPolicyArn',
      'LauncherRoleArn',
    ]);
  });
});
