import type { Blocker } from '../../contract/run-events.ts';
import { isServerError } from './database-error.ts';

export interface LockRetry {
  /** How long all tries together may take, in milliseconds. */
  readonly retryForMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told after each try that a lock stopped. */
  readonly onBlocked: (blocked: {
    readonly attempt: number;
    readonly retryInMs: number;
    readonly error: unknown;
  }) => void;
}

/**
 * Tries again, with growing and jittered pauses, while a table lock cannot be had within lock_timeout: DDL that waits in the
 * lock queue stops every query behind it, so it must wait in short turns.
 * @throws what the last try threw, or the first that failed for another reason.
 */
export async function withLockRetries(attemptOnce: () => Promise<void>, retry: LockRetry): Promise<void> {
  const deadline = retry.now() + retry.retryForMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce();
    } catch (error) {
      const pauseMs = Math.round(Math.min(250 * 2 ** (attempt - 1), 10_000) * (0.5 + Math.random()));
      if (!isLockTimeout(error) || retry.signal.aborted || retry.now() + pauseMs > deadline) throw error;
      retry.onBlocked({ attempt, retryInMs: pauseMs, error });
      await retry.sleep(pauseMs);
    }
  }
}

/** Whether the error, or its cause, is 55P03 lock_not_available. */
export function isLockTimeout(error: unknown): boolean {
  if (isServerError(error)) return error.code === '55P03';
  return error instanceof Error && error.cause !== undefined && isLockTimeout(error.cause);
}

/** `pid 42 (psql, for 3.0 s: SELECT …)`, for the last message when all tries are over. */
export function blockersText(blockers: readonly Blocker[]): string {
  return blockers
    .map(({ pid, application, query }) => `pid ${pid} (${application || 'no name'}: ${query.slice(0, 80)})`)
    .join(', ');
}
