import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';

import type { TaskTruth } from '../../../src/local-aws/server.ts';
import { createLaunchCase, launchFinished, talk, type LaunchCase } from '../../support/launch-case.ts';
import { createLaunchSite } from '../../support/launcher.ts';
import { threeRevisions } from '../../support/migrations.ts';
import type { ProgramResult } from '../../support/programs.ts';
import { randomScenario, type Scenario } from './soak-scenario.ts';

const launches = Number(process.env['SOAK_LAUNCHES'] ?? (process.env['CI'] ? 200 : 20));
const firstSeed = Number(process.env['SOAK_SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** Several at once, since a launch mostly waits. */
const lanes = 8;
/** Every so many a launch runs the real migrate on a real database. */
const realEvery = 20;

/** How the launches ended, so that a soak in which everything is refused at once does not look like a success. */
const tally: Record<string, number> = {};

function count(what: string): void {
  tally[what] = (tally[what] ?? 0) + 1;
}

it(`${launches} launches with random faults: no wrong verdict, no line lost in silence, none twice`, async () => {
  const seeds = Array.from({ length: launches }, (_, index) => firstSeed + index);
  const problems: string[] = [];
  const lane = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const scenario = randomScenario(seed);
      const found = seed % realEvery === 0 ? await launchReal(scenario) : await launchScripted(scenario);
      if (found.length > 0)
        problems.push(`SOAK_SEED=${seed} SOAK_LAUNCHES=1 (${JSON.stringify(scenario)}):\n  ${found.join('\n  ')}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  console.log(`soak: ${launches} launches from seed ${firstSeed} on: ${JSON.stringify(tally)}`);
  expect(problems, `first seed ${firstSeed}`).toEqual([]);
}, 900_000);

async function launchScripted(scenario: Scenario): Promise<readonly string[]> {
  const { faults, seed } = scenario;
  const site = await createLaunchCase({ script: scriptOf(scenario), faults, seed });
  const problems =
    scenario.way === 'crash'
      ? await attachAfterCrash(scenario, site)
      : judge(scenario, await site.launch(['development', '--json']), site.aws.tasks());
  await site.aws.close();
  return problems;
}

/** The first launcher is killed; whoever attaches then, and whoever reads the log afterwards, must get all of it. */
async function attachAfterCrash(
  scenario: Scenario,
  { startLaunch, launch, aws }: LaunchCase,
): Promise<readonly string[]> {
  const first = startLaunch(['development', '--json']);
  const isAlive = (): boolean => first.child.exitCode === null;
  while (aws.tasks().length === 0 && isAlive()) await sleep(20);
  await sleep(scenario.crashAfterMs);
  first.child.kill('SIGKILL');
  await first.finished;
  if (aws.tasks().length === 0) {
    count('no task');
    return [];
  }
  count('crash');
  const attached = await insist(() => launch(['attach', 'development', '--json']));
  const found = judge(scenario, attached, aws.tasks());
  const [task] = aws.tasks();
  if (!task?.hasStarted || scenario.faults.some((fault) => fault.startsWith('deny'))) return found;
  const read = await insist(() => launch(['logs', 'development', '--json']));
  const { logComplete } = JSON.parse(read.stdout.trimEnd().split('\n').at(-1) ?? '{}') as { logComplete?: boolean };
  const has = (kind: string): boolean => scenario.faults.some((fault) => fault.startsWith(kind));
  const inLog = judgeLog({ scenario, result: read, task, logComplete: logComplete === true }, has);
  return [...found, ...inLog.map((problem) => `logs: ${problem}`)];
}

/** Trouble may keep the task from being found: then a person tries again. */
async function insist(command: () => Promise<ProgramResult>): Promise<ProgramResult> {
  for (let tries = 1; ; tries += 1) {
    const result = await command();
    if (!result.stdout.includes('"taskArn":null') || tries === 5) return result;
  }
}

function scriptOf({ lineCount, everyMs, exitCode, end }: Scenario): string {
  const dies = "process.on('SIGTERM', () => process.exit(143));";
  const finish = {
    counted: '',
    uncounted: `finish = (code) => { emit({ event: 'run.finished' }); process.exitCode = code; };`,
    none: 'finish = (code) => { process.exitCode = code; };',
  }[end];
  return `${dies} ${finish} ${talk(lineCount, exitCode, everyMs)}`;
}

/** What the launcher said, held against what the container really did. */
function judge(scenario: Scenario, result: ProgramResult, tasks: readonly TaskTruth[]): readonly string[] {
  const has = (kind: string): boolean => scenario.faults.some((fault) => fault.startsWith(kind));
  const [task, ...more] = tasks;
  const problems = more.length > 0 ? [`${tasks.length} tasks were started`] : [];
  if (!task) {
    count('no task');
    const refused = result.exitCode === 125 || result.exitCode === 2;
    return refused ? problems : [...problems, `no task was started, and the exit code is ${result.exitCode}`];
  }
  if (!result.stdout.includes('launch.finished'))
    return [...problems, `a task ran, and there is no verdict: ${result.stderr.slice(-500)}`];
  const { outcome, exitCode, logComplete } = launchFinished(result);
  count(`${String(outcome)}${logComplete === true ? ', complete log' : ''}`);
  const expected = !task.hasStarted ? 125 : has('no-exit-code') ? 125 : task.exitCode;
  if (exitCode !== expected || result.exitCode !== expected)
    problems.push(
      `exit code ${String(exitCode)} (${String(outcome)}) instead of ${expected}: ${result.stderr.slice(-700)}`,
    );
  if ((outcome === 'succeeded') !== (expected === 0)) problems.push(`outcome ${String(outcome)} with ${expected}`);
  if (!task.hasStarted) return outcome === 'never-started' ? problems : [...problems, `outcome ${String(outcome)}`];
  return [...problems, ...judgeLog({ scenario, result, task, logComplete: logComplete === true }, has)];
}

interface ShownLog {
  readonly scenario: Scenario;
  readonly result: ProgramResult;
  readonly task: TaskTruth;
  readonly logComplete: boolean;
}

function judgeLog({ scenario, result, task, logComplete }: ShownLog, has: (kind: string) => boolean): string[] {
  const shown = result.stdout.trimEnd().split('\n').slice(0, -1);
  const numbers = shown.flatMap((line) => {
    const [, number] = /"message":"line (\d+)"/.exec(line) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
  const problems: string[] = [];
  const isWhole = shown.length === task.printedLines;
  const said = `${shown.length} of ${task.printedLines} lines were shown: ${result.stderr.slice(-500)}`;
  if (new Set(numbers).size < numbers.length || shown.length > task.printedLines)
    problems.push(`a line twice; ${said}`);
  const isSorted = numbers.every((number, index) => number > (numbers[index - 1] ?? -1));
  if (!has('late-lines') && !isSorted) problems.push('the order is wrong');
  if (logComplete && !isWhole) problems.push(`called complete; ${said}`);
  // Behind an end marker that counts nothing nobody waits for a line that may come.
  const mayBeLate = scenario.end === 'uncounted' && (has('late-lines') || has('stalled-pages'));
  if (!isWhole && !has('lost-lines') && !has('deny') && !mayBeLate) problems.push(`lines are lost; ${said}`);
  const counted = shown.some((line) => line.includes('"printed":'));
  if (!logComplete && isWhole && counted && scenario.end === 'counted')
    problems.push(`whole, and not called so; ${said}`);
  return problems;
}

/** The faults that do not change what the container does, around the real runner and its database. */
async function launchReal({ faults, seed }: Scenario): Promise<readonly string[]> {
  const harmless = faults.filter((fault) =>
    /^(throttle|fail|reset|truncate|delay|late|hide|small|empty|stalled|inj)/.test(fault),
  );
  const { launch, aws, database } = await createLaunchSite({
    files: threeRevisions,
    faults: { faults: harmless, seed },
  });
  const result = await launch(['development', '--json']);
  const tasks = aws.tasks();
  if (tasks.length === 0) return result.exitCode === 125 ? [] : [`no task, exit code ${result.exitCode}`];
  const [{ n } = { n: -1 }] = await database.query('SELECT count(*)::int AS n FROM migrations.history');
  await aws.close();
  const { outcome, logComplete } = launchFinished(result);
  count('real');
  const isRight =
    result.exitCode === 0 && outcome === 'succeeded' && logComplete === true && n === 3 && tasks.length === 1;
  return isRight
    ? []
    : [
        `real run: ${result.exitCode} ${String(outcome)} ${String(logComplete)} ${String(n)} ${result.stderr.slice(-700)}`,
      ];
}
