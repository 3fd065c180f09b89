import { formatSqlStatements } from '@supabase/pg-delta/sql-format';

import type { Session } from '../../runner/database/connection/session.ts';
import { sqlSpans } from '../../runner/offline/sql-spans.ts';

/**
 * A function that writes a statement as a person would: without quotes that a name does not need (as `quote_ident` of this
 * server sees it), one column of a new table on a line, the short names of types. Names keep their schema: a revision must
 * not depend on the search path of whoever runs it.
 * @throws the server's error.
 */
export async function readableSql(session: Session): Promise<(sql: string) => string> {
  const { rows } = await session.query<{ word: string }>(
    `SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'`,
  );
  const reserved = new Set(rows.map(({ word }) => word));
  return (sql) =>
    inLines(
      sqlSpans(sql)
        .map(({ kind, text }) => {
          if (kind === 'code') return withShortNames(text);
          const [, name] = kind === 'quote' ? (/^"([a-z_][a-z0-9_$]*)"$/.exec(text) ?? []) : [];
          return name === undefined || reserved.has(name) ? text : name;
        })
        .join(''),
    );
}

/** Words of the standard that nobody writes, and PostgreSQL's own for the same types; btree is what an index is anyway. */
function withShortNames(code: string): string {
  return code
    .replaceAll(/\bcharacter varying\b/g, 'varchar')
    .replaceAll(/\btimestamp with time zone\b/g, 'timestamptz')
    .replaceAll(/\btimestamp without time zone\b/g, 'timestamp')
    .replaceAll(/\bUSING btree \(/g, '(');
}

function inLines(sql: string): string {
  if (!/^CREATE (?:UNLOGGED )?TABLE [^(]*\([\s\S]*\S/.test(sql) || / PARTITION OF |\(\)/.test(sql)) return sql;
  const [formatted = sql] = formatSqlStatements([sql], {
    keywordCase: 'preserve',
    maxWidth: 10_000,
    alignColumns: false,
  });
  return formatted.trim().replace(/;$/, '');
}
