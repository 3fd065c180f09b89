import { createRandom } from '../../../src/local-aws/faults/random.ts';

/** One random launch: what its container does and what goes wrong. The same seed gives the same one. */
export interface Scenario {
  readonly seed: number;
  readonly lineCount: number;
  readonly everyMs: number;
  readonly exitCode: number;
  /** How the container's log ends. */
  readonly end: 'counted' | 'uncounted' | 'none';
  readonly faults: readonly string[];
  /** `crash`: the launcher is killed in the middle, `attach` takes its place, and `logs` tells all of it once more. */
  readonly way: 'launch' | 'crash';
  /** How long after the task's beginning the launcher is killed. */
  readonly crashAfterMs: number;
}

type Random = () => number;

export function randomScenario(seed: number): Scenario {
  const random = createRandom(seed);
  const ends = ['counted', 'counted', 'counted', 'counted', 'counted', 'uncounted', 'none', 'none'] as const;
  return {
    seed,
    lineCount: between(random, 0, 150),
    everyMs: between(random, 0, 6),
    exitCode: pick(random, [0, 0, 0, 0, 1, 3, 6, 10, 124, 125, 137, 143]),
    end: pick(random, ends),
    faults: Array.from({ length: between(random, 1, 5) }, () => pick(random, recipes)(random)),
    way: pick(random, ['launch', 'launch', 'crash']),
    crashAfterMs: between(random, 0, 900),
  };
}

const reads = ['DescribeTasks', 'GetLogEvents', 'ListTasks', 'DescribeStacks', 'ecs:*', 'logs:*', '*'];

const recipes: readonly ((random: Random) => string)[] = [
  (random) => `throttle ${pick(random, reads)} ${percent(random, 10, 50)} for 3s`,
  (random) => `fail ${pick(random, reads)} ${percent(random, 10, 40)} for 3s`,
  (random) => `reset ${pick(random, reads)} ${percent(random, 10, 40)} for 3s`,
  (random) => `truncate ${pick(random, reads)} ${percent(random, 10, 30)} for 3s`,
  (random) => `lose ${pick(random, reads)} ${percent(random, 10, 30)} for 3s`,
  (random) => `delay ${pick(random, reads)} ${between(random, 50, 600)}ms ${percent(random, 10, 60)}`,
  (random) =>
    `${pick(random, ['lose', 'reset', 'truncate', 'fail', 'throttle'])} RunTask ${between(random, 1, 3)} times`,
  () => 'phantom once',
  (random) => `capacity ${between(random, 1, 3)} times`,
  (random) => `hide-tasks ${between(random, 100, 1_500)}ms`,
  (random) => `hide-logs ${between(random, 100, 1_500)}ms`,
  (random) => `small-pages ${between(random, 1, 40)}`,
  (random) => `empty-pages ${percent(random, 10, 50)}`,
  (random) => `stalled-pages ${percent(random, 10, 40)}`,
  (random) => `late-lines ${between(random, 100, 900)}ms ${percent(random, 5, 50)}`,
  (random) => `late-lines ${between(random, 100, 900)}ms ${percent(random, 5, 50)}`,
  (random) => `lost-lines ${percent(random, 2, 20)}`,
  () => 'injected-sidecar',
  (random) => `late-exit-code ${between(random, 50, 500)}ms`,
  () => 'no-exit-code',
  (random) =>
    `slow ${pick(random, ['DEPROVISIONING', 'STOPPING', 'PENDING', 'ACTIVATING'])} ${between(random, 100, 900)}ms`,
  (random) => `out-of-memory ${between(random, 50, 500)}ms`,
  (random) => `spot ${between(random, 50, 500)}ms`,
  (random) => `user-stop ${between(random, 50, 500)}ms`,
  () => 'cannot-start "CannotPullContainerError: registry/x:1: not found"',
  () => 'deny GetLogEvents',
  () => 'refuse GetLogEvents InvalidParameterException 2 times after 2',
];

function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

function percent(random: Random, least: number, most: number): string {
  return `${between(random, least, most)}%`;
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
