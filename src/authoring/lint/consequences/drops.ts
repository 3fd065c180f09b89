import type { DropStmt, Node } from '@pgsql/types';

import type { LockEffect } from '../finding.ts';
import { familyOf, find, isInUse, type Knowledge, type NamedRelation } from '../knowledge.ts';
import { listIn, namesIn, qualifiedName } from '../tree.ts';
import { lockOn, lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';
import { dropIndex } from './indexes.ts';
import { referrersOf } from './whole-table.ts';

const words: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_AGGREGATE: 'aggregate',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_SCHEMA: 'schema',
  OBJECT_EXTENSION: 'extension',
};

export function drop(statement: DropStmt, subject: Case): readonly Consequence[] {
  const { removeType = 'OBJECT_TABLE', objects = [] } = statement;
  switch (removeType) {
    case 'OBJECT_INDEX':
      return dropIndex(statement, subject);
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_VIEW':
    case 'OBJECT_SEQUENCE':
      return objects.map((object) => dropRelation(object, removeType, subject));
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return objects.map((object) => dropPart(object, removeType, subject));
    case 'OBJECT_SCHEMA':
      return objects.map((object) => dropSchema(object, statement, subject));
    default:
      return words[removeType] === undefined ? [] : objects.map((object) => dropCode(object, removeType, subject));
  }
}

/** The table itself, its partitions and parent, and what its foreign keys refer to. */
function dropRelation(object: Node, removeType: string, { knowledge }: Case): Consequence {
  const { schema, name } = qualifiedName(listIn(object));
  const relation = find(knowledge, schema, name);
  const word = words[removeType] ?? 'table';
  const isView = removeType === 'OBJECT_VIEW';
  const holdsData = !isView && removeType !== 'OBJECT_MATVIEW';
  const neighbours = neighboursOf(knowledge, relation);
  const locks = [...(removeType === 'OBJECT_SEQUENCE' ? [] : lockOn(relation, 'ACCESS EXCLUSIVE')), ...neighbours];
  if (!isInUse(relation)) return { locks };
  const since = relation.facts?.unreleasedIn;
  if (since !== undefined) {
    return {
      locks,
      objection: {
        rule: 'drop-unreleased',
        message: `drops ${relation.sql}, which came with ${since} of this very release: nobody uses it`,
        recipe: [`-- leave it away in ${since}, as long as that is not applied anywhere that matters`],
      },
    };
  }
  const also = neighbours.filter(({ relation: key }) => key !== relation.key).map(({ relation: key }) => key);
  return {
    locks,
    objection: {
      rule: holdsData ? 'drop-table' : 'drop-view',
      message: `${holdsData ? `deletes the ${word} ${relation.sql} and all that is stored in it, and code` : `code`} that still reads ${relation.sql} fails at once${also.length > 0 ? `; locks ${also.join(', ')} too` : ''}`,
      recipe: holdsData
        ? [
            '-- in two releases: first deploy code that does not name it,',
            '-- then, when nobody missed it, this revision in a later release',
          ]
        : ['-- first deploy code that does not read it, or replace it in the same transaction'],
    },
  };
}

function neighboursOf(knowledge: Knowledge, { key, facts }: NamedRelation): readonly LockEffect[] {
  if (facts === undefined) return [];
  const family = familyOf(knowledge, key);
  const keys = new Set(family.slice(1));
  if (facts.partitionOf !== undefined) keys.add(facts.partitionOf);
  for (const member of family)
    for (const { references } of knowledge.relations.get(member)?.constraints.values() ?? [])
      if (references !== undefined) keys.add(references);
  for (const referrer of knowledge.relations)
    if ([...referrer[1].constraints.values()].some(({ references }) => references === key)) keys.add(referrer[0]);
  keys.delete(key);
  return [...keys].flatMap((other) => lockOnKey(knowledge, other, 'ACCESS EXCLUSIVE'));
}

/** `DROP TRIGGER name ON table`: the table comes before the name in the list. */
function dropPart(object: Node, removeType: string, { knowledge }: Case): Consequence {
  const names = namesIn(listIn(object));
  const table = find(knowledge, names.at(-3), names.at(-2) ?? '');
  const what = { OBJECT_TRIGGER: 'trigger', OBJECT_POLICY: 'policy', OBJECT_RULE: 'rule' }[removeType] ?? 'part';
  return objecting(lockOn(table, 'ACCESS EXCLUSIVE'), {
    rule: 'drop-trigger-or-policy',
    message: `what the ${what} "${names.at(-1) ?? ''}" did for every reader and writer of ${table.sql} ends at once`,
  });
}

function dropSchema(object: Node, { behavior }: DropStmt, { knowledge }: Case): Consequence {
  const name = 'String' in object ? (object.String.sval ?? '') : '';
  const inside = [...knowledge.relations].filter(([, { schema, kind }]) => schema === name && kind !== 'index');
  const keys = inside.map(([key]) => key);
  const locks =
    behavior === 'DROP_CASCADE'
      ? [...keys, ...referrersOf(knowledge, keys)].flatMap((key) => lockOnKey(knowledge, key, 'ACCESS EXCLUSIVE'))
      : [];
  const isOwn = inside.length > 0 && inside.every(([, { isFresh }]) => isFresh);
  if (isOwn) return { locks };
  return {
    locks,
    objection: {
      rule: 'drop-table',
      message: `deletes the schema ${name}${behavior === 'DROP_CASCADE' ? ' and everything in it' : ''}, and code that names it fails at once`,
    },
  };
}

function dropCode(object: Node, removeType: string, { knowledge }: Case): Consequence {
  const nodes =
    'ObjectWithArgs' in object
      ? (object.ObjectWithArgs.objname ?? [])
      : 'TypeName' in object
        ? (object.TypeName.names ?? [])
        : listIn(object);
  const { schema, name } =
    'String' in object ? { schema: undefined, name: object.String.sval ?? '' } : qualifiedName(nodes);
  const type = knowledge.types.get(`${schema ?? knowledge.searchPath[0] ?? 'public'}.${name}`);
  if (type?.kind === 'enum' && type.isFresh) return { locks: [] };
  return {
    locks: [],
    objection: {
      rule: 'drop-code',
      message: `code that still uses the ${words[removeType] ?? 'object'} ${name} fails at once`,
      recipe: ['-- first deploy code that does not use it, then this in a later release'],
    },
  };
}
