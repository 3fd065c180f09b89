import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A program to run: no shell, the environment is exactly this one and PATH. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Exit codes that are no failure; default 0. */
  readonly allowed?: readonly number[];
  /** The file that gets its standard output; default is nowhere but the message of a failure. */
  readonly stdoutFile?: string;
}

/** One that takes longer hangs, or holds up all others. */
const timeoutMs = 5 * 60_000;

const running = new Set<ChildProcess>();
let isStopping = false;
const never = new Promise<void>(() => undefined);

export interface Measurement {
  readonly wallMs: number;
  /** User and system time of the process and its children, to 10 ms. */
  readonly cpuMs: number;
  /** Peak resident memory of the largest process. */
  readonly peakMiB: number;
}

/**
 * Runs a command under GNU time and measures it. `throttle` is put before it: what holds it to a share of a core.
 * @throws Error with what the command said when it fails: a failed run is no measurement.
 */
export async function measure(command: Command, throttle: readonly string[] = []): Promise<Measurement> {
  await holdWhenStopping();
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const report = join(folder, 'time');
  try {
    const args = [...throttle, '/usr/bin/time', '-o', report, '-f', '%U %S %M', command.program, ...command.args];
    const start = performance.now();
    await run(args, command);
    const wallMs = performance.now() - start;
    const [user = 0, system = 0, peakKiB = 0] =
      (await readFile(report, 'utf8')).trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
    return { wallMs, cpuMs: (user + system) * 1_000, peakMiB: peakKiB / 1_024 };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await holdWhenStopping();
  }
}

/** Runs a command for what it does. @throws Error when it fails. */
export async function execute(command: Command): Promise<void> {
  await holdWhenStopping();
  try {
    await run([command.program, ...command.args], command);
  } finally {
    await holdWhenStopping();
  }
}

/**
 * Ends the command that runs now, with all that it started; none is started any more, and nobody hears how it ended. It is
 * asked first, since it may have started a server or a container that it alone can end.
 */
export async function stopMeasuring(): Promise<void> {
  isStopping = true;
  endRunning('SIGTERM');
  for (let waitedMs = 0; running.size > 0 && waitedMs < 5_000; waitedMs += 50) await pause(50);
  endRunning('SIGKILL');
}

async function holdWhenStopping(): Promise<void> {
  if (isStopping) await never;
}

function endRunning(signal: NodeJS.Signals): void {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, signal);
}

async function run([program = '', ...args]: readonly string[], command: Command): Promise<void> {
  const { env = {}, cwd, allowed = [0], stdoutFile } = command;
  const stdout = stdoutFile === undefined ? undefined : await open(stdoutFile, 'w');
  const { PATH, HOME } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, LC_ALL: 'C.UTF-8', ...env },
    stdio: ['ignore', stdout?.fd ?? 'pipe', 'pipe'],
    // A group of its own, so that what it started ends with it.
    detached: true,
  });
  running.add(child);
  const watch = setTimeout(() => endRunning('SIGKILL'), timeoutMs);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (said = `${said}${chunk}`.slice(-4_000)));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    // The command itself stays out of it: it may hold the password of the server.
    if (code === null || !allowed.includes(code))
      throw new Error(`${code === null ? 'ended by a signal' : `exit code ${code}`}: ${lastLines(said)}`);
  } finally {
    clearTimeout(watch);
    running.delete(child);
    await stdout?.close();
  }
}

/** Where a stack trace names the reason. */
function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ').replaceAll(/\s+/g, ' ');
}

/** The middle one; of an even number the lower of both. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

export function medianOf(measurements: readonly Measurement[]): Measurement {
  const of = (pick: (measurement: Measurement) => number): number => median(measurements.map(pick));
  return { wallMs: of((m) => m.wallMs), cpuMs: of((m) => m.cpuMs), peakMiB: of((m) => m.peakMiB) };
}
