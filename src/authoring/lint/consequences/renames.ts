import type { AlterObjectSchemaStmt, RenameStmt } from '@pgsql/types';

import { familyOf, findRelation, isInUse, quotedIdentifier, quotedName, typeSql } from '../knowledge.ts';
import { isUnreleased, isUnreleasedColumn } from '../release/learn-release.ts';
import { lockOn, lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';

/** A new name is a break for whoever uses the old one, at the moment of the commit. */
export function rename(statement: RenameStmt, subject: Case): readonly Consequence[] {
  const { renameType, relation, subname = '', newname = '' } = statement;
  const { knowledge } = subject;
  switch (renameType) {
    case 'OBJECT_COLUMN':
      return relation ? [renameColumn(statement, subject)] : [];
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_FOREIGN_TABLE': {
      const table = findRelation(knowledge, relation ?? {});
      if (table.facts?.kind === 'index' || table.facts?.kind === 'sequence') return [];
      if (isUnreleased(table) || subject.keptAsViews.has(table.key))
        return [{ locks: lockOn(table, 'ACCESS EXCLUSIVE') }];
      const newName = quotedName(relation?.schemaname, newname);
      return [
        objecting(lockOn(table, 'ACCESS EXCLUSIVE'), {
          rule: 'rename-table',
          message: `old code that names ${table.sql} fails at once`,
          recipe: [
            '-- keep the old name as a view, in the same revision; drop the view when no code names it any more:',
            `ALTER TABLE ${table.sql} RENAME TO ${quotedIdentifier(newname)}`,
            `CREATE VIEW ${table.sql} AS SELECT * FROM ${newName}`,
          ],
        }),
      ];
    }
    case 'OBJECT_TABCONSTRAINT':
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return relation ? [{ locks: lockOn(findRelation(knowledge, relation), 'ACCESS EXCLUSIVE') }] : [];
    case 'OBJECT_SCHEMA':
      return [
        {
          locks: [],
          objection: { rule: 'rename-schema', message: `old code that names the schema ${subname} fails at once` },
        },
      ];
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
      return [
        {
          locks: [],
          objection: {
            rule: 'rename-code',
            message: `old code that names it fails at once: from now on it is ${quotedIdentifier(newname)}`,
            recipe: [
              '-- make a second one with the new name, deploy code that uses it, and drop the old one in a later release',
            ],
          },
        },
      ];
    default:
      return [];
  }
}

function renameColumn({ relation = {}, subname = '', newname = '' }: RenameStmt, { knowledge }: Case): Consequence {
  const table = findRelation(knowledge, relation);
  const [old, recent] = [quotedIdentifier(subname), quotedIdentifier(newname)];
  const locks =
    relation.inh === true
      ? [
          ...lockOn(table, 'ACCESS EXCLUSIVE'),
          ...familyOf(knowledge, table.key)
            .slice(1)
            .flatMap((key) => lockOnKey(knowledge, key, 'ACCESS EXCLUSIVE')),
        ]
      : lockOn(table, 'ACCESS EXCLUSIVE');
  if (isUnreleasedColumn(table, subname) || isUnreleased(table)) return { locks };
  const known = table.facts?.columns.get(subname)?.type;
  const type = known && typeSql(known);
  return objecting(locks, {
    rule: 'rename-column',
    message: `old code that names ${table.sql}.${old} fails at once`,
    recipe: [
      '-- in three releases: a second column that a trigger keeps equal, code that uses it, and then the drop of the first:',
      `${type === undefined ? '-- ' : ''}ALTER TABLE ${table.sql} ADD COLUMN ${recent} ${type ?? '…'}`,
      '-- later:',
      `ALTER TABLE ${table.sql} DROP COLUMN ${old}`,
    ],
  });
}

export function moveToSchema(
  { objectType, relation, newschema = '' }: AlterObjectSchemaStmt,
  { knowledge, keptAsViews }: Case,
): readonly Consequence[] {
  if (relation === undefined) {
    return [
      {
        locks: [],
        objection: { rule: 'rename-code', message: `old code that does not find it in ${newschema} fails at once` },
      },
    ];
  }
  const table = findRelation(knowledge, relation);
  const locks = objectType === 'OBJECT_SEQUENCE' ? [] : lockOn(table, 'ACCESS EXCLUSIVE');
  if (!isInUse(table) || isUnreleased(table) || keptAsViews.has(table.key)) return [{ locks }];
  return [
    objecting(locks, {
      rule: 'rename-table',
      message: `old code that does not find ${table.sql} in the schema ${newschema} fails at once`,
      recipe: [
        '-- keep the old name as a view, in the same revision; drop the view when no code names it any more:',
        `ALTER TABLE ${table.sql} SET SCHEMA ${quotedIdentifier(newschema)}`,
        `CREATE VIEW ${table.sql} AS SELECT * FROM ${quotedName(newschema, relation.relname ?? '')}`,
      ],
    }),
  ];
}
