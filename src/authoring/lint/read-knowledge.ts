import type { Session } from '../../runner/database/connection/session.ts';
import type { Column, ColumnType, Knowledge, Relation, TableConstraint, UserType, Volatility } from './knowledge.ts';
import { newRelease } from './release/release-facts.ts';
import { parseCondition } from './parse-statements.ts';
import { normalModifiers, notNullAsked, provedNotNull } from './tree.ts';

/**
 * Reads what the rules need to know from a database. Needs no rights beyond those of PUBLIC on the catalogs, and waits for nobody:
 * to print an expression the server locks its table (ACCESS SHARE), so those of a table that is locked against readers, or about to
 * be, are left out. What a CHECK there proves is not known then.
 */
export async function readKnowledge(session: Session): Promise<Knowledge> {
  const { rows } = await session.query<{ found: Found }>(knowledgeSql);
  const found = rows[0]?.found;
  if (!found) throw new Error('the catalog query answered no row');
  return {
    isComplete: true,
    release: newRelease(),
    searchPath: found.searchPath,
    relations: new Map(
      await Promise.all(
        found.relations.map(async (row) => [`${row.schema}.${row.name}`, await relationOf(row)] as const),
      ),
    ),
    types: new Map(found.types.map((row) => [`${row.schema}.${row.name}`, userTypeOf(row)])),
    functions: new Map(found.functions.map(({ name, volatility }) => [name, volatility])),
  };
}

interface Found {
  readonly searchPath: readonly string[];
  readonly relations: readonly FoundRelation[];
  readonly types: readonly {
    readonly schema: string;
    readonly name: string;
    readonly base: FoundType | null;
    readonly isConstrained: boolean;
  }[];
  readonly functions: readonly { readonly name: string; readonly volatility: Volatility }[];
}

interface FoundType {
  readonly schema: string;
  readonly name: string;
  readonly text: string;
  readonly isArray: boolean;
}

interface FoundRelation {
  readonly schema: string;
  readonly name: string;
  readonly kind: Relation['kind'];
  readonly persistence: NonNullable<Relation['persistence']>;
  readonly partitionOf: string | null;
  readonly isDefaultPartition: boolean | null;
  readonly table: string | null;
  readonly indexed: readonly (string | null)[] | null;
  readonly isUnique: boolean | null;
  readonly findsEqual: boolean | null;
  readonly rebuiltWith: readonly string[] | null;
  /** Of an index of some rows: which. */
  readonly predicate: string | null;
  readonly columns:
    | readonly ({
        readonly column: string;
        readonly notNull: boolean;
        readonly hasDefault: boolean;
        readonly collation: string | null;
      } & FoundType)[]
    | null;
  readonly constraints: readonly FoundConstraint[] | null;
}

interface FoundConstraint {
  readonly constraint: string;
  readonly kind: TableConstraint['kind'];
  readonly isValid: boolean;
  readonly columns: readonly string[] | null;
  readonly references: string | null;
  readonly condition: string | null;
}

async function relationOf(row: FoundRelation): Promise<Relation> {
  const constraints = await Promise.all(
    (row.constraints ?? []).map(
      async ({
        constraint,
        kind,
        isValid,
        columns,
        references,
        condition,
      }): Promise<readonly [string, TableConstraint]> => [
        constraint,
        {
          kind,
          isValid,
          columns: columns ?? [],
          isFresh: false,
          ...(references !== null && { references }),
          ...(condition !== null && { provesNotNull: provedNotNull(await parseCondition(condition)) }),
        },
      ],
    ),
  );
  const { schema, name, kind, persistence } = row;
  const notNull = row.predicate === null ? [] : notNullAsked(await parseCondition(row.predicate));
  return {
    schema,
    name,
    kind,
    persistence,
    isFresh: false,
    isFilled: false,
    columns: new Map(
      (row.columns ?? []).map((found): readonly [string, Column] => [
        found.column,
        {
          type: typeOf(found),
          notNull: found.notNull,
          hasDefault: found.hasDefault,
          isFresh: false,
          ...(found.collation !== null && { collation: found.collation }),
        },
      ]),
    ),
    constraints: new Map(constraints),
    ...(row.table !== null && {
      table: row.table,
      indexed: (row.indexed ?? []).map((column) => column ?? undefined),
      isUnique: row.isUnique === true,
      ...(row.rebuiltWith && { rebuiltWith: row.rebuiltWith }),
      ...(row.findsEqual === true && notNull && { lookup: { notNull } }),
    }),
    ...(row.partitionOf !== null && {
      partitionOf: row.partitionOf,
      isDefaultPartition: row.isDefaultPartition === true,
    }),
  };
}

/** `timestamp(3) with time zone` has its precision between the parentheses. */
function typeOf({ schema, name, text, isArray }: FoundType): ColumnType {
  const [, inside = ''] = /\(([\d,]+)\)/.exec(text) ?? [];
  return {
    schema,
    name,
    isArray,
    modifiers: normalModifiers(name, inside === '' ? [] : inside.split(',').map(Number)),
  };
}

function userTypeOf({ base, isConstrained }: Found['types'][number]): UserType {
  return base === null
    ? { kind: 'enum', isFresh: false, freshLabels: [] }
    : { kind: 'domain', base: typeOf(base), isConstrained };
}

const typeFields = (type: string, modifier: string): string => `
  'schema', (SELECT CASE n.nspname WHEN 'pg_catalog' THEN '' ELSE n.nspname END FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace
             WHERE y.oid = CASE WHEN ${type}.typcategory = 'A' AND ${type}.typelem <> 0 THEN ${type}.typelem ELSE ${type}.oid END),
  'name', CASE WHEN ${type}.typcategory = 'A' AND ${type}.typelem <> 0 THEN (SELECT e.typname FROM pg_type e WHERE e.oid = ${type}.typelem) ELSE ${type}.typname END,
  'text', format_type(${type}.oid, ${modifier}), 'isArray', ${type}.typcategory = 'A'`;

const ownSchema = `nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'`;

const knowledgeSql = `
  WITH closed AS MATERIALIZED (
    SELECT l.relation FROM pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
  SELECT jsonb_build_object(
    'searchPath', to_jsonb(current_schemas(false)),
    'relations', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'schema', n.nspname, 'name', c.relname,
        'kind', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                               WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' ELSE 'index' END,
        'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' ELSE 'permanent' END,
        'partitionOf', (SELECT pn.nspname || '.' || p.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
                        WHERE i.inhrelid = c.oid AND c.relispartition LIMIT 1),
        'isDefaultPartition', EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partdefid = c.oid),
        'table', (SELECT tn.nspname || '.' || t.relname FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace WHERE x.indexrelid = c.oid),
        'indexed', (SELECT jsonb_agg(a.attname ORDER BY k.position) FROM pg_index x CROSS JOIN unnest(x.indkey) WITH ORDINALITY k (number, position)
                    LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number > 0 WHERE x.indexrelid = c.oid AND k.position <= x.indnkeyatts),
        'findsEqual', (SELECT x.indisvalid AND m.amname IN ('btree', 'hash') FROM pg_index x JOIN pg_am m ON m.oid = c.relam WHERE x.indexrelid = c.oid),
        'predicate', (SELECT CASE WHEN x.indrelid IN (SELECT relation FROM closed) THEN 'false' ELSE pg_get_expr(x.indpred, x.indrelid) END
                      FROM pg_index x WHERE x.indexrelid = c.oid AND x.indpred IS NOT NULL),
        'rebuiltWith', (SELECT jsonb_agg(DISTINCT a.attname) FROM pg_index x JOIN pg_depend d ON d.objid = x.indexrelid AND d.refobjid = x.indrelid
                        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                        WHERE x.indexrelid = c.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                          AND d.refobjsubid > 0 AND (x.indpred IS NOT NULL OR x.indexprs IS NOT NULL)),
        'isUnique', (SELECT x.indisunique FROM pg_index x WHERE x.indexrelid = c.oid),
        'columns', CASE WHEN c.relkind IN ('r', 'p', 'f', 'm', 'v') THEN (
          SELECT jsonb_agg(jsonb_build_object('column', a.attname, 'notNull', a.attnotnull, 'hasDefault', a.atthasdef OR a.attidentity <> '',
            'collation', (SELECT l.collname FROM pg_collation l WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation), ${typeFields('t', 'a.atttypmod')}))
          FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END,
        'constraints', (
          SELECT jsonb_agg(jsonb_build_object(
            'constraint', o.conname, 'isValid', o.convalidated,
            'kind', CASE o.contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key' WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' ELSE 'not null' END,
            'columns', (SELECT jsonb_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = o.conrelid AND a.attnum = ANY (o.conkey)),
            'references', (SELECT rn.nspname || '.' || r.relname FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = o.confrelid),
            'condition', CASE WHEN o.contype = 'c' AND o.conrelid NOT IN (SELECT relation FROM closed) THEN pg_get_expr(o.conbin, o.conrelid) END))
          FROM pg_constraint o WHERE o.conrelid = c.oid AND o.contype IN ('c', 'f', 'p', 'u', 'x', 'n')))
      ) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE ${ownSchema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I')), '[]'),
    'types', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'schema', n.nspname, 'name', d.typname,
        'base', CASE WHEN d.typtype = 'd' THEN jsonb_build_object(${typeFields('b', 'd.typtypmod')}) END,
        'isConstrained', d.typnotnull OR EXISTS (SELECT FROM pg_constraint o WHERE o.contypid = d.oid)))
      FROM pg_type d JOIN pg_namespace n ON n.oid = d.typnamespace LEFT JOIN pg_type b ON b.oid = d.typbasetype
      WHERE d.typtype IN ('d', 'e') AND ${ownSchema}), '[]'),
    'functions', coalesce((
      SELECT jsonb_agg(jsonb_build_object('name', f.proname, 'volatility', f.volatility)) FROM (
        SELECT p.proname, CASE WHEN bool_or(p.provolatile = 'v') THEN 'volatile' WHEN bool_or(p.provolatile = 's') THEN 'stable' ELSE 'immutable' END AS volatility
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${ownSchema} GROUP BY p.proname) f), '[]')
  ) AS found`;
