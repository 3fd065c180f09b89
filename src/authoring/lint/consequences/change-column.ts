import type { AlterTableCmd } from '@pgsql/types';

import { quotedIdentifier } from '../knowledge.ts';
import { isUnreleased } from '../release/learn-release.ts';
import type { AlterTarget } from './alter-target.ts';
import { objecting, type Case, type Consequence, type Objection } from './consequence.ts';
import { notNullRecipe } from './recipes.ts';

/** What ALTER COLUMN and DROP COLUMN do, the type aside. */
export function changeColumn(command: AlterTableCmd, target: AlterTarget, subject: Case): readonly Consequence[] {
  const column = quotedIdentifier(command.name ?? '');
  const facts = target.facts?.columns.get(command.name ?? '');
  const isNew = facts?.isFresh === true || facts?.unreleasedIn !== undefined || isUnreleased(target);
  const moment = target.locks('ACCESS EXCLUSIVE');
  const about = (objection: Objection): readonly Consequence[] =>
    isNew ? [{ locks: moment }] : [objecting(moment, objection)];
  switch (command.subtype) {
    case 'AT_SetNotNull':
      return setNotNull(command.name ?? '', target, subject);
    case 'AT_DropNotNull':
      return about({
        rule: 'drop-not-null',
        message: `lets ${column} be null from now on: code that reads it without expecting null breaks at the first one`,
        recipe: ['-- first deploy code that reads null, then this'],
      });
    case 'AT_ColumnDefault':
      if (command.def !== undefined || facts?.notNull === false) return [{ locks: moment }];
      return about({
        rule: 'drop-default',
        message: `takes the default of ${column} away: old code that inserts without it fails${facts?.notNull === true ? ', since it is NOT NULL' : ' if it is NOT NULL'}`,
        recipe: ['-- first deploy code that always gives the value, then this'],
      });
    case 'AT_DropColumn': {
      const since = facts?.unreleasedIn ?? target.facts?.unreleasedIn;
      if (since !== undefined)
        return [
          objecting(moment, {
            rule: 'drop-unreleased',
            message: `drops ${target.sql}.${column}, which came with ${since} of this very release: nobody uses it, and no rows are lost that were there before`,
            recipe: [`-- leave the column away in ${since}, as long as that is not applied anywhere that matters`],
          }),
        ];
      return about({
        rule: 'drop-column',
        message: `deletes what is stored in ${target.sql}.${column}, and old code that still names the column fails at once`,
        recipe: [
          '-- in two releases: first deploy code that does not name the column,',
          '-- then this revision in the next release',
        ],
      });
    }
    case 'AT_SetExpression':
      return [
        objecting(target.locks('ACCESS EXCLUSIVE', 'rewrite'), {
          rule: 'add-column-generated',
          message: `computes ${column} for every row: writes ${target.sql} anew while reads and writes wait`,
        }),
      ];
    default:
      return [{ locks: moment }];
  }
}

/** A full read under ACCESS EXCLUSIVE, unless a validated CHECK proves it (PostgreSQL 12). */
function setNotNull(name: string, target: AlterTarget, { knowledge }: Case): readonly Consequence[] {
  const column = target.facts?.columns.get(name);
  const scanned = target.locks('ACCESS EXCLUSIVE', 'scan').filter(({ relation }) => {
    const facts = relation === target.key ? target.facts : knowledge.relations.get(relation);
    const isProved = [...(facts?.constraints.values() ?? [])].some(
      ({ isValid, provesNotNull = [] }) => isValid && provesNotNull.includes(name),
    );
    return !isProved && facts?.columns.get(name)?.notNull !== true && facts?.kind !== 'partitioned';
  });
  const locks = target.locks('ACCESS EXCLUSIVE');
  if (scanned.length === 0 || column?.notNull === true) return [{ locks }];
  const sqlName = quotedIdentifier(name);
  return [
    objecting([...locks, ...scanned], {
      rule: 'set-not-null',
      message: `reads all of ${target.sql} to prove that no ${sqlName} is null, while reads and writes wait`,
      recipe: notNullRecipe(target.sql, sqlName),
    }),
  ];
}
