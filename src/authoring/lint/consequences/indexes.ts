import type { DropStmt, IndexStmt, Node, ReindexStmt } from '@pgsql/types';

import { find, findRelation, partitionsOf, relationsWhere, type NamedRelation } from '../knowledge.ts';
import { listIn, qualifiedName } from '../tree.ts';
import { lockOn, lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';
import { withoutTransaction } from './recipes.ts';

export function createIndex(index: IndexStmt, { knowledge, statement }: Case): readonly Consequence[] {
  const table = findRelation(knowledge, index.relation ?? {});
  const isPartitioned = table.facts?.kind === 'partitioned';
  if (index.concurrent === true) {
    return [
      { locks: lockOn(table, 'SHARE UPDATE EXCLUSIVE', 'build') },
      ...concurrentTraps(index, table, isPartitioned),
    ];
  }
  if (isPartitioned && index.relation?.inh !== true) return [{ locks: lockOn(table, 'SHARE') }];
  const family = isPartitioned
    ? [
        ...lockOn(table, 'SHARE'),
        ...partitionsOf(knowledge, table.key).flatMap((key) => lockOnKey(knowledge, key, 'SHARE', 'build')),
      ]
    : lockOn(table, 'SHARE', 'build');
  return [
    objecting(family, {
      rule: 'create-index-not-concurrently',
      message: `nobody can write to ${table.sql} until the index is built`,
      recipe: isPartitioned
        ? [
            '-- CREATE INDEX … ON ONLY the parent, which builds nothing; then for each partition, without a transaction,',
            '-- CREATE INDEX CONCURRENTLY and ALTER INDEX … ATTACH PARTITION',
          ]
        : withoutTransaction([statement.text.replace(/\bINDEX\b(?:\s+IF\s+NOT\s+EXISTS\b)?/i, 'INDEX CONCURRENTLY')]),
    }),
  ];
}

function concurrentTraps(index: IndexStmt, table: NamedRelation, isPartitioned: boolean): readonly Consequence[] {
  if (isPartitioned) {
    return [
      {
        locks: [],
        objection: {
          rule: 'concurrently-on-partitioned',
          message: `fails: no index can be built CONCURRENTLY on the partitioned table ${table.sql}`,
          recipe: [
            '-- CREATE INDEX … ON ONLY the parent, then CONCURRENTLY for each partition, and ALTER INDEX … ATTACH PARTITION',
          ],
        },
      },
    ];
  }
  return index.if_not_exists === true
    ? [
        {
          locks: [],
          objection: {
            rule: 'concurrently-if-not-exists',
            message: 'IF NOT EXISTS takes an INVALID index that an earlier try left for the wanted one',
            recipe: [
              '-- leave IF NOT EXISTS away: a rerun of `migrate upgrade` removes what its own earlier try left INVALID',
            ],
          },
        },
      ]
    : [];
}

export function dropIndex(
  { objects = [], concurrent }: DropStmt,
  { knowledge, statement }: Case,
): readonly Consequence[] {
  return objects.map((object) => {
    const { schema, name } = qualifiedName(listIn(object));
    const index = find(knowledge, schema, name);
    const table = index.facts?.table;
    // Without knowledge of the index its table is not known either; that there is one is.
    const locks = (mode: 'ACCESS EXCLUSIVE' | 'SHARE UPDATE EXCLUSIVE') =>
      index.facts?.isFresh === true ? [] : table === undefined ? [] : lockOnKey(knowledge, table, mode);
    if (concurrent === true) return { locks: locks('SHARE UPDATE EXCLUSIVE') };
    const unknown = table === undefined && index.facts === undefined;
    const objection = {
      rule: 'drop-index-not-concurrently',
      message: `nobody can read or write ${table ?? 'its table'} meanwhile, and while it waits for old transactions everybody queues behind it`,
      recipe: withoutTransaction([statement.text.replace(/\bINDEX\b/i, 'INDEX CONCURRENTLY')]),
    } as const;
    return unknown ? { locks: [], objection } : objecting(locks('ACCESS EXCLUSIVE'), objection);
  });
}

export function reindex(
  { kind, relation = {}, name, params = [] }: ReindexStmt,
  { knowledge, statement }: Case,
): readonly Consequence[] {
  const concurrent = isOn(params, 'concurrently');
  const tables =
    kind === 'REINDEX_OBJECT_TABLE'
      ? tablesOf(findRelation(knowledge, relation))
      : kind === 'REINDEX_OBJECT_INDEX'
        ? tablesOf(findRelation(knowledge, { ...relation }), 'index')
        : relationsWhere(
            knowledge,
            ({ kind: type, schema }) =>
              (type === 'table' || type === 'materialized view') &&
              (kind !== 'REINDEX_OBJECT_SCHEMA' || schema === name),
          );
  function tablesOf(named: NamedRelation, what?: 'index'): readonly string[] {
    if (what === 'index') return named.facts?.table === undefined ? [] : [named.facts.table];
    return named.facts?.kind === 'partitioned' ? partitionsOf(knowledge, named.key) : [named.key];
  }
  if (concurrent)
    return [{ locks: tables.flatMap((key) => lockOnKey(knowledge, key, 'SHARE UPDATE EXCLUSIVE', 'build')) }];
  return [
    objecting(
      tables.flatMap((key) => lockOnKey(knowledge, key, 'SHARE', 'build')),
      {
        rule: 'reindex-not-concurrently',
        message:
          'nobody can write to the table until the index is built, and nobody can read it where the planner looks at the index',
        recipe: withoutTransaction([
          statement.text.replace(/\bREINDEX\b(\s*\([^)]*\))?\s+(\w+)/i, 'REINDEX$1 $2 CONCURRENTLY'),
        ]),
      },
    ),
  ];
}

/** Whether an option in parentheses, or the word itself, is said and not switched off. */
export function isOn(options: readonly Node[], name: string): boolean {
  return options.some((option) => {
    if (!('DefElem' in option) || option.DefElem.defname !== name) return false;
    const { arg } = option.DefElem;
    return arg === undefined || !('String' in arg) || !/^(?:off|false|0)$/i.test(arg.String.sval ?? '');
  });
}
