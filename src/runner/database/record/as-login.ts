import pg from 'pg';

import { quoted } from './record-tables.ts';
import type { Session } from '../connection/session.ts';

/** Ends with the transaction, which a query of several statements is by itself: what the revision had taken on comes back. */
export const becomeLogin = ['SET LOCAL SESSION AUTHORIZATION DEFAULT', 'SET LOCAL ROLE none'] as const;

/**
 * Sends one statement as the role that logged in, whatever role the revision has taken on, and answers its rows. Inside a
 * transaction that goes on, the role is taken on again.
 */
export async function queryAsLogin<Row extends pg.QueryResultRow>(
  session: Session,
  statement: string,
  transaction: 'goes on' | 'ends' = 'goes on',
): Promise<readonly Row[]> {
  const taken = session.getTransactionStatus() !== 'I' && transaction === 'goes on' ? await readIdentity(session) : [];
  const answers = await session.query<Row>([...becomeLogin, statement].join('; '));
  if (taken.length > 0) await session.query(taken.join('; '));
  // A query of several statements answers an array, one result each; the types know only the single form.
  return (answers as unknown as readonly pg.QueryResult<Row>[]).at(-1)?.rows ?? [];
}

/** A text as it stands in a statement. */
export const literal = (text: string): string => pg.escapeLiteral(text);

/** The statements that make the session again what it is now; none when it is its login already. */
async function readIdentity(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query<{ login: string; role: string }>(
    "SELECT session_user::text AS login, pg_catalog.current_setting('role') AS role",
  );
  const [identity] = rows;
  if (!identity) return [];
  const { login, role } = identity;
  return [
    ...(login === session.user ? [] : [`SET LOCAL SESSION AUTHORIZATION ${quoted(login)}`]),
    ...(role === 'none' ? [] : [`SET LOCAL ROLE ${quoted(role)}`]),
  ];
}
