import process from 'node:process';
import { inspect } from 'node:util';

import type { RunEventBody } from '../../contract/run-events.ts';
import type { RevisionContext, RevisionModule, Row } from '../files/revision-module.ts';
import type { Session } from './session.ts';

export interface ScriptRun {
  readonly emit: (event: RunEventBody) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs a function of a `.ts` or `.js` revision with its context. What it writes to the console becomes `message` events.
 * @throws what the function throws, in the function itself or in a timer or promise that it left; an Error when it ended
 * without awaiting one of its queries, or called `process.exit`.
 */
export async function runScript(
  session: Session,
  run: RevisionModule['up'],
  { emit, signal }: ScriptRun,
): Promise<void> {
  const unawaited = new Set<Promise<unknown>>();
  const query = (text: string, values?: readonly unknown[]): Promise<{ rows: Row[]; rowCount: number | null }> => {
    const answer = session.query<Row>(text, values === undefined || values.length === 0 ? undefined : [...values]);
    unawaited.add(answer);
    // Also keeps the failure of a query that nobody awaits from ending the process: it is reported below.
    answer.then(
      () => unawaited.delete(answer),
      () => unawaited.delete(answer),
    );
    return answer;
  };
  const say = (level: 'info' | 'warning' | 'error', text: string): void => emit({ event: 'message', level, text });
  const context: RevisionContext = {
    sql: async (strings, ...values) => (await query(withPlaceholders(strings), values)).rows,
    client: { query },
    log: (text) => say('info', text),
  };
  const guard = guardProcess();
  const restoreConsole = captureConsole(say);
  try {
    await Promise.race([run(context), guard.failure, rejectionAfterAbort(signal)]);
  } finally {
    restoreConsole();
    guard.release();
  }
  if (guard.exitWasCalled()) throw new Error('it called process.exit and went on: a revision ends by returning');
  if (unawaited.size > 0) throw new Error('the function ended while a query was still running: await every query');
}

/** What a script does to the process it shares with us: it must neither end it nor fail unseen. */
interface ProcessGuard {
  /** Rejects with what would have ended the process. */
  readonly failure: Promise<never>;
  readonly exitWasCalled: () => boolean;
  readonly release: () => void;
}

function guardProcess(): ProcessGuard {
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
  return {
    failure,
    exitWasCalled: () => exitWasCalled,
    release: () => {
      process.exit = exit;
      process.off('uncaughtException', fail);
      process.off('unhandledRejection', fail);
    },
  };
}

function withPlaceholders(strings: TemplateStringsArray): string {
  return strings.reduce((text, part, index) => (index === 0 ? part : `${text}$${index}${part}`), '');
}

/** A script that waits for something else than the database cannot be cancelled there: two seconds of grace, then it is left. */
function rejectionAfterAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const leave = (): void => void setTimeout(() => reject(signal.reason as Error), 2_000).unref();
    signal.addEventListener('abort', leave, { once: true });
  });
}

/** Turns console output into messages until the returned function is called. */
function captureConsole(say: (level: 'info' | 'warning' | 'error', text: string) => void): () => void {
  const levels = { log: 'info', info: 'info', debug: 'info', warn: 'warning', error: 'error' } as const;
  const original = { ...console };
  for (const [method, level] of Object.entries(levels)) {
    const write = (...values: readonly unknown[]): void =>
      say(level, values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '));
    Object.assign(console, { [method]: write });
  }
  return () => Object.assign(console, original);
}
