import type { Constraint } from '@pgsql/types';

import { familyOf, findRelation, quotedIdentifier } from '../knowledge.ts';
import { namesIn } from '../tree.ts';
import { briefLock } from './add-column.ts';
import type { AlterTarget } from './alter-target.ts';
import { lockOn, lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';
import { inLaterTransaction, notNullRecipe, uniqueRecipe } from './recipes.ts';

/** ADD CONSTRAINT: what it proves for the rows that are there, and under which lock. `text` is the command. */
export function addConstraint(
  constraint: Constraint,
  target: AlterTarget,
  given: { readonly subject: Case; readonly text: string },
): readonly Consequence[] {
  const { subject, text } = given;
  switch (constraint.contype) {
    case 'CONSTR_CHECK':
      return [check(constraint, target, text)];
    case 'CONSTR_FOREIGN':
      return foreignKey(constraint, target, { subject, text });
    case 'CONSTR_UNIQUE':
    case 'CONSTR_PRIMARY':
      return [
        constraint.indexname === undefined
          ? builtIndex(constraint, target)
          : takenOverIndex(constraint, target, subject),
      ];
    case 'CONSTR_EXCLUSION':
      return [
        objecting(target.locks('ACCESS EXCLUSIVE', 'build'), {
          rule: 'add-exclusion',
          message: `builds an index of ${target.sql} while reads and writes wait; there is no other way to add EXCLUDE`,
          recipe: [
            '-- a new table with the constraint, filled in batches, that takes the place of this one; or a maintenance window',
          ],
        }),
      ];
    case 'CONSTR_NOTNULL':
      return notNull(constraint, target);
    default:
      return [{ locks: target.locks('ACCESS EXCLUSIVE') }];
  }
}

function check(constraint: Constraint, target: AlterTarget, text: string): Consequence {
  if (constraint.skip_validation === true || constraint.is_enforced === false)
    return { locks: target.locks('ACCESS EXCLUSIVE') };
  return objecting(target.locks('ACCESS EXCLUSIVE', 'scan'), {
    rule: 'add-check',
    message: `reads all of ${target.sql} to prove the check, while reads and writes wait`,
    recipe: notValidRecipe(constraint, target, text),
    at: constraint.location,
  });
}

function notValidRecipe(constraint: Constraint, target: AlterTarget, text: string): readonly string[] {
  const name = quotedIdentifier(constraint.conname ?? `${target.name}_check`);
  const body = text.replace(/^ADD\s+(?:CONSTRAINT\s+(?:"(?:[^"]|"")*"|[^\s"]+)\s+)?/i, '');
  return inLaterTransaction(
    [`ALTER TABLE ${target.sql} ADD CONSTRAINT ${name} ${body} NOT VALID`],
    [`ALTER TABLE ${target.sql} VALIDATE CONSTRAINT ${name}`],
  );
}

function foreignKey(
  constraint: Constraint,
  target: AlterTarget,
  { subject, text }: { readonly subject: Case; readonly text: string },
): readonly Consequence[] {
  const referenced = findRelation(subject.knowledge, constraint.pktable ?? {});
  const isChecked = constraint.skip_validation !== true && constraint.is_enforced !== false;
  const work = isChecked ? 'scan' : 'instant';
  const own = target.locks('SHARE ROW EXCLUSIVE', work);
  const referencedWork = referenced.facts?.kind === 'partitioned' ? 'instant' : work;
  const other =
    referenced.key === target.key
      ? []
      : familyOf(subject.knowledge, referenced.key).flatMap((key) =>
          key === referenced.key
            ? lockOn(referenced, 'SHARE ROW EXCLUSIVE', own.length > 0 ? referencedWork : 'instant')
            : lockOnKey(subject.knowledge, key, 'SHARE ROW EXCLUSIVE', own.length > 0 ? work : 'instant'),
        );
  const locks = [...own, ...other];
  if (!isChecked && target.facts?.kind === 'partitioned' && subject.versions.from < 18) {
    return [
      objecting(locks, {
        rule: 'needs-newer-postgres',
        message: `a foreign key NOT VALID on a partitioned table needs PostgreSQL 18, and this must run on ${subject.versions.from}`,
        recipe: ['-- add it NOT VALID to each partition, validate it there, and then to the parent'],
        at: constraint.location,
      }),
    ];
  }
  if (isChecked && own.length > 0) {
    return [
      objecting(locks, {
        rule: 'add-foreign-key',
        message: `looks every row of ${target.sql} up in ${referenced.sql}, while nobody can write to either`,
        recipe: notValidRecipe(
          {
            ...constraint,
            conname: constraint.conname ?? `${target.name}_${namesIn(constraint.fk_attrs).join('_')}_fkey`,
          },
          target,
          text,
        ),
        at: constraint.location,
      }),
    ];
  }
  return [{ locks, ...(other.length > 0 && { objection: briefLock(referenced, constraint.location) }) }];
}

function builtIndex(constraint: Constraint, target: AlterTarget): Consequence {
  const isPrimary = constraint.contype === 'CONSTR_PRIMARY';
  const columns = namesIn(constraint.keys);
  const name = constraint.conname ?? (isPrimary ? `${target.name}_pkey` : `${target.name}_${columns.join('_')}_key`);
  const nullable = isPrimary ? columns.filter((column) => target.facts?.columns.get(column)?.notNull === false) : [];
  return objecting(target.locks('ACCESS EXCLUSIVE', 'build'), {
    rule: isPrimary ? 'add-primary-key' : 'add-unique',
    message: `builds an index of ${target.sql} while reads and writes wait`,
    recipe: [
      ...nullable.flatMap((column) => notNullRecipe(target.sql, quotedIdentifier(column))),
      ...uniqueRecipe({ table: target.sql, constraint: name, kind: isPrimary ? 'PRIMARY KEY' : 'UNIQUE', columns }),
    ],
    at: constraint.location,
  });
}

/** USING INDEX is instant, but a primary key makes its columns NOT NULL first. */
function takenOverIndex(constraint: Constraint, target: AlterTarget, { knowledge }: Case): Consequence {
  const index = findRelation(knowledge, {
    relname: constraint.indexname ?? '',
    schemaname: target.key.slice(0, target.key.indexOf('.')),
  });
  const nullable = (index.facts?.indexed ?? []).filter(
    (column) => column !== undefined && target.facts?.columns.get(column)?.notNull === false,
  );
  if (constraint.contype !== 'CONSTR_PRIMARY' || nullable.length === 0)
    return { locks: target.locks('ACCESS EXCLUSIVE') };
  const isProved = nullable.every((column) =>
    [...(target.facts?.constraints.values() ?? [])].some(
      ({ isValid, provesNotNull = [] }) => isValid && column !== undefined && provesNotNull.includes(column),
    ),
  );
  if (isProved) return { locks: target.locks('ACCESS EXCLUSIVE') };
  return objecting(target.locks('ACCESS EXCLUSIVE', 'scan'), {
    rule: 'primary-key-on-nullable-column',
    message: `reads all of ${target.sql} to make ${nullable.join(', ')} NOT NULL, while reads and writes wait`,
    recipe: nullable.flatMap((column) => notNullRecipe(target.sql, quotedIdentifier(column ?? ''))),
    at: constraint.location,
  });
}

function notNull(constraint: Constraint, target: AlterTarget): readonly Consequence[] {
  if (constraint.skip_validation === true) return [{ locks: target.locks('ACCESS EXCLUSIVE') }];
  const [column = ''] = namesIn(constraint.keys);
  return [
    objecting(target.locks('ACCESS EXCLUSIVE', 'scan'), {
      rule: 'set-not-null',
      message: `reads all of ${target.sql} to prove that no ${quotedIdentifier(column)} is null, while reads and writes wait`,
      recipe: notNullRecipe(target.sql, quotedIdentifier(column)),
      at: constraint.location,
    }),
  ];
}
