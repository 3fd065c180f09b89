import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startLocalAws, type LocalAws } from '../../src/local-aws/server.ts';
import { wumboAccount } from '../../src/local-aws/wumbo/wumbo-account.ts';
import { execute, measure, type Command } from '../measure.ts';

/** What a launch gave, and what became of the task's lines. */
export interface Launch {
  readonly lines: number;
  readonly lost: number;
  readonly twice: number;
  /** From what the launcher last had to wait for to its end. */
  readonly toPromptMs: number;
  readonly wallMs: number;
  readonly peakMiB: number;
}

interface LaunchOptions {
  readonly program: string;
  readonly home: string;
  readonly lines: number;
}

/** Launches a task that prints so many lines, and compares what arrived with what was printed. */
export async function measureLaunch({ program, home, lines }: LaunchOptions): Promise<Launch> {
  const aws = await startLocalAws({ account: accountThatPrints(lines), paceMs: 10, logDelayMs: 20 });
  try {
    const stdoutFile = join(home, 'stdout');
    const { wallMs, peakMiB } = await measure({ ...launchOn(aws, program), stdoutFile });
    const endedAt = Date.now();
    const waitedFor = aws.requests.filter(
      ({ operation }) => operation === 'GetLogEvents' || operation === 'DescribeTasks',
    );
    const shown = (await readFile(stdoutFile, 'utf8')).split('\n').filter((line) => line.startsWith('line '));
    const distinct = new Set(shown).size;
    return {
      lines,
      lost: lines - distinct,
      twice: shown.length - distinct,
      toPromptMs: endedAt - (waitedFor.at(-1)?.time ?? endedAt),
      wallMs,
      peakMiB,
    };
  } finally {
    await aws.close();
  }
}

/** Long enough that what the launcher does itself between two calls does not count as another round trip. */
const answerDelayMs = 1_000;

/**
 * How many round trips follow on each other before RunTask: every answer comes late by the same time, so the time until
 * RunTask says how often one was waited for.
 */
export async function countTripsBeforeRunTask({
  program,
  home,
  hasExplicitOutputs,
}: Omit<LaunchOptions, 'lines'> & { readonly hasExplicitOutputs: boolean }): Promise<{
  readonly trips: number;
  readonly calls: number;
}> {
  const account = accountThatPrints(1, hasExplicitOutputs ? await explicitOutputs(program, home) : {});
  const aws = await startLocalAws({ account, paceMs: 10, logDelayMs: 20 });
  let isOver = false;
  aws.setIntercept(({ operation }) => {
    isOver ||= operation === 'RunTask';
    return isOver ? undefined : { delayMs: answerDelayMs };
  });
  try {
    await execute(launchOn(aws, program));
    const calls = aws.requests.findIndex(({ operation }) => operation === 'RunTask');
    const [first, runTask] = [aws.requests[0], aws.requests[calls]];
    if (first === undefined || runTask === undefined) throw new Error('RunTask was not called');
    return { trips: Math.floor((runTask.time - first.time) / answerDelayMs), calls };
  } finally {
    await aws.close();
  }
}

/** Outputs that say outright what the launcher has to look for otherwise: as it found it itself. */
async function explicitOutputs(program: string, home: string): Promise<Readonly<Record<string, string>>> {
  const aws = await startLocalAws({ account: accountThatPrints(1), paceMs: 10, logDelayMs: 20 });
  try {
    await execute({ ...launchOn(aws, program), stdoutFile: join(home, 'stdout') });
    const runTask = aws.requests.find(({ operation }) => operation === 'RunTask');
    if (runTask === undefined) throw new Error('RunTask was not called');
    const { awsvpcConfiguration: network } = runTask.parameters['networkConfiguration'] as {
      awsvpcConfiguration: { subnets: string[]; securityGroups: string[] };
    };
    return {
      MigrationSubnetIds: network.subnets.join(','),
      MigrationSecurityGroupId: network.securityGroups.join(','),
    };
  } finally {
    await aws.close();
  }
}

function accountThatPrints(
  lines: number,
  extraOutputs: Readonly<Record<string, string>> = {},
): ReturnType<typeof wumboAccount> {
  const counted = `"printed":{"lines":${lines + 1},"events":1}`;
  const finished = `{"event":"run.finished","runId":"bench","time":"2026-01-01T00:00:00Z","outcome":"succeeded","exitCode":0,"applied":[],"reverted":[],"pending":[],"current":null,"durationMs":1,${counted}}`;
  const script = `for (let i = 0; i < ${lines}; i += 1) console.log(('line ' + i + ' ').padEnd(100, '.')); console.log(${JSON.stringify(finished)});`;
  const database = { username: 'x', password: 'x', host: '127.0.0.1', port: 5432, dbname: 'x' };
  return wumboAccount({
    accessKeys: { local: { secretAccessKey: 'local' } },
    environments: [{ name: 'development', database, extraOutputs }],
    images: { 'wumbo-migration': { entrypoint: [process.execPath, '-e', script], command: [] } },
  });
}

function launchOn(aws: LocalAws, program: string): Command {
  const env = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  return { program: process.execPath, args: [program, 'development', '--yes'], env };
}
