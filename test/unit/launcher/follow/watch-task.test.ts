import { describe, expect, it } from 'vitest';
import type { TaskSnapshot } from '../../../../src/launcher/aws/task-snapshot.ts';
import { containerState, pollDelayMs, watchTask } from '../../../../src/launcher/follow/watch-task.ts';
import { awsError, container, scriptedClock, task } from '../support.ts';

type Answer = TaskSnapshot | undefined | Error;

async function watch(script: readonly Answer[], startTimeoutMs = 600_000, known?: TaskSnapshot) {
  const clock = scriptedClock();
  let reads = 0;
  const end = await watchTask(
    {
      source: {
        describe: async () => {
          const answer = script[Math.min(reads, script.length - 1)];
          reads += 1;
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
      listener: { snapshot: () => {}, trouble: () => {} },
      clock,
      pace: { pollMs: 1_000, quietMs: 1, retryMs: 1 },
      signals: { endIsNear: new AbortController().signal, abandoned: new AbortController().signal },
    },
    { container: 'MigrationContainer', startTimeoutMs, known },
  );
  return { end, reads, elapsedMs: clock.now() };
}

const provisioning = task({
  lastStatus: 'PROVISIONING',
  startedAtMs: undefined,
  containers: [container({ lastStatus: 'PENDING' })],
});
const running = task({ lastStatus: 'RUNNING', containers: [container({ lastStatus: 'RUNNING' })] });

describe('watchTask', () => {
  it('takes a task for normal that is over at the first look', async () => {
    expect(await watch([task()])).toMatchObject({ end: { kind: 'over' }, reads: 1 });
  });

  it('waits for the container, not for the task’s network to go', async () => {
    const ended = task({ lastStatus: 'DEPROVISIONING', containers: [container({ exitCode: 6 })] });
    expect(await watch([running, ended])).toMatchObject({ end: { kind: 'over', task: ended } });
  });

  it('tolerates that ECS does not know the task yet', async () => {
    expect(await watch([undefined, undefined, provisioning, task()])).toMatchObject({ end: { kind: 'over' } });
  });

  it('takes RunTask’s own answer for the last word when ECS has forgotten a task that was over then', async () => {
    const over = task({ containers: [container({ exitCode: 6 })] });
    expect(await watch([undefined], 1, over)).toMatchObject({ end: { kind: 'over', task: over }, reads: 1 });
  });

  it('is lost, not done, when ECS does not know it for 90 s', async () => {
    const { end, elapsedMs } = await watch([undefined]);
    expect(end).toMatchObject({ kind: 'lost', reason: expect.stringContaining('MISSING') });
    expect(elapsedMs).toBeGreaterThanOrEqual(90_000);
  });

  it('goes on through throttling and broken connections', async () => {
    expect(await watch([running, awsError('throttled'), awsError('unavailable'), task()])).toMatchObject({
      end: { kind: 'over' },
    });
  });

  it('is lost at once without the right to look', async () => {
    expect(await watch([running, awsError('denied')])).toMatchObject({
      end: { kind: 'lost', reason: expect.stringContaining('denied') },
      reads: 2,
    });
  });

  it('looks again for 10 s when the exit code is missing', async () => {
    const withoutCode = task({ containers: [container()] });
    const late = await watch([withoutCode, withoutCode, task()]);
    expect(late.end).toMatchObject({ kind: 'over', task: { containers: [{ exitCode: 0 }] } });
    const never = await watch([withoutCode]);
    expect(never.end).toMatchObject({ kind: 'over' });
    expect(never.elapsedMs).toBeGreaterThanOrEqual(10_000);
  });

  it('gives up on a start that does not come', async () => {
    expect(await watch([provisioning], 60_000)).toMatchObject({ end: { kind: 'start-timeout' } });
  });
});

describe('containerState', () => {
  it('waits for the stop code when the exit code is a signal’s', () => {
    const killed = { lastStatus: 'DEPROVISIONING', containers: [container({ exitCode: 143 })] };
    expect(containerState(task(killed), 'MigrationContainer')).toBe('settling');
    expect(containerState(task({ ...killed, stopCode: 'UserInitiated' }), 'MigrationContainer')).toBe('over');
  });

  it('does not take another container’s end for ours', () => {
    const both = [container({ name: 'agent', exitCode: 1 }), container({ lastStatus: 'RUNNING' })];
    expect(containerState(task({ lastStatus: 'RUNNING', containers: both }), 'MigrationContainer')).toBe('alive');
  });
});

describe('pollDelayMs', () => {
  const state = { polls: 1, started: true, quick: false, troubles: 0 };
  it('grows a little with time, is quick at the end and slow in trouble, never beyond 10 s', () => {
    expect(pollDelayMs(state, 1_000)).toBeLessThan(1_100);
    expect(pollDelayMs({ ...state, polls: 10_000 }, 1_000)).toBe(3_000);
    expect(pollDelayMs({ ...state, quick: true }, 1_000)).toBe(250);
    expect(pollDelayMs({ ...state, troubles: 50 }, 1_000)).toBe(10_000);
  });
});
