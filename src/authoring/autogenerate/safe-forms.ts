import type { StepStatement } from './arrange-steps.ts';
import type { SchemaChange } from './schema-diff.ts';

/** A statement in its lock-safe form, spread over the phases; lock levels: PostgreSQL documentation, "Explicit Locking". */
export interface SafeForm {
  readonly expand?: readonly StepStatement[];
  readonly indexes?: readonly StepStatement[];
  readonly validate?: readonly StepStatement[];
}

/** A name as the server prints it, quoted or not. */
const name = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_][\w$]*)`;
const qualified = String.raw`${name}(?:\.${name})?`;

/** CREATE INDEX and DROP INDEX block all writes, or everybody, for as long as they take; CONCURRENTLY blocks nobody. */
export function concurrentIndex({ sql, creates, removes, verb }: SchemaChange): SafeForm | undefined {
  if (verb === 'create' && creates.some(({ kind }) => kind === 'index')) {
    const [, unique = '', rest] = /^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY|ON ONLY)([\s\S]+)$/.exec(sql) ?? [];
    return rest === undefined ? undefined : { indexes: [{ sql: `CREATE ${unique}INDEX CONCURRENTLY ${rest}` }] };
  }
  if (verb === 'drop' && removes.some(({ kind }) => kind === 'index')) {
    const [, rest] = /^DROP INDEX (?!CONCURRENTLY)([\s\S]+)$/.exec(sql) ?? [];
    return rest === undefined ? undefined : { indexes: [{ sql: `DROP INDEX CONCURRENTLY ${rest}` }] };
  }
  return undefined;
}

/** An index of a partition, with the index of the whole table that it belongs to. */
export interface AttachedIndex {
  readonly name: string;
  readonly definition: string;
  readonly parent: string;
}

/**
 * A partitioned table takes no CONCURRENTLY: its own index is made without the partitions', theirs are built concurrently
 * and attached; the whole becomes valid with the last (PostgreSQL documentation, "Table Partitioning", 5.12.2.2).
 */
export function partitionedIndex(
  { sql, creates }: SchemaChange,
  attached: readonly AttachedIndex[],
): SafeForm | undefined {
  const [index] = creates.filter(({ kind }) => kind === 'index');
  const [, head, rest] = /^(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")+"|\S+) ON )(?!ONLY )([\s\S]+)$/.exec(sql) ?? [];
  if (index === undefined || head === undefined || rest === undefined) return undefined;
  const build = (parent: string): readonly StepStatement[] =>
    attached
      .filter((child) => bare(child.parent) === bare(parent))
      .flatMap(({ name: child, definition }) => [
        {
          sql: definition.includes(' ON ONLY ')
            ? definition
            : definition.replace(/^(CREATE (?:UNIQUE )?INDEX) /, '$1 CONCURRENTLY '),
        },
        ...build(child),
        { sql: `ALTER INDEX ${parent} ATTACH PARTITION ${child}` },
      ]);
  const own = `"${index.schema ?? 'public'}"."${index.name ?? ''}"`;
  return { indexes: [{ sql: `${head}ONLY ${rest}` }, ...build(own)] };
}

function bare(qualifiedName: string): string {
  return qualifiedName.replaceAll('"', '');
}

/** An index that becomes another under its name: queries keep the old one until the new one is there. */
export function replacedIndex({ sql, creates }: SchemaChange): SafeForm | undefined {
  const [index] = creates.filter(({ kind }) => kind === 'index');
  const [, unique = '', own, rest] =
    new RegExp(String.raw`^CREATE (UNIQUE )?INDEX (${name}) ON (?!ONLY )([\s\S]+)$`).exec(sql) ?? [];
  if (index?.schema === undefined || own === undefined || rest === undefined) return undefined;
  const schema = `"${index.schema.replaceAll('"', '""')}"`;
  const fresh = `"${bare(own).slice(0, 50)}__new"`;
  return {
    indexes: [
      { sql: `CREATE ${unique}INDEX CONCURRENTLY ${fresh} ON ${rest}` },
      { sql: `DROP INDEX CONCURRENTLY ${schema}.${own}` },
      { sql: `ALTER INDEX ${schema}.${fresh} RENAME TO ${own}` },
    ],
  };
}

/** UNIQUE and PRIMARY KEY build their index under ACCESS EXCLUSIVE; built before, it is only taken over. */
export function uniqueThroughIndex({ sql }: SchemaChange): SafeForm | undefined {
  const pattern = new RegExp(
    String.raw`^ALTER TABLE (?:ONLY )?(${qualified}) ADD CONSTRAINT (${name}) (UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? (\([^()]*\))( INCLUDE \([^()]*\))?((?: NOT)? DEFERRABLE[\s\S]*)?$`,
  );
  const [, table, constraint, kind, distinct = '', columns = '', include = '', deferrable = ''] =
    pattern.exec(sql) ?? [];
  if (table === undefined || constraint === undefined || kind === undefined) return undefined;
  return {
    indexes: [{ sql: `CREATE UNIQUE INDEX CONCURRENTLY ${constraint} ON ${table} ${columns}${include}${distinct}` }],
    validate: [
      { sql: `ALTER TABLE ${table} ADD CONSTRAINT ${constraint} ${kind} USING INDEX ${constraint}${deferrable}` },
    ],
  };
}

/** CHECK and FOREIGN KEY read the whole table under their lock; NOT VALID does not, and VALIDATE lets writers go on. */
export function validatedLater({ sql }: SchemaChange): SafeForm | undefined {
  const pattern = new RegExp(
    String.raw`^ALTER TABLE (?:ONLY )?(${qualified}) ADD CONSTRAINT (${name}) (?:CHECK|FOREIGN KEY) (?![\s\S]* NOT VALID$)`,
  );
  const [, table, constraint] = pattern.exec(sql) ?? [];
  if (table === undefined || constraint === undefined) return undefined;
  return {
    expand: [{ sql: `${sql} NOT VALID` }],
    validate: [{ sql: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint}` }],
  };
}

/** A partitioned table takes a FOREIGN KEY that is NOT VALID from PostgreSQL 18 on, a CHECK in all versions. */
export function safeOnPartitioned(change: SchemaChange, majorVersion: number): SafeForm | undefined {
  if (majorVersion < 18 && change.sql.includes(' FOREIGN KEY ')) return undefined;
  return validatedLater(change) ?? notNullThroughCheck(change) ?? notNullColumn(change);
}

/** SET NOT NULL reads the whole table under ACCESS EXCLUSIVE, unless a validated check proves it already (PostgreSQL 12). */
export function notNullThroughCheck({ sql }: Pick<SchemaChange, 'sql'>): SafeForm | undefined {
  const pattern = new RegExp(String.raw`^ALTER TABLE (?:ONLY )?(${qualified}) ALTER COLUMN (${name}) SET NOT NULL$`);
  const [, table, column] = pattern.exec(sql) ?? [];
  if (table === undefined || column === undefined) return undefined;
  const constraint = proofName(column);
  return {
    expand: [
      {
        sql: `ALTER TABLE ${table} ADD CONSTRAINT ${constraint} CHECK (${column} IS NOT NULL) NOT VALID`,
        comment: 'Proves NOT NULL without locking everybody out; it goes again when the column is NOT NULL.',
      },
    ],
    validate: [
      { sql: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint}` },
      { sql: `ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL` },
      { sql: `ALTER TABLE ${table} DROP CONSTRAINT ${constraint}` },
    ],
  };
}

/** A new column that is NOT NULL and has no default fails on a table with rows: it comes empty, is filled, then becomes NOT NULL. */
export function notNullColumn({ sql }: SchemaChange): SafeForm | undefined {
  const pattern = new RegExp(
    String.raw`^ALTER TABLE (?:ONLY )?(${qualified}) ADD COLUMN (${name}) ((?![\s\S]*(?: DEFAULT | GENERATED ))[\s\S]+) NOT NULL$`,
  );
  const [, table, column, type] = pattern.exec(sql) ?? [];
  if (table === undefined || column === undefined || type === undefined) return undefined;
  const { expand = [], validate = [] } =
    notNullThroughCheck({ sql: `ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL` }) ?? {};
  const fill = `DECIDE: what rows that exist already get in ${column}; fill them in before this, or this fails on them.`;
  return {
    expand: [{ sql: `ALTER TABLE ${table} ADD COLUMN ${column} ${type}` }, ...expand],
    validate: validate.map((statement, index) => (index === 0 ? { ...statement, comment: fill } : statement)),
  };
}

/** At most 63 bytes, as every name (NAMEDATALEN). */
function proofName(column: string): string {
  const bare = column.replace(/^"|"$/g, '').replace(/[^A-Za-z0-9_]/g, '_');
  return `"${bare.slice(0, 40)}_not_null_proof"`;
}
