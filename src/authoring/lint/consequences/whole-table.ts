import type { ClusterStmt, LockStmt, RefreshMatViewStmt, TruncateStmt, VacuumStmt } from '@pgsql/types';

import { lockModes } from '../finding.ts';
import { familyOf, findRelation, type Knowledge } from '../knowledge.ts';
import { lockOn, lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';
import { isOn } from './indexes.ts';
import { withoutTransaction } from './recipes.ts';

export function truncate({ relations = [], behavior }: TruncateStmt, { knowledge }: Case): readonly Consequence[] {
  return relations.flatMap((node) => {
    if (!('RangeVar' in node)) return [];
    const table = findRelation(knowledge, node.RangeVar);
    const family = familyOf(knowledge, table.key);
    const children = behavior === 'DROP_CASCADE' ? referrersOf(knowledge, family) : [];
    return [
      objecting(
        [
          ...lockOn(table, 'ACCESS EXCLUSIVE'),
          ...[...family.slice(1), ...children].flatMap((key) => lockOnKey(knowledge, key, 'ACCESS EXCLUSIVE')),
        ],
        {
          rule: 'truncate',
          message: `deletes every row of ${table.sql}${children.length > 0 ? ` and of ${children.join(', ')}` : behavior === 'DROP_CASCADE' ? ' and of every table that refers to it' : ''}, while reads and writes wait`,
          recipe: [
            `-- in batches that lock only their rows:`,
            `DELETE FROM ${table.sql} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table.sql} LIMIT 10000))`,
          ],
        },
      ),
    ];
  });
}

/** Tables that refer to one of these, and those that refer to them. */
export function referrersOf(knowledge: Knowledge, keys: readonly string[]): readonly string[] {
  const found = new Set(keys);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [key, { constraints }] of knowledge.relations)
      if ([...constraints.values()].some(({ references }) => references !== undefined && found.has(references)))
        found.add(key);
  }
  return [...found].filter((key) => !keys.includes(key));
}

export function lockTable({ relations = [], mode = 8 }: LockStmt, { knowledge }: Case): readonly Consequence[] {
  const name = lockModes[mode - 1] ?? 'ACCESS EXCLUSIVE';
  return relations.flatMap((node) => {
    if (!('RangeVar' in node)) return [];
    const table = findRelation(knowledge, node.RangeVar);
    const family = node.RangeVar.inh === true ? familyOf(knowledge, table.key).slice(1) : [];
    const locks = [...lockOn(table, name), ...family.flatMap((key) => lockOnKey(knowledge, key, name))];
    return mode < 5
      ? [{ locks }]
      : [
          objecting(locks, {
            rule: 'lock-table',
            message: `holds ${name} on ${table.sql} until the transaction ends, whatever comes after it`,
          }),
        ];
  });
}

export function vacuum(
  { options = [], rels = [] }: VacuumStmt,
  { knowledge, statement }: Case,
): readonly Consequence[] {
  const isFull = isOn(options, 'full');
  const tables = rels.flatMap((node) =>
    'VacuumRelation' in node ? [findRelation(knowledge, node.VacuumRelation.relation ?? {})] : [],
  );
  if (!isFull)
    return tables.map((table) => ({
      locks: lockOn(table, 'SHARE UPDATE EXCLUSIVE', 'scan'),
    }));
  return tables.map((table) =>
    objecting(lockOn(table, 'ACCESS EXCLUSIVE', 'rewrite'), {
      rule: 'vacuum-full',
      message: `writes all of ${table.sql} anew while reads and writes wait`,
      recipe: [
        '-- pg_repack does the same while everybody works; often plain VACUUM is enough:',
        statement.text.replace(/\bFULL\b\s*/i, '').replace(/\(\s*\)\s*/, ''),
      ],
    }),
  );
}

export function cluster({ relation }: ClusterStmt, { knowledge }: Case): readonly Consequence[] {
  const keys = relation ? [findRelation(knowledge, relation)] : [];
  return keys.map((table) =>
    objecting(lockOn(table, 'ACCESS EXCLUSIVE', 'rewrite'), {
      rule: 'vacuum-full',
      message: `writes all of ${table.sql} anew while reads and writes wait`,
      recipe: ['-- pg_repack --order-by does the same while everybody works'],
    }),
  );
}

export function refresh(
  { relation = {}, concurrent, skipData }: RefreshMatViewStmt,
  { knowledge, statement }: Case,
): readonly Consequence[] {
  const view = findRelation(knowledge, relation);
  if (concurrent === true) return [{ locks: lockOn(view, 'EXCLUSIVE', 'scan') }];
  return [
    objecting(lockOn(view, 'ACCESS EXCLUSIVE', skipData === true ? 'instant' : 'rewrite'), {
      rule: 'refresh-not-concurrently',
      message: `nobody can read ${view.sql} until it is computed anew`,
      recipe: [
        `-- needs a unique index of ${view.sql} without WHERE:`,
        ...withoutTransaction([statement.text.replace(/\bVIEW\b/i, 'VIEW CONCURRENTLY')]),
      ],
    }),
  ];
}
