import { closeSession, openSession, type Session, type SessionOptions } from './session.ts';

/**
 * Cancels the session's running statement when the signal aborts, over a connection of its own, so that the run can roll
 * back inside ECS's stopTimeout. Answers a function that ends the watch.
 */
export function cancelOnAbort(session: Session, signal: AbortSignal, options: SessionOptions): () => void {
  const pid = (session as unknown as { processID: number | null }).processID;
  const cancel = (): void => {
    void cancelBackend(pid, options);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

async function cancelBackend(pid: number | null, options: SessionOptions): Promise<void> {
  if (pid === null) return;
  try {
    const canceller = await openSession({ ...options, applicationName: `${options.applicationName} cancel` });
    await canceller.query('SELECT pg_catalog.pg_cancel_backend($1)', [pid]);
    await closeSession(canceller);
  } catch {
    // Then the server sees the closed socket within client_connection_check_interval and rolls back by itself.
  }
}
