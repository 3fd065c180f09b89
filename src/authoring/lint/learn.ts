import type { CreateStmt, Node } from '@pgsql/types';

import { find, type Knowledge } from './knowledge.ts';

/** Carries the knowledge on over a statement: what it makes is fresh, what it takes away is gone. */
export function learn(knowledge: Knowledge, node: Node): void {
  if ('CreateStmt' in node) createTable(knowledge, node.CreateStmt);
}

function createTable(knowledge: Knowledge, { relation }: CreateStmt): void {
  const { key } = find(knowledge, relation?.schemaname, relation?.relname ?? '');
  knowledge.relations.set(key, {
    schema: key.slice(0, key.indexOf('.')),
    name: relation?.relname ?? '',
    kind: 'table',
    isFresh: true,
    isFilled: false,
    columns: new Map(),
    constraints: new Map(),
  });
}
