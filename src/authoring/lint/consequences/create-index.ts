import type { IndexStmt } from '@pgsql/types';

import { findRelation } from '../knowledge.ts';
import { lockOn, objecting, type Case, type Consequence } from './consequence.ts';

export function createIndex(index: IndexStmt, { knowledge, statement }: Case): readonly Consequence[] {
  const table = findRelation(knowledge, index.relation ?? {});
  if (index.concurrent) return [{ locks: lockOn(table, 'SHARE UPDATE EXCLUSIVE', 'build') }];
  return [
    objecting(lockOn(table, 'SHARE', 'build'), {
      rule: 'create-index-not-concurrently',
      message: `nobody can write to ${table.sql} until the index is built`,
      recipe: [
        '-- in a revision of its own, with `-- migrate:up transaction:false`',
        statement.text.replace(/\bINDEX\b/i, '$& CONCURRENTLY'),
      ],
    }),
  ];
}
