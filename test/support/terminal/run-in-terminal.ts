import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

import { projectDirectory } from '../programs.ts';
import { createScreen, type Screen } from './screen.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** What the terminal does with what it shows when its width changes. */
  readonly onResize?: 'cut' | 'reflow';
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file to read from instead of the terminal. */
  readonly stdin?: string;
  /** A file to write to instead of the terminal. */
  readonly stdout?: string;
}

/** A program that runs in a pseudo-terminal. */
export interface TerminalProgram {
  readonly screen: Screen;
  /** Every character that the program sent, control sequences too. */
  readonly sent: () => string;
  readonly type: (text: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Sends a signal to the program itself, by number. */
  readonly signal: (number: number) => void;
  /** Resolves when a line of the screen, or one that scrolled out, matches. */
  readonly shows: (pattern: RegExp) => Promise<void>;
  /** The exit code. */
  readonly finished: Promise<number | null>;
}

/** Runs a built program, or a command line, with a terminal for stdin, stdout and stderr, through Python's pty module. */
export function runInTerminal(
  name: string | readonly string[],
  args: readonly string[],
  { columns = 80, rows = 24, onResize, env = {}, cwd = projectDirectory, stdin, stdout }: TerminalOptions = {},
): TerminalProgram {
  const start = typeof name === 'string' ? [process.execPath, resolve(projectDirectory, `dist/${name}.js`)] : name;
  const program = [...start, ...args];
  const where = [String(columns), String(rows), stdin ?? 'terminal', stdout ?? 'terminal'];
  const child = spawn('python3', [resolve(import.meta.dirname, 'in-terminal.py'), ...where, ...program], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const screen = createScreen(columns, rows, onResize);
  let sent = '';
  let ended = false;
  let failure: unknown;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    sent += text;
    try {
      screen.write(text);
    } catch (error) {
      failure ??= error;
    }
  });
  const finished = new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', (exitCode) => {
      ended = true;
      if (failure === undefined) done(exitCode);
      else fail(failure);
    });
  });
  finished.catch(() => {});
  const command = (value: object): void => void child.stdin.write(`${JSON.stringify(value)}\n`);
  child.stdin.on('error', () => {});
  return {
    screen,
    sent: () => sent,
    type: (text) => command({ type: text }),
    resize: (newColumns, newRows) => {
      screen.resize(newColumns, newRows);
      command({ resize: [newColumns, newRows] });
    },
    signal: (number) => command({ signal: number }),
    shows: async (pattern) => {
      while (!screen.lines().some((line) => pattern.test(line))) {
        if (failure !== undefined) throw failure as Error;
        if (ended)
          throw new Error(`the program ended without showing ${String(pattern)}:\n${screen.lines().join('\n')}`);
        await new Promise((next) => setTimeout(next, 10));
      }
    },
    finished,
  };
}
