import { describe, expect, it } from 'vitest';
import type { RunTaskAnswer, RunTaskRequest } from '../../../../src/launcher/aws/tasks.ts';
import { startTask } from '../../../../src/launcher/start/start-task.ts';
import { awsError, scriptedClock, task, taskArn } from '../support.ts';

const request: RunTaskRequest = {
  cluster: 'c',
  taskDefinition: 't',
  subnets: ['subnet-1'],
  securityGroups: ['sg-1'],
  clientToken: 'token',
  startedBy: 'launch-migration/staging/1',
  tags: {},
  override: undefined,
};
const started: RunTaskAnswer = { task: task({ lastStatus: 'PROVISIONING' }), failures: [] };
const noCapacity: RunTaskAnswer = {
  task: undefined,
  failures: ['Capacity is unavailable at this time. Please try again later'],
};

async function start(
  script: readonly (RunTaskAnswer | Error)[],
  own: readonly string[] | (() => readonly string[]) = [],
) {
  const clock = scriptedClock();
  const tokens: string[] = [];
  const warnings: string[] = [];
  const result = startTask(
    {
      tasks: {
        run: async ({ clientToken }) => {
          const answer = script[Math.min(tokens.length, script.length - 1)];
          tokens.push(clientToken);
          if (answer instanceof Error || !answer) throw answer ?? new Error('no script');
          return answer;
        },
        listStartedBy: async () => (typeof own === 'function' ? own() : own),
        describe: async (_, arns) => arns.map((arn) => task({ arn, lastStatus: 'RUNNING' })),
      },
      clock,
      pace: { pollMs: 1, quietMs: 1, retryMs: 2_000 },
      warn: (text) => warnings.push(text),
      interrupted: new AbortController().signal,
    },
    request,
  );
  const settled = await result.then(
    (value) => ({ task: value, error: undefined }),
    (error: unknown) => ({ task: undefined, error }),
  );
  return { ...settled, tokens, warnings, elapsedMs: clock.now() };
}

describe('startTask', () => {
  it('tries again when capacity is short, with the same token, and says so', async () => {
    const { task: found, tokens, warnings } = await start([noCapacity, awsError('throttled'), started]);
    expect(found?.arn).toBe(taskArn);
    expect(tokens).toEqual(['token', 'token', 'token']);
    expect(warnings[0]).toMatch(/no capacity.*Trying again in 2.0 s/);
  });

  it('gives up after at least five tries within two minutes', async () => {
    const { error, tokens, elapsedMs } = await start([noCapacity]);
    expect(tokens.length).toBeGreaterThanOrEqual(5);
    expect(elapsedMs).toBeLessThanOrEqual(120_000);
    expect(error).toMatchObject({ exitCode: 125, message: expect.stringContaining('Capacity is unavailable') });
  });

  it('finds the task that a lost answer had started, and starts no second one', async () => {
    const { task: found, tokens } = await start([awsError('unavailable'), started], ['arn:own']);
    expect(found?.arn).toBe('arn:own');
    expect(tokens).toHaveLength(1);
  });

  it('finds the task that came with a failure which is not worth another try', async () => {
    const { task: found, error } = await start([{ task: undefined, failures: ['MISSING'] }], ['arn:own']);
    expect(error).toBeUndefined();
    expect(found?.arn).toBe('arn:own');
  });

  it('looks for the task after every try, the last one too', async () => {
    let looks = 0;
    const { tokens } = await start([noCapacity], () => {
      looks += 1;
      return [];
    });
    expect(looks).toBe(tokens.length);
  });

  it.each([
    ['a failure that stays', { task: undefined, failures: ['MISSING: no such thing'] }],
    ['a refusal', awsError('denied')],
    [
      'a refusal in IAM’s words',
      awsError('denied', 'User: u is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:x'),
    ],
    ['an answer without anything', { task: undefined, failures: [] }],
  ])('does not repeat after %s', async (_, answer) => {
    const { error, tokens } = await start([answer]);
    expect(error).toMatchObject({ exitCode: 125 });
    expect(tokens).toHaveLength(1);
  });
});
