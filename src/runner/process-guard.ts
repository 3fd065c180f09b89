import { inspect } from 'node:util';

import type { ScriptGuard } from './database/script/script-guard.ts';

/**
 * Keeps the process from what a script revision does to it: `process.exit` becomes an error of the revision, so does what is
 * thrown in a timer or a promise that it left, and console lines become messages. It acts on the whole process while the
 * script runs, so it belongs to a program that owns its process.
 */
export function createProcessGuard(process: NodeJS.Process, console: Console): ScriptGuard {
  return (say) => {
    const exit = process.exit.bind(process);
    let exitWasCalled = false;
    let fail: (error: unknown) => void = () => undefined;
    const failure = new Promise<never>((_, reject) => {
      fail = reject;
    });
    // Nobody may be listening any more when it rejects.
    failure.catch(() => undefined);
    process.exit = (code) => {
      exitWasCalled = true;
      throw new Error(`it called process.exit(${code ?? ''}): throw an error instead`);
    };
    process.on('uncaughtException', fail);
    process.on('unhandledRejection', fail);
    const restoreConsole = captureConsole(console, say);
    return {
      failure,
      release: () => {
        restoreConsole();
        process.exit = exit;
        process.off('uncaughtException', fail);
        process.off('unhandledRejection', fail);
        if (exitWasCalled) return new Error('it called process.exit and went on: a revision ends by returning');
        return undefined;
      },
    };
  };
}

/** Turns console output into messages until the returned function is called. */
function captureConsole(console: Console, say: Parameters<ScriptGuard>[0]): () => void {
  const levels = { log: 'info', info: 'info', debug: 'info', warn: 'warning', error: 'error' } as const;
  const original = { ...console };
  for (const [method, level] of Object.entries(levels)) {
    const write = (...values: readonly unknown[]): void =>
      say(level, values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '));
    Object.assign(console, { [method]: write });
  }
  return () => Object.assign(console, original);
}
