import { createHash, randomUUID } from 'node:crypto';

/** How one launch is recognised in AWS. */
export interface Identity {
  readonly runId: string;
  /** Whether the caller chose the run id, so that the same launch may come again. */
  readonly repeatable: boolean;
  /** RunTask's idempotency key: at most 64 characters, the same through all retries of one launch. */
  readonly clientToken: string;
  /** At most 128 of letters, digits, `-`, `/` and `_` (RunTask API reference). */
  readonly startedBy: string;
  readonly tags: Readonly<Record<string, string>>;
}

interface Launch {
  readonly environment: string;
  readonly command: readonly string[] | undefined;
  readonly runId: string | undefined;
}

/** A random identity; with a run id of the caller's, one that the same id, environment and arguments give again. */
export function createIdentity({ environment, command, runId }: Launch, random: () => string = randomUUID): Identity {
  const id = runId ?? random().replaceAll('-', '').slice(0, 16);
  const digest = createHash('sha256')
    .update(JSON.stringify([id, environment, command ?? null]))
    .digest('hex');
  return {
    runId: id,
    repeatable: runId !== undefined,
    clientToken: digest,
    startedBy: `launch-migration/${environment.slice(0, 40)}/${startedById(id, digest)}`,
    tags: { 'launch-migration': environment, 'launch-migration-run-id': tagValue(id) },
  };
}

/** The id in `startedBy`'s alphabet; what does not fit is told apart by a digest. */
function startedById(id: string, digest: string): string {
  return /^[A-Za-z0-9_-]{1,40}$/.test(id)
    ? id
    : `${id.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 40)}-${digest.slice(0, 12)}`;
}

/** Tag values are letters, digits, spaces and `_.:/=+-@`, at most 256. */
function tagValue(id: string): string {
  return id.replace(/[^\p{L}\p{N} _.:/=+\-@]/gu, '_').slice(0, 256);
}
