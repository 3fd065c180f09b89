import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { projectDirectory, type ProgramOptions } from './programs.ts';

/** Whether this machine can make a pseudo-terminal for a test. */
export const hasTerminals = spawnSync('python3', ['-c', 'import pty']).status === 0;

/** Runs a command on a terminal of its own, carries its input and output, and ends with its exit code. */
const carrier = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** A built program on a real pseudo-terminal; both of its streams are the one screen. */
export interface TerminalProgram {
  readonly finished: Promise<{ readonly exitCode: number | null; readonly screen: string }>;
  /** What a person types: `\x03` is Ctrl-C, which the kernel turns into SIGINT, `\x04` Ctrl-D. */
  readonly type: (keys: string) => void;
  readonly shown: (text: string | RegExp) => Promise<void>;
}

export function startOnTerminal(
  name: string,
  args: readonly string[],
  { env = {}, cwd = projectDirectory }: ProgramOptions = {},
): TerminalProgram {
  const program = [process.execPath, resolve(projectDirectory, `dist/${name}.js`), ...args];
  const child = spawn('python3', ['-c', carrier, ...program], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let ended = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (screen += chunk));
  const finished = new Promise<{ exitCode: number | null; screen: string }>((done, fail) => {
    child.on('error', fail);
    child.on('close', (exitCode) => {
      ended = true;
      done({ exitCode, screen });
    });
  });
  const shows = (text: string | RegExp): boolean =>
    typeof text === 'string' ? screen.includes(text) : text.test(screen);
  return {
    finished,
    type: (keys) => child.stdin.write(keys),
    async shown(text) {
      while (!shows(text)) {
        if (ended) throw new Error(`the program ended without showing ${String(text)}:\n${screen}`);
        await new Promise((next) => setTimeout(next, 20));
      }
    },
  };
}
