import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

export const projectDirectory = resolve(import.meta.dirname, '../..');

/** What a program left behind. */
export interface ProgramResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly finished: Promise<ProgramResult>;
  /** Resolves as soon as the text has been written to either stream. */
  readonly said: (text: string | RegExp) => Promise<void>;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts a built program (`migrate`, `launch-migration`, `local-aws`) with nothing of our environment but PATH and HOME. */
export function startProgram(
  name: string,
  args: readonly string[],
  { env = {}, cwd = projectDirectory }: ProgramOptions = {},
): RunningProgram {
  const child = spawn(process.execPath, [resolve(projectDirectory, `dist/${name}.js`), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const finished = new Promise<ProgramResult>((done, fail) => {
    child.on('error', fail);
    child.on('close', (exitCode, signal) => done({ exitCode, signal, stdout, stderr }));
  });
  const said = async (text: string | RegExp): Promise<void> => {
    const seen = (): boolean =>
      typeof text === 'string' ? (stdout + stderr).includes(text) : text.test(stdout + stderr);
    let ended = false;
    void finished.then(() => (ended = true));
    while (!seen()) {
      if (ended) throw new Error(`the program ended without saying ${String(text)}:\n${stdout}\n${stderr}`);
      await new Promise((next) => setTimeout(next, 10));
    }
  };
  return { child, finished, said };
}

/** Runs a built program to its end. */
export async function runProgram(
  name: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<ProgramResult> {
  const program = startProgram(name, args, options);
  program.child.stdin?.end();
  return program.finished;
}
