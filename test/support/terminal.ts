import { spawnSync } from 'node:child_process';
import type { ProgramOptions } from './programs.ts';
import { runInTerminal } from './terminal/run-in-terminal.ts';

/** Whether this machine can make a pseudo-terminal for a test. */
export const hasTerminals = spawnSync('python3', ['-c', 'import pty']).status === 0;

/** A built program on a real pseudo-terminal; both of its streams are the one screen. */
export interface TerminalProgram {
  readonly finished: Promise<{ readonly exitCode: number | null; readonly screen: string }>;
  /** What a person types: `\x03` is Ctrl-C, which the kernel turns into SIGINT, `\x04` Ctrl-D. */
  readonly type: (keys: string) => void;
  readonly shown: (text: string | RegExp) => Promise<void>;
  /** Everything that was written so far. */
  readonly screen: () => string;
}

/** Everything that was sent to the screen, as one text; `runInTerminal` shows what stands on it. */
export function startOnTerminal(
  name: string | readonly string[],
  args: readonly string[],
  options: ProgramOptions = {},
): TerminalProgram {
  const { finished, sent, type } = runInTerminal(name, args, options);
  let ended = false;
  void finished.finally(() => (ended = true)).catch(() => {});
  const shows = (text: string | RegExp): boolean =>
    typeof text === 'string' ? sent().includes(text) : text.test(sent());
  return {
    finished: finished.then((exitCode) => ({ exitCode, screen: sent() })),
    type,
    screen: sent,
    async shown(text) {
      while (!shows(text)) {
        if (ended) throw new Error(`the program ended without showing ${String(text)}:\n${sent()}`);
        await new Promise((next) => setTimeout(next, 20));
      }
    },
  };
}
