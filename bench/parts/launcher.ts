import { resolve } from 'node:path';

import { startLocalAws, type LocalAws } from '../../src/local-aws/server.ts';
import { wumboAccount } from '../../src/local-aws/wumbo/wumbo-account.ts';
import { compare } from '../compare.ts';
import { measure, median, type Command } from '../measure.ts';
import { comparisonTable, type Part } from '../part.ts';

const program = resolve(import.meta.dirname, '../../dist/launch-migration.js');

/** What a person or a pipeline waits for around the task. */
export const launcher: Part = {
  name: 'launcher',
  about: 'start of the launcher, calls before RunTask, end marker → prompt, 100,000 log lines',
  run: async ({ quick }) => {
    const starts = await compare(
      [
        { name: 'launch-migration --help', command: () => node([program, '--help']) },
        { name: 'node -e 0', command: () => node(['-e', '0']) },
      ],
      { rounds: quick ? 5 : 15 },
    );
    const lineCount = quick ? 10_000 : 100_000;
    const short = await launch({ lines: 10, rounds: quick ? 2 : 5 });
    const long = await launch({ lines: lineCount, rounds: quick ? 1 : 3 });
    return [
      comparisonTable(
        { title: 'Start of the launcher', about: 'Help, and a Node program that does nothing.' },
        starts,
        'node -e 0',
      ),
      {
        title: 'A launch against the stand-in for AWS',
        about: 'The stacks of Wumbo, over HTTP; the task prints lines of 100 characters and ends.',
        columns: ['lines', 'calls before RunTask (some at once)', 'last log page → prompt, ms', 'peak MiB'],
        rows: [
          ['10', String(short.callsBefore), short.toPromptMs.toFixed(0), short.peakMiB.toFixed(0)],
          [
            lineCount.toLocaleString('en'),
            String(long.callsBefore),
            long.toPromptMs.toFixed(0),
            long.peakMiB.toFixed(0),
          ],
        ],
      },
    ];
  },
};

async function launch({ lines, rounds }: { readonly lines: number; readonly rounds: number }): Promise<{
  readonly callsBefore: number;
  readonly toPromptMs: number;
  readonly peakMiB: number;
}> {
  const found = [];
  for (let round = 0; round < rounds; round += 1) {
    const aws = await startLocalAws({ account: accountThatPrints(lines), paceMs: 10, logDelayMs: 20 });
    try {
      const { peakMiB } = await measure(commandFor(aws));
      const endedAt = Date.now();
      const operations = aws.requests.map(({ operation }) => operation);
      const lastPage = aws.requests.findLast(({ operation }) => operation === 'GetLogEvents')?.time ?? endedAt;
      found.push({ callsBefore: operations.indexOf('RunTask'), toPromptMs: endedAt - lastPage, peakMiB });
    } finally {
      await aws.close();
    }
  }
  return {
    callsBefore: median(found.map(({ callsBefore }) => callsBefore)),
    toPromptMs: median(found.map(({ toPromptMs }) => toPromptMs)),
    peakMiB: median(found.map(({ peakMiB }) => peakMiB)),
  };
}

function accountThatPrints(lines: number): ReturnType<typeof wumboAccount> {
  const counted = `"printed":{"lines":${lines + 1},"events":1}`;
  const finished = `{"event":"run.finished","runId":"bench","time":"2026-01-01T00:00:00Z","outcome":"succeeded","exitCode":0,"applied":[],"reverted":[],"pending":[],"current":null,"durationMs":1,${counted}}`;
  const script = `for (let i = 0; i < ${lines}; i += 1) console.log(('line ' + i + ' ').padEnd(100, '.')); console.log(${JSON.stringify(finished)});`;
  const database = { username: 'x', password: 'x', host: '127.0.0.1', port: 5432, dbname: 'x' };
  return wumboAccount({
    accessKeys: { local: { secretAccessKey: 'local' } },
    environments: [{ name: 'development', database }],
    images: { 'wumbo-migration': { entrypoint: [process.execPath, '-e', script], command: [] } },
  });
}

function commandFor(aws: LocalAws): Command {
  const env = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  return { ...node([program, 'development', '--yes']), env };
}

function node(args: readonly string[]): Command {
  return { program: process.execPath, args };
}
