import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { readConnectionSettings } from '../../runner/database/connection-settings.ts';
import { connectionFailure } from '../../runner/database/database-error.ts';
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
  if (found !== undefined && found.relations > 0) {
    throw new AppError({
      code: 'shadow-not-empty',
      exitCode: exitCodes.usage,
      message: `The scratch database "${connection.database}" on ${connection.host} is not empty: it holds ${found.relations} ${found.relations === 1 ? 'table or view' : 'tables and views'}, e.g. ${found.example ?? ''}.`,
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
  readonly relations: number;
  readonly example: string | null;
  readonly mayCreate: boolean;
}

const emptinessSql = `
  SELECT count(*)::int AS relations, min(format('%I.%I', n.nspname, c.relname)) AS example,
         (SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS "mayCreate"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;
