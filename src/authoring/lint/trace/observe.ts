import type { Node } from '@pgsql/types';

import type { Session } from '../../../runner/database/connection/session.ts';
import { isAtLeast, lockModes, type LockEffect, type LockMode, type Work } from '../finding.ts';

/** Watches what statements of an open transaction do to relations that were there before it. */
export interface Observer {
  /** What has been done since the last look: new or stronger locks, and work under them. Ask inside the transaction. */
  readonly look: (statement?: Node) => Promise<readonly LockEffect[]>;
  readonly stop: () => void;
}

interface Seen {
  readonly oid: string;
  readonly relation: string;
  /** Absent when it was dropped. */
  readonly kind: string | null;
  readonly file: string | null;
  readonly scans: number;
  readonly modes: readonly string[] | null;
}

/**
 * Begins to watch the session, which is inside a transaction. The server tells by itself what it does: pg_locks the locks,
 * messages of level debug1 and new file nodes the copies and builds, the statistics of the transaction the full reads.
 */
export async function observe(session: Session): Promise<Observer> {
  const messages: string[] = [];
  const onNotice = ({ message }: { readonly message?: string | undefined }): void => void messages.push(message ?? '');
  session.on('notice', onNotice);
  const before = await look(session, undefined);
  const oids = before.map(({ oid }) => oid);
  await session.query('SET LOCAL client_min_messages = debug1');
  let last = new Map(before.map((seen) => [seen.oid, seen]));
  return {
    look: async (statement) => {
      const now = await look(session, oids);
      const told = messages.splice(0);
      const empties = statement !== undefined && 'TruncateStmt' in statement;
      const effects = now.flatMap((seen) => {
        const before = last.get(seen.oid);
        // The new file of TRUNCATE is empty, and what it said of indexes concerns no row.
        return before
          ? effectOf(
              seen,
              empties ? { before: { ...before, file: seen.file, scans: seen.scans }, told: [] } : { before, told },
            )
          : [];
      });
      last = new Map(
        now.map((seen) => [seen.oid, { ...seen, relation: last.get(seen.oid)?.relation ?? seen.relation }]),
      );
      return effects;
    },
    stop: () => void session.off('notice', onNotice),
  };
}

async function look(session: Session, oids: readonly string[] | undefined): Promise<readonly Seen[]> {
  const { rows } = await session.query<Seen>(lookSql, [oids ?? null]);
  return rows;
}

interface Change {
  readonly before: Seen;
  readonly told: readonly string[];
}

function effectOf(now: Seen, { before, told }: Change): readonly LockEffect[] {
  const mode = strongest(now.modes);
  const earlier = strongest(before.modes);
  const isNew = mode !== undefined && (earlier === undefined || (mode !== earlier && isAtLeast(mode, earlier)));
  const effect = mode === undefined ? 'instant' : workOf(now, { before, told });
  // What it was called before: a new name is known to nobody yet.
  return mode !== undefined && (isNew || effect !== 'instant') ? [{ relation: before.relation, mode, effect }] : [];
}

function workOf({ kind, file, scans }: Seen, { before, told }: Change): Work {
  const name = before.relation.slice(before.relation.indexOf('.') + 1);
  const says = (text: string): boolean => told.some((message) => message.startsWith(text));
  if (says(`rewriting table "${name}"`)) return 'rewrite';
  // A new file that is no rewrite of ALTER TABLE: CLUSTER, VACUUM FULL, REFRESH.
  if (kind !== null && kind !== 'p' && before.file !== file) return 'rewrite';
  if (told.some((message) => message.startsWith('building index') && message.includes(` on table "${name}"`)))
    return 'build';
  return scans > before.scans || says(`verifying table "${name}"`) ? 'scan' : 'instant';
}

/** pg_locks writes `AccessExclusiveLock` where the documentation has ACCESS EXCLUSIVE. */
function strongest(modes: readonly string[] | null): LockMode | undefined {
  const known = (modes ?? []).flatMap((mode) =>
    lockModes.filter((name) => `${name.replaceAll(' ', '')}LOCK` === mode.toUpperCase()),
  );
  return known.toSorted((left, right) => lockModes.indexOf(right) - lockModes.indexOf(left))[0];
}

/** Relations with rows or a query behind them: for indexes and sequences nobody waits long. What was dropped is still locked. */
const lookSql = `
  SELECT r.oid::text AS oid, n.nspname || '.' || c.relname AS relation, c.relkind AS kind,
         pg_relation_filenode(c.oid)::text AS file, coalesce(pg_stat_get_xact_numscans(r.oid), 0)::int AS scans,
         (SELECT json_agg(l.mode) FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = r.oid AND l.granted) AS modes
  FROM (SELECT oid::oid FROM unnest($1::text[]) AS given (oid)
        UNION ALL
        SELECT a.oid FROM pg_class a JOIN pg_namespace s ON s.oid = a.relnamespace
        WHERE $1::text[] IS NULL AND a.relkind IN ('r', 'p', 'm', 'v', 'f') AND s.nspname NOT IN ('pg_catalog', 'information_schema') AND s.nspname !~ '^pg_(toast|temp)') r
  LEFT JOIN pg_class c ON c.oid = r.oid LEFT JOIN pg_namespace n ON n.oid = c.relnamespace`;
