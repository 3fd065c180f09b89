import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { readConnectionSettings } from '../../runner/database/connection/connection-settings.ts';
import { connectionFailure } from '../../runner/database/connection/database-error.ts';
import { withScratchSession } from './scratch-session.ts';
import type { ScratchOptions, ServerLease } from './server-lease.ts';

/**
 * Looks at the database of `--shadow-url`: it must be empty, so that nobody names a real one by mistake, and its role must be
 * allowed to make databases. It stays as it is: the work happens in databases beside it.
 * @throws AppError `shadow-not-empty`, `shadow-rights` (2), `database-unreachable` (8).
 */
export async function openShadow({ shadowUrl, environment }: ScratchOptions): Promise<ServerLease> {
  const connection = {
    ...readConnectionSettings({ databaseUrl: shadowUrl, environment }),
    source: '--shadow-url',
  };
  const found = await withScratchSession(connection, async (session) => {
    const { rows } = await session.query<Found>(emptinessSql);
    return rows[0];
  }).catch((error: unknown) => {
    throw connectionFailure(error, connection);
  });
  if (found !== undefined && found.objects > 0) {
    throw new AppError({
      code: 'shadow-not-empty',
      exitCode: exitCodes.usage,
      message: `The scratch database "${connection.database}" on ${connection.host} is not empty: it holds ${found.objects} ${found.objects === 1 ? 'object' : 'objects'}, e.g. ${found.example ?? ''}.`,
      hint: 'Name an empty database with --shadow-url, or leave it away and an embedded PostgreSQL is used. Nothing was changed.',
    });
  }
  if (found?.mayCreate !== true) {
    throw new AppError({
      code: 'shadow-rights',
      exitCode: exitCodes.usage,
      message: `The role "${connection.user}" may not create databases on ${connection.host}, which a scratch server needs.`,
      hint: `Run \`ALTER ROLE "${connection.user}" CREATEDB\` there, or leave --shadow-url away.`,
    });
  }
  return { kind: 'shadow', connection, close: () => Promise.resolve() };
}

interface Found {
  readonly objects: number;
  readonly example: string | null;
  readonly mayCreate: boolean;
}

/** Tables, views, sequences, types, functions and schemas that no extension brought. */
const emptinessSql = `
  WITH own AS (
    SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'),
  found AS (
    SELECT 'pg_catalog.pg_class'::regclass AS catalog, c.oid, format('%I.%I', nspname, relname) AS name
    FROM pg_catalog.pg_class c JOIN own ON own.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 'pg_catalog.pg_type'::regclass, t.oid, format('%I.%I', nspname, typname)
    FROM pg_catalog.pg_type t JOIN own ON own.oid = typnamespace
    WHERE typtype IN ('e', 'd', 'r') OR (typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = typrelid AND relkind = 'c'))
    UNION ALL
    SELECT 'pg_catalog.pg_proc'::regclass, p.oid, format('%I.%I', nspname, proname)
    FROM pg_catalog.pg_proc p JOIN own ON own.oid = pronamespace
    UNION ALL
    SELECT 'pg_catalog.pg_namespace'::regclass, oid, format('%I', nspname) FROM own WHERE nspname <> 'public')
  SELECT count(*)::int AS objects, min(name) AS example,
         (SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS "mayCreate"
  FROM found
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = found.catalog AND d.objid = found.oid AND d.deptype IN ('e', 'i'))`;
