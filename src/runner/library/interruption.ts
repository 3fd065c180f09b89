import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

export interface Interruption {
  /** Aborts with an AppError as its reason. */
  readonly signal: AbortSignal;
  /** Ends the listening, so that a signal that outlives many runs collects no listeners. */
  readonly release: () => void;
}

/** The caller's signal as a run understands it: what it aborts with becomes the cause of an error `interrupted` (130). */
export function interruptedBy(signal: AbortSignal | undefined): Interruption {
  const controller = new AbortController();
  const abort = (): void => controller.abort(interruption(signal?.reason));
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  return { signal: controller.signal, release: () => signal?.removeEventListener('abort', abort) };
}

function interruption(reason: unknown): AppError {
  if (reason instanceof AppError) return reason;
  return new AppError({
    code: 'interrupted',
    exitCode: exitCodes.interrupted,
    message: 'Interrupted by the caller.',
    hint: 'Run it again: it goes on with the revisions that are pending.',
    cause: reason,
  });
}
