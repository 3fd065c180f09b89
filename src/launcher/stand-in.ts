import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { AppError } from '../contract/app-error.ts';
import { exitCodeMeanings, exitCodes, type ExitCode } from '../contract/exit-codes.ts';

const readySchema = z.object({
  ready: z.literal(true),
  endpoint: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  database: z.object({
    host: z.string(),
    port: z.number(),
    user: z.string(),
    name: z.string(),
    passFile: z.string(),
  }),
});

/** What the stand-in says of itself when it is ready. */
export type StandInAddress = z.infer<typeof readySchema>;

/** A running stand-in for AWS. */
export interface StandIn {
  readonly address: StandInAddress;
  /** Lets it go: it ends by itself when nobody holds its stdin; the database stays. */
  release(): void;
}

/** How to start it. */
export interface StandInProgram {
  readonly execPath: string;
  /** Where the local database lives. */
  readonly directory: string;
  /** Told each line that the stand-in writes on stderr. */
  readonly onTalk: (line: string) => void;
}

/** The first start creates a database cluster. */
const readyWithinMs = 120_000;

/** Starts the stand-in and waits until it is ready. Throws an AppError with its exit code and last words when it fails. */
export async function startStandIn(program: StandInProgram, mode: 'start' | 'reset'): Promise<StandIn> {
  const pace = ['--log-delay', '300ms', '--pace', '300ms'];
  const reset = mode === 'reset' ? ['--reset'] : [];
  const run = runStandIn(program, ['--environments', 'local', '--until-stdin-closes', ...pace, ...reset]);
  const timer = setTimeout(() => run.child.kill(), readyWithinMs);
  try {
    const line = await Promise.race([firstLine(run.child), run.ended.then((): undefined => undefined)]);
    if (line === undefined) throw failure(await run.ended, run.lastWords());
    return { address: parseReady(line), release: () => release(run.child) };
  } catch (error) {
    run.child.kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Stops the local server. Throws an AppError when the stand-in says that it could not. */
export async function stopStandIn(program: StandInProgram): Promise<void> {
  const run = runStandIn(program, ['--stop']);
  run.child.stdout?.resume();
  run.child.stdin?.end();
  const code = await run.ended;
  if (code !== 0) throw failure(code, run.lastWords());
}

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  lastWords(): string;
}

function runStandIn({ execPath, directory, onTalk }: StandInProgram, options: readonly string[]): Run {
  const child = spawn(execPath, [programFile(), '--directory', directory, ...options], {
    // In a process group of its own, so that a terminal's Ctrl-C reaches the launcher only.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  const words: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line);
    if (words.length > 20) words.shift();
    onTalk(line);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  // Who waits for the ready line hears of it there.
  ended.catch(() => {});
  return { child, ended, lastWords: () => words.join(' ').trim() };
}

/** `local-aws.js` lies beside the bundle; a run from the sources has it in the next room. */
function programFile(): string {
  const inSources = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(inSources ? '../local-aws/main.ts' : './local-aws.js', import.meta.url));
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  const input = child.stdout;
  return new Promise((resolve) => {
    createInterface({ input })
      .once('line', resolve)
      .once('close', () => resolve(undefined));
  });
}

function parseReady(line: string): StandInAddress {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  const parsed = z.safeParse(readySchema, value);
  if (parsed.success) return parsed.data;
  throw new Error(`The stand-in said something else than its address: ${line}`);
}

function release(child: ChildProcess): void {
  child.stdin?.end();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

function failure(code: number | null, lastWords: string): AppError {
  const known = code !== null && code !== 0 && code in exitCodeMeanings;
  return new AppError({
    code: 'stand-in-failed',
    exitCode: known ? (code as ExitCode) : exitCodes.awsRefused,
    message: `The local stand-in for AWS ended with ${code === null ? 'a signal' : `exit code ${code}`}${lastWords === '' ? '' : `: ${lastWords}`}`,
    hint: 'Begin again with launch-migration local --reset, or see more with --verbose.',
  });
}
