import { randomUUID } from 'node:crypto';

import { isServerError } from '../connection/database-error.ts';
import { quoted } from '../record/record-tables.ts';
import { holdsRunnerLock } from '../record/runner-lock.ts';
import type { Session } from '../connection/session.ts';

/** Why a transaction that seemed to work must not count as applied. */
export class TransactionBroken extends Error {
  override readonly name = 'TransactionBroken';
  /** Whether effects of the revision are in the database although it is not recorded. */
  readonly effectsStay: boolean;

  constructor(message: string, { effectsStay }: { readonly effectsStay: boolean }) {
    super(message);
    this.effectsStay = effectsStay;
  }
}

export interface RevisionTransaction {
  readonly schema: string;
  /** What the body runs as; absent: the login. */
  readonly role: string | undefined;
  readonly body: () => Promise<void>;
  readonly record: () => Promise<void>;
}

/**
 * Runs the body and then the record in one transaction, and proves that it was one: a setting that is local to the
 * transaction must still be there before the commit, and the commit must answer COMMIT. (A COMMIT in the body ends the
 * transaction unseen; a swallowed error makes COMMIT answer ROLLBACK without an error.)
 * @throws TransactionBroken, and whatever body, record or commit throw; nothing of the body stays then, unless
 * TransactionBroken says so.
 */
export async function inRevisionTransaction(
  session: Session,
  { schema, role, body, record }: RevisionTransaction,
): Promise<void> {
  const guard = await guardedBegin(session, 'begin', role);
  try {
    await body();
    await checkGuard(session, guard);
    await record();
    const { command } = await session.query('COMMIT');
    if (command !== 'COMMIT') throw commitRefused();
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await resetSession(session);
  }
  await refuseLostLock(session, schema);
}

/** Marks the transaction, and takes on the role for the body. The transaction is opened here or found open. Answers the mark for {@link checkGuard}. */
export async function guardedBegin(
  session: Session,
  place: 'begin' | 'inside',
  role: string | undefined,
): Promise<string> {
  const guard = randomUUID();
  await session.query([...(place === 'begin' ? ['BEGIN'] : []), ...markStatements(guard, role)].join('; '));
  return guard;
}

/** What marks the transaction that is open, and takes on the role for the body. */
export function markStatements(guard: string, role: string | undefined): readonly string[] {
  return [
    'RESET search_path',
    `SET LOCAL wumbo_migrations.guard = '${guard}'`,
    ...(role === undefined ? [] : [`SET LOCAL ROLE ${quoted(role)}`]),
  ];
}

/** @throws LockLost when a revision that is committed has given the runner's lock away (DISCARD ALL, pg_advisory_unlock_all). */
export async function refuseLostLock(session: Session, schema: string): Promise<void> {
  if (!(await holdsRunnerLock(session, schema))) throw new LockLost();
}

/** The revision is applied and recorded, but the run cannot go on safely. */
export class LockLost extends Error {
  override readonly name = 'LockLost';

  constructor() {
    super('The revision is applied, but it gave away the runner’s lock (DISCARD ALL, pg_advisory_unlock_all?)');
  }
}

/** Take back what a revision may have set for the session: settings, role, search_path, temporary tables, prepared
 * statements. The runner's lock survives them. */
export const resetStatements = [
  'RESET SESSION AUTHORIZATION',
  'RESET ROLE',
  'RESET ALL',
  'DISCARD TEMP',
  'DEALLOCATE ALL',
] as const;

/** The runner's own statements find nothing that somebody has put into another schema under the name of a built-in. */
export const pinSearchPath = 'SET search_path = pg_catalog, pg_temp';

/** Sends {@link resetStatements} and {@link pinSearchPath}; never fails, since the connection may be gone already. */
export async function resetSession(session: Session): Promise<void> {
  await session.query([...resetStatements, pinSearchPath].join('; ')).catch(() => undefined);
}

/**
 * Proves that the transaction is still the one that was marked, and becomes the login role again.
 * @throws TransactionBroken
 */
export async function checkGuard(session: Session, guard: string): Promise<void> {
  let seen: string | undefined;
  try {
    const answers = await session.query(
      `${becomeRecorder.join('; ')}; SELECT pg_catalog.current_setting('wumbo_migrations.guard', true) AS guard`,
    );
    // A query of several statements answers an array, one result each; the types know only the single form.
    seen = (answers as unknown as { rows: { guard: string | null }[] }[]).at(-1)?.rows[0]?.guard ?? undefined;
  } catch (error) {
    if (isServerError(error) && error.code === '25P02')
      throw new TransactionBroken('one of its statements failed and the failure was swallowed', { effectsStay: false });
    throw error;
  }
  if (seen !== guard) throw endedInside();
}

/** The record is written as the login role, whatever role the revision took on, in the encoding in which we send it. */
export const becomeRecorder = ['RESET SESSION AUTHORIZATION', 'RESET ROLE', "SET LOCAL client_encoding = 'UTF8'"];

/** The mark of the transaction is gone: a statement of the revision has ended it. */
export function endedInside(): TransactionBroken {
  return new TransactionBroken('it ended the transaction that the runner had opened (COMMIT or ROLLBACK inside)', {
    effectsStay: true,
  });
}

/** Something has broken the transaction unseen: the server rolled it back, and only the answer's tag tells. */
export function commitRefused(): TransactionBroken {
  return new TransactionBroken('its COMMIT was answered with ROLLBACK', { effectsStay: false });
}
