import type { ColumnDef, Constraint } from '@pgsql/types';

import type { LockEffect } from '../finding.ts';
import { findRelation, quotedIdentifier, typeSql, type NamedRelation } from '../knowledge.ts';
import { columnTypeOf, constraintsIn, isSerial } from '../tree.ts';
import { volatilityOf } from '../volatility.ts';
import type { AlterTarget } from './alter-target.ts';
import { lockOn, objecting, type Case, type Consequence, type Objection } from './consequence.ts';
import { inLaterTransaction, notNullRecipe, uniqueRecipe } from './recipes.ts';

/** ADD COLUMN takes ACCESS EXCLUSIVE for a moment; what hangs on the column may make it a rewrite or a scan. */
export function addColumn(column: ColumnDef, target: AlterTarget, subject: Case): readonly Consequence[] {
  const constraints = constraintsIn(column.constraints);
  const has = (type: Constraint['contype']): Constraint | undefined =>
    constraints.find(({ contype }) => contype === type);
  const rewrite = rewriteOf(column, { target, subject, has });
  const name = quotedIdentifier(column.colname ?? '');
  const consequences: Consequence[] = [rewrite];
  const scanned = (objection: Objection): Consequence => objecting(target.locks('ACCESS EXCLUSIVE', 'scan'), objection);
  const hasValue =
    has('CONSTR_DEFAULT') ??
    has('CONSTR_GENERATED') ??
    has('CONSTR_IDENTITY') ??
    (isSerial(column.typeName) ? {} : undefined);
  const notNull = has('CONSTR_NOTNULL') ?? has('CONSTR_PRIMARY');
  if (notNull && !hasValue) {
    consequences.push(
      scanned({
        rule: 'add-column-not-null',
        message: `fails when ${target.sql} holds a row, since the row has no value for ${name}; and old code that does not know the column can no longer insert`,
        recipe: [
          `ALTER TABLE ${target.sql} ADD COLUMN ${name} ${target.typeText(column)}`,
          '-- fill it in batches, then:',
          ...notNullRecipe(target.sql, name),
        ],
        at: notNull.location,
      }),
    );
  }
  if (notNull && has('CONSTR_GENERATED')?.generated_kind === 'v')
    consequences.push({ locks: target.locks('ACCESS EXCLUSIVE', 'scan') });
  const check = has('CONSTR_CHECK');
  if (check && check.is_enforced !== false) {
    consequences.push(
      scanned({
        rule: 'add-column-inline-check',
        message: `reads all of ${target.sql} to prove the check, although every row has the same value, while reads and writes wait`,
        recipe: inLaterTransaction(
          [
            `ALTER TABLE ${target.sql} ADD COLUMN ${name} ${target.typeText(column)}, ADD CONSTRAINT ${checkName(target, column)} CHECK (${target.parenthesised(check.location)}) NOT VALID`,
          ],
          [`ALTER TABLE ${target.sql} VALIDATE CONSTRAINT ${checkName(target, column)}`],
        ),
        at: check.location,
      }),
    );
  }
  const unique = has('CONSTR_UNIQUE') ?? has('CONSTR_PRIMARY');
  if (unique) {
    consequences.push(
      objecting(target.locks('ACCESS EXCLUSIVE', 'build'), {
        rule: 'add-column-inline-unique',
        message: `builds an index of ${target.sql} while reads and writes wait`,
        recipe: [
          `ALTER TABLE ${target.sql} ADD COLUMN ${name} ${target.typeText(column)}`,
          ...uniqueRecipe({
            table: target.sql,
            constraint: `${target.name}_${column.colname ?? ''}_key`,
            kind: 'UNIQUE',
            columns: [column.colname ?? ''],
          }),
        ],
        at: unique.location,
      }),
    );
  }
  const foreign = has('CONSTR_FOREIGN');
  if (foreign) consequences.push(inlineForeignKey(foreign, { target, subject, column, name }));
  return consequences;
}

interface Parts {
  readonly target: AlterTarget;
  readonly subject: Case;
  readonly has: (type: Constraint['contype']) => Constraint | undefined;
}

/** What makes the server write every row anew; else the momentary lock. */
function rewriteOf(column: ColumnDef, { target, subject, has }: Parts): Consequence {
  const name = quotedIdentifier(column.colname ?? '');
  const type = target.typeText(column);
  const rewriting = (objection: Objection): Consequence =>
    objecting(target.locks('ACCESS EXCLUSIVE', 'rewrite'), objection);
  const anew = `writes ${target.sql} and its indexes anew while reads and writes wait`;
  const generated = has('CONSTR_GENERATED');
  if (generated && generated.generated_kind !== 'v') {
    return rewriting({
      rule: 'add-column-generated',
      message: `computes the column for every row: ${anew}`,
      recipe: [
        '-- a plain column, kept up to date by a trigger, filled in batches:',
        `ALTER TABLE ${target.sql} ADD COLUMN ${name} ${type}`,
      ],
      at: generated.location,
    });
  }
  const identity = has('CONSTR_IDENTITY');
  if (identity || isSerial(column.typeName)) {
    return rewriting({
      rule: 'add-column-serial',
      message: `takes a number for every row: ${anew}`,
      recipe: [
        `ALTER TABLE ${target.sql} ADD COLUMN ${name} ${identity ? type : type.replace(/serial/i, 'int')}`,
        `CREATE SEQUENCE ${target.name}_${column.colname ?? ''}_seq OWNED BY ${target.sql}.${name}`,
        `ALTER TABLE ${target.sql} ALTER COLUMN ${name} SET DEFAULT nextval('${target.name}_${column.colname ?? ''}_seq')`,
        '-- then fill the old rows in batches',
      ],
      at: identity?.location ?? column.location,
    });
  }
  const fallback = has('CONSTR_DEFAULT');
  const volatility = volatilityOf(fallback?.raw_expr, subject.knowledge);
  if (fallback && (volatility === 'volatile' || volatility === 'unknown')) {
    return rewriting({
      rule: 'add-column-volatile-default',
      message: `${volatility === 'unknown' ? 'may evaluate the default for every row (nothing is known of a function in it)' : 'evaluates the default for every row'}: ${anew}`,
      recipe: [
        `ALTER TABLE ${target.sql} ADD COLUMN ${name} ${type}`,
        `ALTER TABLE ${target.sql} ALTER COLUMN ${name} SET DEFAULT ${target.slice(fallback.raw_expr) ?? '…'}`,
        '-- then fill the old rows in batches',
      ],
      at: fallback.location,
    });
  }
  const known = column.typeName && columnTypeOf(subject.knowledge, column.typeName);
  const domain = known && subject.knowledge.types.get(`${known.schema}.${known.name}`);
  if (domain?.kind === 'domain' && domain.isConstrained && !known?.isArray) {
    return rewriting({
      rule: 'add-column-constrained-domain',
      message: `proves the constraints of the domain for every row: ${anew}`,
      recipe: [
        '-- the type under the domain:',
        `ALTER TABLE ${target.sql} ADD COLUMN ${name} ${typeSql(domain.base)}`,
        `-- and its check as one of the table: ADD CONSTRAINT ${checkName(target, column)} CHECK (…) NOT VALID`,
      ],
      at: column.location,
    });
  }
  return { locks: target.locks('ACCESS EXCLUSIVE') };
}

function inlineForeignKey(
  foreign: Constraint,
  {
    target,
    subject,
    column,
    name,
  }: { readonly target: AlterTarget; readonly subject: Case; readonly column: ColumnDef; readonly name: string },
): Consequence {
  const fallback = constraintsIn(column.constraints).find(({ contype }) => contype === 'CONSTR_DEFAULT');
  const hasValue = fallback !== undefined;
  const referenced = findRelation(subject.knowledge, foreign.pktable ?? {});
  const work = hasValue ? 'scan' : 'instant';
  const other = referenced.key === target.key ? [] : lockOn(referenced, 'SHARE ROW EXCLUSIVE', work);
  const locks: readonly LockEffect[] = [...target.locks('ACCESS EXCLUSIVE', work), ...other];
  if (!hasValue) return { locks, ...(other.length > 0 && { objection: briefLock(referenced, foreign.location) }) };
  const constraint = `${target.name}_${name.replaceAll('"', '')}_fkey`;
  return objecting(target.locks('ACCESS EXCLUSIVE').length > 0 ? locks : [], {
    rule: 'add-column-inline-foreign-key',
    message: `looks every row of ${target.sql} up in ${referenced.sql} while nobody can read or write ${target.sql}, nor write ${referenced.sql}`,
    recipe: inLaterTransaction(
      [
        `ALTER TABLE ${target.sql} ADD COLUMN ${name} ${target.typeText(column)} DEFAULT ${target.slice(fallback?.raw_expr) ?? 'NULL'}`,
        `ALTER TABLE ${target.sql} ADD CONSTRAINT ${constraint} FOREIGN KEY (${name}) REFERENCES ${referenced.sql} NOT VALID`,
      ],
      [`ALTER TABLE ${target.sql} VALIDATE CONSTRAINT ${constraint}`],
    ),
    at: foreign.location,
  });
}

/** The lock on the table that a foreign key refers to: short, but in a queue behind long transactions it stops all writes. */
export function briefLock({ sql }: Pick<NamedRelation, 'sql'>, at: number | undefined): Objection {
  return {
    rule: 'foreign-key-locks-other-table',
    message: `takes SHARE ROW EXCLUSIVE on ${sql} too: for a moment nobody can write there, and while it waits for old transactions everybody queues behind it`,
    at,
  };
}

function checkName(target: AlterTarget, column: ColumnDef): string {
  return quotedIdentifier(`${target.name}_${column.colname ?? ''}_check`);
}
