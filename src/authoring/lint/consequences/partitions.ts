import type { CreateStmt, PartitionCmd } from '@pgsql/types';

import type { LockEffect } from '../finding.ts';
import { findRelation, partitionsOf, quotedName, type Knowledge, type NamedRelation } from '../knowledge.ts';
import type { AlterTarget } from './alter-target.ts';
import { lockOn, lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';

/** The new partition is read, and so is the default one, which must not hold rows of it. */
export function attachPartition(
  { name = {}, bound }: PartitionCmd,
  parent: AlterTarget,
  { knowledge }: Case,
): readonly Consequence[] {
  const child = findRelation(knowledge, name);
  const isDefault = bound?.is_default === true;
  const scanned = isDefault && partitionsOf(knowledge, parent.key).length === 0 ? 'instant' : 'scan';
  const locks = [
    ...parent.lock('SHARE UPDATE EXCLUSIVE'),
    ...lockOn(child, 'ACCESS EXCLUSIVE', scanned),
    ...defaultPartition(knowledge, parent, 'scan'),
  ];
  const isHeavy = locks.some(({ effect, mode }) => effect === 'scan' && mode === 'ACCESS EXCLUSIVE');
  if (!isHeavy) return [{ locks }];
  return [
    objecting(locks, {
      rule: 'attach-partition',
      message: `reads all of ${child.sql} to prove its bounds, and the default partition if there is one, while nobody can read or write them`,
      recipe: [
        `-- a CHECK of ${child.sql} that says the same as the bounds, added NOT VALID and validated in an earlier revision, saves the reading;`,
        '-- so does a CHECK of the default partition that excludes them',
      ],
    }),
  ];
}

export function detachPartition(
  { name = {}, concurrent }: PartitionCmd,
  parent: AlterTarget,
  { knowledge, statement }: Case,
): readonly Consequence[] {
  const child = findRelation(knowledge, name);
  // Its second transaction takes the partition alone (ALTER TABLE's documentation); the parent stays in use.
  if (concurrent === true)
    return [{ locks: [...parent.lock('SHARE UPDATE EXCLUSIVE'), ...lockOn(child, 'ACCESS EXCLUSIVE')] }];
  const fallback = defaultPartition(knowledge, parent, 'instant');
  return [
    objecting([...parent.lock('ACCESS EXCLUSIVE'), ...lockOn(child, 'ACCESS EXCLUSIVE'), ...fallback], {
      rule: 'detach-partition',
      message: `nobody can read or write ${parent.sql} meanwhile, and while it waits for old transactions everybody queues behind it`,
      recipe:
        fallback.length > 0
          ? ['-- CONCURRENTLY is refused while there is a default partition: keep lock_timeout short, and try again']
          : ['-- in a revision of its own, with `-- migrate:up transaction:false`', `${statement.text} CONCURRENTLY`],
    }),
  ];
}

/** CREATE TABLE … PARTITION OF looks harmless, but locks the parent, and reads the default partition. */
export function createPartition(
  { inhRelations = [], relation, partbound }: CreateStmt,
  { knowledge, statement }: Case,
): readonly Consequence[] {
  const [first] = inhRelations;
  if (!first || !('RangeVar' in first)) return [];
  const parent = findRelation(knowledge, first.RangeVar);
  const fallback = defaultPartition(knowledge, parent, 'scan');
  const name = quotedName(relation?.schemaname, relation?.relname ?? '');
  // What the new table is partitioned by itself stays with CREATE TABLE.
  const [bounds = 'DEFAULT'] =
    /\bFOR\s+VALUES\b[\s\S]*?(?=\s+(?:PARTITION\s+BY|USING|WITH\s*\((?!\s*MODULUS)|TABLESPACE)\b|$)/i.exec(
      statement.text,
    ) ?? [];
  return [
    objecting([...lockOn(parent, 'ACCESS EXCLUSIVE'), ...(partbound?.is_default === true ? [] : fallback)], {
      rule: 'create-partition',
      message: `nobody can read or write ${parent.sql}${fallback.length > 0 ? ' while its default partition is read' : ' for a moment'}`,
      recipe: [
        `CREATE TABLE ${name} (LIKE ${parent.sql} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`,
        '-- with a CHECK that says the same as the bounds, then:',
        `ALTER TABLE ${parent.sql} ATTACH PARTITION ${name} ${bounds}`,
      ],
    }),
  ];
}

function defaultPartition(
  knowledge: Knowledge,
  parent: NamedRelation,
  work: LockEffect['effect'],
): readonly LockEffect[] {
  return partitionsOf(knowledge, parent.key)
    .filter((key) => knowledge.relations.get(key)?.isDefaultPartition === true)
    .flatMap((key) => lockOnKey(knowledge, key, 'ACCESS EXCLUSIVE', work));
}
