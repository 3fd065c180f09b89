import type { Session } from '../../runner/database/session.ts';
import { sqlSpans } from '../../runner/offline/sql-spans.ts';

/**
 * A function that takes away the quotes which a name does not need, as `quote_ident` of this server would.
 * @throws the server's error.
 */
export async function readableSql(session: Session): Promise<(sql: string) => string> {
  const { rows } = await session.query<{ word: string }>(
    `SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'`,
  );
  const reserved = new Set(rows.map(({ word }) => word));
  return (sql) =>
    sqlSpans(sql)
      .map(({ kind, text }) => {
        const [, name] = kind === 'quote' ? (/^"([a-z_][a-z0-9_$]*)"$/.exec(text) ?? []) : [];
        return name === undefined || reserved.has(name) ? text : name;
      })
      .join('');
}
