import type { ColumnDef, Node } from '@pgsql/types';

import { quotedIdentifier } from '../knowledge.ts';
import { columnTypeOf, namesIn } from '../tree.ts';
import { typeChange } from '../type-change.ts';
import type { AlterTarget } from './alter-target.ts';
import { objecting, type Case, type Consequence } from './consequence.ts';

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
  if (change === 'free') return [free(columnName, target)];
  const copy = `${columnName}_new`;
  return [
    objecting(target.locks('ACCESS EXCLUSIVE', 'rewrite'), {
      rule: 'change-column-type',
      message:
        change === 'unknown'
          ? `may write ${target.sql} and its indexes anew while reads and writes wait: the present type of ${name} is not known`
          : `writes ${target.sql} and its indexes anew while reads and writes wait; old code may not understand the new type`,
      recipe: [
        '-- a second column beside it, in steps that each lock for a moment only:',
        `ALTER TABLE ${target.sql} ADD COLUMN ${quotedIdentifier(copy)} ${target.typeText(definition)}`,
        '-- a trigger that keeps it up to date, old rows in batches, code that reads it; in a later release:',
        `ALTER TABLE ${target.sql} DROP COLUMN ${name}`,
        `ALTER TABLE ${target.sql} RENAME COLUMN ${quotedIdentifier(copy)} TO ${name}`,
      ],
      at: definition.typeName.location,
    }),
  ];
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
