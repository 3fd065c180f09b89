import type { Blocker } from '../../../contract/run-events.ts';
import { isServerError } from '../connection/database-error.ts';

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
 * lock queue stops every query behind it, so it must wait in short turns. A deadlock or serialization failure is another
 * session's luck and is tried again as well. Each try must leave nothing behind when it fails.
 * @throws what the last try threw, or the first that failed for another reason.
 */
export async function withLockRetries(attemptOnce: () => Promise<void>, retry: LockRetry): Promise<void> {
  const deadline = retry.now() + retry.retryForMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce();
    } catch (error) {
      const pauseMs = Math.round(Math.min(250 * 2 ** (attempt - 1), 10_000) * (0.5 + Math.random()));
      if (!isPassing(error) || retry.signal.aborted || retry.now() + pauseMs > deadline) throw error;
      retry.onBlocked({ attempt, retryInMs: pauseMs, error });
      await retry.sleep(pauseMs);
    }
  }
}

/** Whether the error, or its cause, is 55P03 lock_not_available. */
export function isLockTimeout(error: unknown): boolean {
  return stateOf(error) === '55P03';
}

/** 55P03 lock_not_available, 40P01 deadlock_detected, 40001 serialization_failure: the same may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  return /^(?:55P03|40P01|40001)$/.test(stateOf(error) ?? '');
}

/** SQLSTATE of the server's error, perhaps inside ours. */
function stateOf(error: unknown): string | undefined {
  if (isServerError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? stateOf(error.cause) : undefined;
}

/** `pid 42 (psql, for 3.0 s: SELECT …)`, for the last message when all tries are over. */
export function blockersText(blockers: readonly Blocker[]): string {
  return blockers
    .map(({ pid, application, query }) => `pid ${pid} (${application || 'no name'}: ${query.slice(0, 80)})`)
    .join(', ');
}
