import { onTestFinished } from 'vitest';

import type { FaultPlan } from '../../src/local-aws/faults/faults.ts';
import type { ReceivedRequest } from '../../src/local-aws/interception.ts';
import { startLocalAws, type LocalAws } from '../../src/local-aws/server.ts';
import { wumboAccount } from '../../src/local-aws/wumbo/wumbo-account.ts';
import type { WumboEnvironment } from '../../src/local-aws/wumbo/wumbo-environment.ts';
import { runProgram, startProgram, type ProgramOptions, type ProgramResult, type RunningProgram } from './programs.ts';

/** An AWS account whose migration image runs a script of the test, and the built launcher for it. */
export interface LaunchCase {
  readonly aws: LocalAws;
  readonly launch: (args?: readonly string[], options?: ProgramOptions) => Promise<LaunchResult>;
  readonly startLaunch: (args?: readonly string[], options?: ProgramOptions) => RunningProgram;
  /** What the stand-in saw of an operation. */
  readonly calls: (operation: string) => readonly ReceivedRequest[];
}

export interface LaunchResult extends ProgramResult {
  readonly elapsedMs: number;
}

export interface LaunchCaseOptions {
  /** JavaScript of the container; `say(line)`, `emit(event)` and `finish(code)` are there. */
  readonly script: string;
  readonly faults?: readonly string[];
  readonly seed?: number;
  readonly environment?: Partial<WumboEnvironment>;
  readonly logDelayMs?: number;
  readonly paceMs?: number;
  readonly stoppedTaskVisibleMs?: number;
  readonly logPageSize?: number;
}

/** What a migrate that counts its lines does; the process ends with the code that `finish` was given. */
const prelude = `
  const args = process.argv.slice(1);
  let lines = 0, events = 0;
  const say = (line) => { lines += 1; process.stdout.write(line + '\\n'); };
  const emit = (event) => { events += 1; say(JSON.stringify({ time: new Date().toISOString(), runId: 'run', ...event })); };
  let finish = (exitCode) => {
    const printed = { lines: lines + 1, events: events + 1 };
    const outcome = exitCode === 0 ? 'succeeded' : 'failed';
    emit({ event: 'run.finished', outcome, exitCode, applied: [], reverted: [], pending: [], current: null, durationMs: 1, printed });
    process.exitCode = exitCode;
  };
`;

/** No database behind it: the secret names one, and nobody looks. */
const database = { username: 'postgres', password: 'planted', host: '127.0.0.1', port: 1, dbname: 'none' };

export async function createLaunchCase(options: LaunchCaseOptions): Promise<LaunchCase> {
  const { script, faults = [], seed, environment = {}, ...behaviour } = options;
  const plan: FaultPlan = { faults, seed };
  const account = wumboAccount({
    environments: ['development', 'production'].map((name) => ({ name, database, ...environment })),
    images: {
      'wumbo-migration': { entrypoint: [process.execPath, '-e', prelude + script, '--'], command: ['upgrade'] },
      proxy: { entrypoint: [process.execPath, '-e', 'setTimeout(() => process.exit(1), 600)'] },
    },
  });
  const aws = await startLocalAws({
    account,
    paceMs: 10,
    logDelayMs: 20,
    closeGraceMs: 100,
    faults: plan,
    ...behaviour,
  });
  onTestFinished(() => aws.close());
  const env = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    LAUNCH_MIGRATION_POLL_MS: '100',
    LAUNCH_MIGRATION_QUIET_MS: '1500',
    LAUNCH_MIGRATION_RETRY_MS: '50',
  };
  const withEnv = (given: ProgramOptions = {}): ProgramOptions => ({ ...given, env: { ...env, ...given.env } });
  return {
    aws,
    launch: async (args = ['development'], given) => {
      const beganAt = performance.now();
      const result = await runProgram('launch-migration', args, withEnv(given));
      return { ...result, elapsedMs: performance.now() - beganAt };
    },
    startLaunch: (args = ['development'], given) => startProgram('launch-migration', args, withEnv(given)),
    calls: (operation) => aws.requests.filter((request) => request.operation === operation),
  };
}

/** Script: prints `line 0` … one every `everyMs`, then ends with the code. */
export function talk(count: number, exitCode = 0, everyMs = 0): string {
  return `let i = 0; const step = () => {
    if (i === ${count}) return finish(${exitCode});
    say('line ' + i++);
    ${everyMs} === 0 ? step() : setTimeout(step, ${everyMs});
  }; step();`;
}

/** The numbers of the lines that `talk` printed, as they stand in an output. */
export function lineNumbers(output: string): readonly number[] {
  return [...output.matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
}

export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** The last line of `--json`. */
export function launchFinished({ stdout }: ProgramResult): Record<string, unknown> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
}
