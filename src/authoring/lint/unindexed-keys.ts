import type { Constraint, Node } from '@pgsql/types';

import type { Objection } from './consequences/consequence.ts';
import { withoutTransaction } from './consequences/recipes.ts';
import type { Finding } from './finding.ts';
import { findRelation, quotedIdentifier, type Knowledge, type Relation } from './knowledge.ts';
import { constraintsIn, namesIn } from './tree.ts';

/** A foreign key that a statement adds. */
export interface NewForeignKey {
  /** The table that refers, which may be renamed by a later statement. */
  readonly table: Relation;
  /** As the statement names them. */
  readonly sql: string;
  readonly parent: string;
  readonly columns: readonly string[];
  /** Where in the statement, in bytes of UTF-8. */
  readonly at: number | undefined;
}

/** A finding that an index in a later revision of the same files answers. */
export interface UnindexedKey {
  readonly finding: Finding;
  /** `schema.table` when the revision is over. */
  readonly table: string;
  readonly columns: readonly string[];
}

/** The foreign keys that the statement adds; the knowledge is that behind it. */
export function foreignKeysIn(node: Node, knowledge: Knowledge): readonly NewForeignKey[] {
  if (!('CreateStmt' in node) && !('AlterTableStmt' in node)) return [];
  const { relation = {} } = 'CreateStmt' in node ? node.CreateStmt : node.AlterTableStmt;
  const { facts, sql } = findRelation(knowledge, relation);
  if (!facts || facts.persistence === 'temporary') return [];
  const parts = 'CreateStmt' in node ? (node.CreateStmt.tableElts ?? []) : definitionsIn(node.AlterTableStmt.cmds);
  return parts.flatMap((part) => {
    const column = 'ColumnDef' in part ? part.ColumnDef.colname : undefined;
    return constraintsOf(part).flatMap(({ contype, fk_attrs, pktable, is_enforced, location }) =>
      contype !== 'CONSTR_FOREIGN' || is_enforced === false
        ? []
        : [
            {
              table: facts,
              sql,
              parent: findRelation(knowledge, pktable ?? {}).sql,
              columns: column === undefined ? namesIn(fk_attrs) : [column],
              at: location,
            },
          ],
    );
  });
}

function definitionsIn(commands: readonly Node[] = []): readonly Node[] {
  return commands.flatMap((command) => {
    const { subtype, def } = 'AlterTableCmd' in command ? command.AlterTableCmd : {};
    return def && (subtype === 'AT_AddColumn' || subtype === 'AT_AddConstraint') ? [def] : [];
  });
}

function constraintsOf(part: Node): readonly Constraint[] {
  return 'ColumnDef' in part ? constraintsIn(part.ColumnDef.constraints) : constraintsIn([part]);
}

/** Those that are still there and that no index serves, as far as all indexes of the table are known. */
export function withoutIndex<Key extends NewForeignKey>(keys: readonly Key[], knowledge: Knowledge): readonly Key[] {
  if (keys.length === 0) return [];
  const indexes = indexesByTable(knowledge);
  return keys.filter(
    ({ table, columns }) =>
      table.isPartlyKnown !== true &&
      knowledge.relations.get(keyOf(table)) === table &&
      lacksIndex(table, columns, indexes.get(keyOf(table))),
  );
}

/** Leaves out what the knowledge behind all revisions answers: the index came in one of them, or the key has gone. */
export function withoutIndexedLater(
  findings: readonly Finding[],
  unindexed: readonly UnindexedKey[],
  after: Knowledge,
): readonly Finding[] {
  if (unindexed.length === 0) return findings;
  const indexes = indexesByTable(after);
  const answered = new Set(
    unindexed.flatMap(({ finding, table, columns }) => {
      const facts = after.relations.get(table);
      return facts && lacksIndex(facts, columns, indexes.get(table)) ? [] : [finding];
    }),
  );
  return findings.filter((finding) => !answered.has(finding));
}

export function keyOf({ schema, name }: Pick<Relation, 'schema' | 'name'>): string {
  return `${schema}.${name}`;
}

function lacksIndex(table: Relation, columns: readonly string[], indexes: readonly Relation[] = []): boolean {
  const isThere = [...table.constraints.values()].some(
    (constraint) => constraint.kind === 'foreign key' && isSameSet(constraint.columns, columns),
  );
  const hasColumns = columns.every((column) => table.columns.has(column));
  return isThere && hasColumns && !indexes.some((index) => serves(index, columns));
}

/** Whether the columns, in any order, are the first of the index, and every row that a lookup by them wants is in it. */
function serves({ indexed = [], lookup }: Relation, columns: readonly string[]): boolean {
  return (
    lookup !== undefined &&
    lookup.notNull.every((column) => columns.includes(column)) &&
    isSameSet(indexed.slice(0, columns.length), columns)
  );
}

function isSameSet(left: readonly (string | undefined)[], right: readonly string[]): boolean {
  return left.length === right.length && right.every((column) => left.includes(column));
}

function indexesByTable({ relations }: Knowledge): ReadonlyMap<string, readonly Relation[]> {
  const found = new Map<string, Relation[]>();
  for (const relation of relations.values()) {
    if (relation.kind !== 'index' || relation.table === undefined) continue;
    const others = found.get(relation.table);
    if (others) others.push(relation);
    else found.set(relation.table, [relation]);
  }
  return found;
}

/** What is to be said of it, with the index that it lacks. */
export function objectionTo({ table, sql, parent, columns, at }: NewForeignKey, { relations }: Knowledge): Objection {
  const list = columns.map(quotedIdentifier).join(', ');
  const name = `${table.name}_${columns.join('_')}_idx`;
  // A name that is taken, or that the server would cut, is left to the server.
  const isFree = Buffer.byteLength(name) < 64 && !relations.has(`${table.schema}.${name}`);
  const named = isFree ? `${quotedIdentifier(name)} ` : '';
  const recipe =
    table.kind === 'partitioned'
      ? [
          `-- CREATE INDEX ${named}ON ONLY ${sql} (${list}), which builds nothing; then for each partition, without a transaction,`,
          '-- CREATE INDEX CONCURRENTLY and ALTER INDEX … ATTACH PARTITION',
        ]
      : table.isFresh
        ? [
            '-- in this revision while it is applied nowhere, else CONCURRENTLY in a revision of its own:',
            `CREATE INDEX ${named}ON ${sql} (${list})`,
          ]
        : withoutTransaction([`CREATE INDEX CONCURRENTLY ${named}ON ${sql} (${list})`]);
  return {
    rule: 'foreign-key-without-index',
    message: `whoever deletes a row of ${parent}, or changes its key, reads all of ${sql} to find what refers to it: no index of ${sql} begins with ${list}`,
    recipe,
    at,
  };
}
