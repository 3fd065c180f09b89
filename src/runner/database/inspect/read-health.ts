import { readHalfway, type HalfwayRun } from '../record/halfway.ts';
import { quoted } from '../record/record-tables.ts';
import { describeHolder, lockKey } from '../record/runner-lock.ts';
import type { Session } from '../connection/session.ts';

/** What `migrate doctor` asks a database; reading it changes nothing. */
export interface Health {
  readonly version: string;
  /** 160004 for 16.4. */
  readonly versionNumber: number;
  readonly tls: string | null;
  readonly role: string;
  readonly isSuperuser: boolean;
  readonly mayCreateSchemas: boolean;
  /** The schema that unqualified names go to; `null` when search_path names none that exists. */
  readonly currentSchema: string | null;
  readonly mayCreateInCurrentSchema: boolean;
  readonly record: RecordHealth;
  readonly lockTimeout: string;
  readonly statementTimeout: string;
  readonly idleTimeout: string;
  readonly serverTimeMs: number;
  readonly invalidIndexes: readonly string[];
  readonly unfinished: readonly HalfwayRun[];
  /** Who holds the runner's lock, in words. */
  readonly lockHolder: string | undefined;
}

export interface RecordHealth {
  readonly exists: boolean;
  /** Whether the role may read and write it; of a record that is not there: whether its schema stands in the way. */
  readonly isUsable: boolean;
  /** Comment on its schema. */
  readonly comment: string | null;
}

export async function readHealth(session: Session, schema: string): Promise<Health> {
  const { rows } = await session.query<Omit<Health, 'record' | 'invalidIndexes' | 'unfinished' | 'lockHolder'>>(
    `SELECT pg_catalog.current_setting('server_version') AS version,
            pg_catalog.current_setting('server_version_num')::integer AS "versionNumber",
            (SELECT s.version FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_catalog.pg_backend_pid() AND s.ssl) AS tls,
            current_user::text AS role,
            (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) AS "isSuperuser",
            pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS "mayCreateSchemas",
            pg_catalog.current_schema()::text AS "currentSchema",
            coalesce(pg_catalog.has_schema_privilege(pg_catalog.current_schema(), 'CREATE'), false) AS "mayCreateInCurrentSchema",
            pg_catalog.current_setting('lock_timeout') AS "lockTimeout",
            pg_catalog.current_setting('statement_timeout') AS "statementTimeout",
            pg_catalog.current_setting('idle_in_transaction_session_timeout') AS "idleTimeout",
            (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::float8 AS "serverTimeMs"`,
  );
  const [facts] = rows;
  if (!facts) throw new Error('the server answered no row');
  const record = await readRecordHealth(session, schema);
  return {
    ...facts,
    record,
    invalidIndexes: await readInvalidIndexes(session),
    unfinished: record.isUsable ? await readHalfway(session, schema) : [],
    lockHolder: await describeHolder(session, lockKey(session.database ?? '', schema)),
  };
}

async function readRecordHealth(session: Session, schema: string): Promise<RecordHealth> {
  const { rows } = await session.query<RecordHealth>(
    // The schema first: without USAGE on it the server would not even look for its tables.
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'history') AS exists,
            pg_catalog.obj_description(n.oid, 'pg_namespace') AS comment,
            pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND coalesce(
              (SELECT pg_catalog.bool_and(pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
                               AND (c.relname = 'events' OR pg_catalog.has_table_privilege(c.oid, 'DELETE')))
               FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname IN ('history', 'events', 'journal')),
              pg_catalog.has_schema_privilege(n.oid, 'CREATE')) AS "isUsable"
     FROM pg_catalog.pg_namespace n WHERE n.nspname = $1`,
    [schema],
  );
  return rows[0] ?? { exists: false, isUsable: true, comment: null };
}

/** Indexes that no query uses but every write keeps up, without those that are being built at this moment. */
async function readInvalidIndexes(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name
     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname !~ '^pg_'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
     ORDER BY 1, 2`,
  );
  return rows.map(({ schema, name }) => `${quoted(schema)}.${quoted(name)}`);
}
