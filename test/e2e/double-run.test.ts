import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';
import type { Intercept } from '../../src/local-aws/interception.ts';

/** Holds the first RunTask of each pair until the second has come, so that neither launcher sees the other before. */
function pairs(): Intercept {
  let waiting: (() => void) | undefined;
  return async ({ operation }) => {
    if (operation !== 'RunTask') return undefined;
    if (waiting) {
      waiting();
      waiting = undefined;
      return undefined;
    }
    await new Promise<void>((second) => {
      waiting = second;
      setTimeout(second, 8_000).unref();
    });
    waiting = undefined;
    return undefined;
  };
}

const rounds = 8;

describe('two launchers that start at the same time', () => {
  it('end with one migration, in every round: the later one takes its task back and names the other', async () => {
    const site = await createLaunchSite({ files: threeRevisions, intercept: pairs(), paceMs: 700 });
    for (let round = 1; round <= rounds; round += 1) {
      const both = await Promise.all([site.launch(['development']), site.launch(['development'])]);
      const [winner, loser] = both.toSorted((left, right) => (left.exitCode ?? 0) - (right.exitCode ?? 0));
      const talk = both.map(({ stderr }) => stderr).join('\n---\n');
      expect([winner?.exitCode, loser?.exitCode], `round ${round}\n${talk}`).toEqual([0, 7]);
      const [first = ''] = /arn:aws:ecs:\S+task\/\S+\/[0-9a-f]{32}/.exec(winner?.stderr ?? '') ?? [];
      expect(loser?.stderr).toContain(`${first} (`);
      expect(loser?.stderr).toContain(`launch-migration attach development ${first.split('/').at(-1)}`);
      await site.aws.idle();
    }
    const { stdout } = await site.launch(['tasks', 'development', '--json']);
    const { tasks } = JSON.parse(stdout) as { tasks: { outcome: string; startedAt: string | null }[] };
    expect(tasks).toHaveLength(2 * rounds);
    expect(tasks.filter(({ startedAt }) => startedAt !== null)).toHaveLength(rounds);
    expect(tasks.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(rounds);
  }, 180_000);

  it('when the later one has begun already, both go on, one warns, and the database lets one in after the other', async () => {
    const site = await createLaunchSite({ files: threeRevisions, intercept: pairs(), paceMs: 1 });
    const both = await Promise.all([site.launch(['development']), site.launch(['development'])]);
    expect(both.map(({ exitCode }) => exitCode).filter((code) => code !== 0 && code !== 7)).toEqual([]);
    const applied = both.filter(({ stderr }) => stderr.includes('3 revisions applied'));
    expect(applied).toHaveLength(1);
  });
});

describe('rights', () => {
  const denied = (action: string, resource: string) => ({
    status: 400,
    type: 'AccessDeniedException',
    message: `User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  });

  it('without ecs:TagResource the task starts without tags, with a warning', async () => {
    const site = await createLaunchSite({
      files: threeRevisions,
      intercept: ({ operation, parameters }) =>
        operation === 'RunTask' && (parameters['tags'] as unknown[]).length > 0
          ? denied('ecs:TagResource', 'arn:aws:ecs:us-east-1:123456789012:task/development-wumbo-cluster/*')
          : undefined,
    });
    const { exitCode, stderr } = await site.launch(['development']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('warning: The task gets no tags, because AWS denied ecs:TagResource');
    expect(site.aws.requests.filter(({ operation }) => operation === 'RunTask')).toHaveLength(2);
  });

  it('any other denial names the action that is missing, with the policy statement, and is not tried again', async () => {
    const role = 'arn:aws:iam::123456789012:role/development-ComputeStack-MigrationTaskDefinitionTaskRole';
    const site = await createLaunchSite({
      files: threeRevisions,
      intercept: ({ operation }) => (operation === 'RunTask' ? denied('iam:PassRole', role) : undefined),
    });
    const { exitCode, stderr } = await site.launch(['development']);
    expect(exitCode).toBe(125);
    expect(stderr).toContain('AWS denied ecs:RunTask (iam:PassRole is missing)');
    expect(stderr).toContain(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"${role}"}`);
    expect(site.aws.requests.filter(({ operation }) => operation === 'RunTask')).toHaveLength(1);
  });
});
