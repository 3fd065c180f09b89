import { expect, it } from 'vitest';
import type { TaskSnapshot } from '../../../../src/launcher/aws/task-snapshot.ts';
import { findEarlierTask } from '../../../../src/launcher/start/earlier-task.ts';
import { scriptedClock, task } from '../support.ts';

const at = (arn: string, createdAtMs: number, lastStatus = 'PROVISIONING'): TaskSnapshot =>
  task({ arn, createdAtMs, lastStatus, startedBy: `launch-migration/${arn}`, containers: [] });

/** What each look shows, the last one for ever. */
function look(own: TaskSnapshot, shown: readonly (readonly TaskSnapshot[])[]) {
  let looks = 0;
  const tasks = () => shown[Math.min(looks, shown.length - 1)] ?? [];
  return findEarlierTask(
    {
      tasks: {
        listFamily: async () => tasks().map(({ arn }) => arn),
        describe: async () => {
          const seen = tasks();
          looks += 1;
          return seen;
        },
      },
      clock: scriptedClock(),
      pollMs: 1_000,
      family: { cluster: 'c', family: 'f' },
    },
    own,
  );
}

it('of two launches that see each other exactly one gives way, also when both tasks are of the same millisecond', async () => {
  for (const [left, right] of [
    [at('a', 5), at('b', 6)],
    [at('b', 5), at('a', 6)],
    [at('a', 5), at('b', 5)],
  ] as const) {
    const both = [left, right];
    const found = await Promise.all(both.map((own) => look(own, [both])));
    expect(found.filter(Boolean)).toHaveLength(1);
  }
});

it('looks again while its own container has not begun, for a list may lag', async () => {
  const [first, own] = [at('a', 1), at('b', 2)];
  expect(await look(own, [[own], [own], [first, own]])).toMatchObject({ task: { arn: 'a' }, ours: 'not-begun' });
  expect(await look(own, [[own]])).toBeUndefined();
});

it('a container that has begun is not taken back, and a task of the same launch is no other', async () => {
  const running = at('b', 2, 'RUNNING');
  expect(await look(running, [[at('a', 1), running]])).toMatchObject({ ours: 'begun' });
  const own = at('b', 2);
  expect(await look(own, [[{ ...at('a', 1), startedBy: own.startedBy }, own]])).toBeUndefined();
  expect(await look(own, [[at('a', 1, 'STOPPED'), own]])).toBeUndefined();
});
