import type { Session } from '../../runner/database/connection/session.ts';
import type { ScratchDatabase, ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import { markLossyTypes } from './lossy-types.ts';
import { repairDefaults } from './repair-defaults.ts';
import { repairOrder } from './repair-order.ts';
import { planChanges, readSchemaFacts, type SchemaChange, type SchemaFacts } from './schema-diff.ts';
import { changedColumn } from './type-changes.ts';

export interface Way {
  readonly server: ScratchServer;
  /** Holds the schema to start from; stays as it is. */
  readonly database: ScratchDatabase;
  readonly from: SchemaFacts;
  readonly to: SchemaFacts;
  readonly owner: string;
}

/**
 * The changes from one schema to another, with what the engine forgets: triggers and generated columns that stand in the way
 * of a new type go first and come back, and a column whose collation changes is altered, not dropped and added.
 * @throws AppError `schema-not-planned` (11).
 */
export async function planWay(way: Way): Promise<readonly SchemaChange[]> {
  const changes = await planWithObstacles(way);
  return withScratchSession(way.database.connection, async (session) =>
    markLossyTypes(session, await repairDefaults(session, changes)),
  );
}

async function planWithObstacles({ server, database, from, to, owner }: Way): Promise<readonly SchemaChange[]> {
  const changes = planChanges(from, to, owner);
  const wanted = [
    ...newCollations(changes),
    ...(await withScratchSession(database.connection, (session) => obstacles(session, changes))),
    ...newlyCollated(changes),
  ];
  if (wanted.every(({ isPreparation }) => !isPreparation)) return repairOrder(changes.map(wholeIndex));
  const prepared = await server.createDatabase({ copyOf: database });
  const { done, facts } = await withScratchSession(prepared.connection, async (session) => ({
    done: await runWhatRuns(session, wanted),
    facts: await readSchemaFacts(session),
  }));
  await prepared.drop();
  return repairOrder([...done, ...planChanges(facts, to, owner).map(wholeIndex)]);
}

interface Preparation {
  readonly change: SchemaChange;
  /** `false`: on its own it is no reason to prepare anything. */
  readonly isPreparation: boolean;
}

async function runWhatRuns(session: Session, wanted: readonly Preparation[]): Promise<readonly SchemaChange[]> {
  const done: SchemaChange[] = [];
  for (const { change } of wanted) {
    const ran = await session.query(change.sql).then(
      () => true,
      () => false,
    );
    if (ran) done.push(change);
  }
  return done;
}

/** What stands on a column that changes its type and would refuse that (0A000); views and policies the engine knows itself. */
async function obstacles(session: Session, changes: readonly SchemaChange[]): Promise<readonly Preparation[]> {
  const found = new Map<string, Preparation>();
  for (const { sql } of changes) {
    const changed = changedColumn(sql);
    if (changed === undefined) continue;
    const { rows } = await session.query<{ sql: string; generated: boolean }>(obstaclesSql, [
      changed.table,
      changed.column,
    ]);
    for (const row of rows) {
      const remark = row.generated
        ? 'Computed from a column that changes its type; it comes back below.'
        : 'In the way of a column that changes its type; it comes back below.';
      found.set(row.sql, { change: { ...plainChange(row.sql, 'drop'), remark }, isPreparation: true });
    }
  }
  return [...found.values()];
}

/** `$1` is the table as it stands in SQL, `$2` the column likewise. */
const obstaclesSql = `
  WITH changed AS (
    SELECT a.attrelid, a.attnum FROM pg_attribute a
    WHERE a.attrelid = $1::regclass AND $2 IN (quote_ident(a.attname), '"' || replace(a.attname, '"', '""') || '"'))
  SELECT format('ALTER TABLE %I.%I DROP COLUMN %I', n.nspname, c.relname, g.attname) AS sql, true AS generated
  FROM changed JOIN pg_class c ON c.oid = changed.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute g ON g.attrelid = c.oid AND g.attgenerated <> '' AND g.attnum <> changed.attnum
  LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = g.attnum
  WHERE EXISTS (
    SELECT FROM pg_depend d WHERE d.refobjid = c.oid AND d.refobjsubid = changed.attnum
      AND (d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid OR d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = g.attnum))
  UNION ALL
  SELECT format('DROP TRIGGER %I ON %I.%I', t.tgname, n.nspname, c.relname), false
  FROM changed JOIN pg_class c ON c.oid = changed.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
  WHERE EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.refobjid = c.oid AND d.refobjsubid = changed.attnum)`;

/** The engine drops and adds a column whose collation changes, and its values would be lost; the server can alter it. */
function newlyCollated(changes: readonly SchemaChange[]): readonly Preparation[] {
  const gone = new Set(changes.flatMap(({ removes }) => removes.filter(isColumn).map((name) => JSON.stringify(name))));
  return changes.flatMap(({ sql, creates }) => {
    if (!creates.some((name) => isColumn(name) && gone.has(JSON.stringify(name)))) return [];
    const [, table, column, type] =
      /^ALTER TABLE (\S+) ADD COLUMN ("(?:[^"]|"")+") ((?:(?! DEFAULT | NOT NULL| GENERATED ).)+)/s.exec(sql) ?? [];
    if (table === undefined || column === undefined || type === undefined || sql.includes(' GENERATED ')) return [];
    const change = plainChange(`ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type}`, 'alter');
    return [{ change: { ...change, mayRewriteTable: true }, isPreparation: true }];
  });
}

function newCollations(changes: readonly SchemaChange[]): readonly Preparation[] {
  return changes
    .filter(({ sql }) => sql.startsWith('CREATE COLLATION '))
    .map((change) => ({ change, isPreparation: false }));
}

/** `ON ONLY` would leave the partitions without it; they get theirs under the names that the server gives. */
function wholeIndex(change: SchemaChange): SchemaChange {
  const [, head, rest] = /^(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")+"|\S+) ON )ONLY ([\s\S]+)$/.exec(change.sql) ?? [];
  return head === undefined || rest === undefined ? change : { ...change, sql: `${head}${rest}` };
}

function isColumn({ kind }: { readonly kind: string }): boolean {
  return kind === 'column';
}

/** A change of our own beside the engine's. */
export function plainChange(sql: string, verb: SchemaChange['verb']): SchemaChange {
  return {
    sql,
    verb,
    about: { kind: 'unknown' },
    creates: [],
    removes: [],
    touches: [],
    isTransactional: true,
    endsTransaction: false,
    isDestructive: false,
    mayRewriteTable: false,
  };
}
