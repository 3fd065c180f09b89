import type { ColumnDef, Node } from '@pgsql/types';

import { indexesOf, quotedIdentifier, quotedName } from '../knowledge.ts';
import { collationIn, columnTypeOf, namesIn } from '../tree.ts';
import { isSame, typeChange } from '../type-change.ts';
import type { AlterTarget } from './alter-target.ts';
import { objecting, type Case, type Consequence } from './consequence.ts';
import { withoutTransaction } from './recipes.ts';

/** ALTER COLUMN … TYPE: free when the storage stays as it is, else every row and index is written anew. */
export function changeType(
  columnName: string,
  definition: ColumnDef,
  target: AlterTarget,
  subject: Case,
): readonly Consequence[] {
  if (!definition.typeName) return [];
  const { knowledge } = subject;
  const to = columnTypeOf(knowledge, definition.typeName);
  const column = target.facts?.columns.get(columnName);
  const isComputed =
    definition.raw_default !== undefined && !isPlainCast(definition.raw_default, columnName, { knowledge, to });
  const change =
    column?.isFresh === true && target.facts?.isFresh !== true && column.type.name === to.name
      ? 'free'
      : typeChange({ from: column?.type, to, isComputed, knowledge });
  const name = quotedIdentifier(columnName);
  if (change === 'free') {
    const collation = collationIn(definition);
    const isRecollated = column !== undefined && column.collation !== collation;
    const isNew = column === undefined || column.isFresh || (isSame(column.type, to) && !isRecollated);
    return [
      free(columnName, target),
      ...rebuilt(columnName, { target, subject, collation: { name: collation, isOther: isRecollated } }),
      ...(isNew ? [] : [felt(name, target)]),
    ];
  }
  const copy = `${columnName}_new`;
  return [
    objecting(target.locks('ACCESS EXCLUSIVE', 'rewrite'), {
      rule: 'change-column-type',
      message:
        change === 'unknown'
          ? `may write ${target.sql} and its indexes anew while reads and writes wait: the present type of ${name} is not known`
          : `writes ${target.sql} and its indexes anew while reads and writes wait; old code may not understand the new type, and what it has prepared fails with 0A000`,
      recipe: [
        '-- a second column beside it, in steps that each lock for a moment only:',
        `ALTER TABLE ${target.sql} ADD COLUMN ${quotedIdentifier(copy)} ${target.typeText(definition)}`,
        '-- a trigger that keeps it up to date, old rows in batches; then:',
        `ANALYZE ${target.sql} (${quotedIdentifier(copy)})`,
        '-- code that reads it; in a later release:',
        `ALTER TABLE ${target.sql} DROP COLUMN ${name}`,
        `ALTER TABLE ${target.sql} RENAME COLUMN ${quotedIdentifier(copy)} TO ${name}`,
      ],
      at: definition.typeName.location,
    }),
  ];
}

/**
 * An index is in the order of its collation, and of one with WHERE or an expression the server does not look whether it could
 * stay (CheckIndexCompatible, indexcmds.c).
 */
function rebuilt(
  column: string,
  {
    target,
    subject,
    collation,
  }: { readonly target: AlterTarget; readonly subject: Case; readonly collation: NewCollation },
): readonly Consequence[] {
  const name = quotedIdentifier(column);
  const indexes = indexesOf(subject.knowledge, target.key);
  const isResorted = collation.isOther && indexes.some(({ indexed = [] }) => indexed.includes(column));
  const computed = indexes.filter(({ rebuiltWith = [] }) => rebuiltWith.includes(column));
  if (!isResorted && computed.length === 0) return [];
  const why = isResorted ? 'in the order of the new collation' : 'since they have WHERE or an expression';
  return [
    objecting(target.locks('ACCESS EXCLUSIVE', 'build'), {
      rule: 'change-indexed-column-type',
      message: `builds indexes of ${target.sql}.${name} anew, ${why}, while reads and writes wait, although the rows stay as they are`,
      recipe: isResorted
        ? [
            '-- leave the column as it is, and give the new order to an index and to the queries that need it;',
            ...withoutTransaction([
              `CREATE INDEX CONCURRENTLY ON ${target.sql} (${name} COLLATE "${(collation.name ?? 'default').replaceAll('"', '""')}")`,
            ]),
          ]
        : [
            ...withoutTransaction(
              computed.map((index) => `DROP INDEX CONCURRENTLY ${quotedName(index.schema, index.name)}`),
            ),
            '-- then change the type, and create them again CONCURRENTLY; what needs them is slow meanwhile, and UNIQUE is not kept',
          ],
    }),
  ];
}

interface NewCollation {
  readonly name: string | undefined;
  readonly isOther: boolean;
}

/** What a change of type does to others although the server has nothing to do for it. */
function felt(name: string, target: AlterTarget): Consequence {
  return objecting(target.locks('ACCESS EXCLUSIVE'), {
    rule: 'cached-plan-breaks',
    message: `statements that read ${target.sql}.${name} and that a connection has prepared before fail with 0A000 (cached plan must not change result type) until it prepares them anew; and the planner’s statistics of the column are gone`,
    recipe: [
      '-- behind it, in a later revision:',
      `ANALYZE ${target.sql} (${name})`,
      '-- and connections that outlive the deployment prepare their statements anew, or are closed',
    ],
  });
}

/** The rows stay as they are, but indexes may be built again and checks proved again; statistics are gone. */
function free(column: string, target: AlterTarget): Consequence {
  const checked = [...(target.facts?.constraints.values() ?? [])].some(
    ({ kind, columns }) => kind === 'check' && columns.includes(column),
  );
  if (checked) {
    return objecting(target.locks('ACCESS EXCLUSIVE', 'scan'), {
      rule: 'change-checked-column-type',
      message: `proves the checks of ${quotedIdentifier(column)} for all of ${target.sql} again while reads and writes wait, although the rows stay as they are`,
      recipe: [
        '-- drop the check before, change the type, and add it again NOT VALID; VALIDATE CONSTRAINT in a later revision',
      ],
    });
  }
  return { locks: target.locks('ACCESS EXCLUSIVE') };
}

/** `USING c::type` with the very type, or the same storage, costs nothing. */
function isPlainCast(
  expression: Node,
  column: string,
  { knowledge, to }: { readonly knowledge: Case['knowledge']; readonly to: ReturnType<typeof columnTypeOf> },
): boolean {
  if ('ColumnRef' in expression) return namesIn(expression.ColumnRef.fields).at(-1) === column;
  if (!('TypeCast' in expression) || !expression.TypeCast.arg || !expression.TypeCast.typeName) return false;
  const through = columnTypeOf(knowledge, expression.TypeCast.typeName);
  const isSameType =
    through.schema === to.schema && through.name === to.name && String(through.modifiers) === String(to.modifiers);
  return isSameType && isPlainCast(expression.TypeCast.arg, column, { knowledge, to });
}
