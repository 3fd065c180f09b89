import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

import type { Intercept } from '../../../src/local-aws/interception.ts';
import { createLaunchCase, talk } from '../../support/launch-case.ts';
import type { WumboEnvironment } from '../../../src/local-aws/wumbo/wumbo-environment.ts';

/**
 * Holds every call back until no further one has come for a while, then answers all at once: what comes after that needed an
 * answer. So the groups before RunTask are the round trips that follow on each other, whatever the machine's speed.
 */
function groupCalls(): { readonly intercept: Intercept; readonly groups: string[][] } {
  const groups: string[][] = [];
  let waiting: (() => void)[] = [];
  let current: string[] = [];
  let lastCallAt = 0;
  let isOver = false;
  const release = async (): Promise<void> => {
    do await pause(50);
    while (performance.now() - lastCallAt < 700);
    groups.push(current);
    const answers = waiting;
    current = [];
    waiting = [];
    for (const answer of answers) answer();
  };
  return {
    groups,
    intercept: async ({ operation }) => {
      isOver ||= operation === 'RunTask';
      if (isOver) return undefined;
      lastCallAt = performance.now();
      current.push(operation);
      const answered = new Promise<void>((answer) => waiting.push(answer));
      if (waiting.length === 1) void release();
      await answered;
      return undefined;
    },
  };
}

async function roundTripsOf(environment: Partial<WumboEnvironment>, launchesBefore = 0): Promise<string[][]> {
  const { launch, aws } = await createLaunchCase({ script: talk(1), environment });
  for (let launched = 0; launched < launchesBefore; launched += 1) expect((await launch()).exitCode).toBe(0);
  const { intercept, groups } = groupCalls();
  aws.setIntercept(intercept);
  expect((await launch()).exitCode).toBe(0);
  return groups;
}

describe('the calls before RunTask', () => {
  it('follow on each other in three round trips for the stacks as Wumbo has them', async () => {
    const groups = await roundTripsOf({});
    expect(groups.length, JSON.stringify(groups)).toBeLessThanOrEqual(3);
  });

  it('are no more when earlier tasks are known, which are looked at beside', async () => {
    const groups = await roundTripsOf({}, 1);
    expect(groups.length, JSON.stringify(groups)).toBeLessThanOrEqual(4);
    expect(groups.flat()).toContain('DescribeTasks');
  });

  it('follow on each other in two round trips when the stack has our outputs', async () => {
    const { aws, launch } = await createLaunchCase({ script: talk(1) });
    await launch();
    const [runTask] = aws.requests.filter(({ operation }) => operation === 'RunTask');
    if (!runTask) throw new Error('RunTask was not called');
    const { awsvpcConfiguration } = runTask.parameters['networkConfiguration'] as {
      awsvpcConfiguration: { subnets: string[]; securityGroups: string[] };
    };
    const extraOutputs = {
      MigrationSubnetIds: awsvpcConfiguration.subnets.join(','),
      MigrationSecurityGroupId: awsvpcConfiguration.securityGroups.join(','),
    };
    const groups = await roundTripsOf({ extraOutputs });
    expect(groups.length, JSON.stringify(groups)).toBeLessThanOrEqual(2);
    expect(groups.flat()).not.toContain('ListStackResources');
  });
});
