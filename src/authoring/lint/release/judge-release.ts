import type { AlterTableCmd, AlterTableStmt, DropStmt, Node, RenameStmt } from '@pgsql/types';

import type { Consequence } from '../consequences/consequence.ts';
import { find, findRelation, quotedIdentifier, type Knowledge, type NamedRelation } from '../knowledge.ts';
import { listIn, namesIn, provedNotNull, qualifiedName } from '../tree.ts';
import { isUnreleased, isUnreleasedColumn } from './learn-release.ts';
import type { Successor } from './release-facts.ts';

/**
 * A step that takes away what running code uses, or asks of it what it cannot give, while what shall take its place comes with
 * the very same release: there is no moment in which both the old and the new code work.
 */
export function judgeRelease(node: Node, knowledge: Knowledge): readonly Consequence[] {
  if ('AlterTableStmt' in node) return ofAlterTable(node.AlterTableStmt, knowledge);
  if ('RenameStmt' in node && node.RenameStmt.renameType === 'OBJECT_COLUMN')
    return ofRename(node.RenameStmt, knowledge);
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_TABLE') return ofDrop(node.DropStmt, knowledge);
  return [];
}

function ofAlterTable({ relation = {}, cmds = [] }: AlterTableStmt, knowledge: Knowledge): readonly Consequence[] {
  const table = findRelation(knowledge, relation);
  if (isUnreleased(table)) return [];
  return cmds.flatMap((command) => {
    if (!('AlterTableCmd' in command)) return [];
    const { subtype, name = '' } = command.AlterTableCmd;
    if (subtype === 'AT_DropColumn')
      return tooEarly(knowledge.release.successors.get(`${table.key}.${name}`), {
        what: `drops ${table.sql}.${quotedIdentifier(name)}`,
        rest: [`ALTER TABLE ${table.sql} DROP COLUMN ${quotedIdentifier(name)}`],
      });
    return requiredOf(command.AlterTableCmd).flatMap((column) => requires(table, column, knowledge));
  });
}

/** Columns that the command makes NOT NULL, at once or through a check. */
function requiredOf({ subtype, name, def }: AlterTableCmd): readonly string[] {
  if (subtype === 'AT_SetNotNull') return name === undefined ? [] : [name];
  if (subtype !== 'AT_AddConstraint' || !def || !('Constraint' in def)) return [];
  const { contype, keys, raw_expr } = def.Constraint;
  if (contype === 'CONSTR_NOTNULL') return namesIn(keys);
  return contype === 'CONSTR_CHECK' ? provedNotNull(raw_expr) : [];
}

function requires(table: NamedRelation, column: string, { release }: Knowledge): readonly Consequence[] {
  const facts = table.facts?.columns.get(column);
  const key = `${table.key}.${column}`;
  if (!facts || !isUnreleasedColumn(table, column) || facts.hasDefault || facts.notNull) return [];
  if (release.filledByTrigger.has(key) || release.gone.has(`${key} NOT NULL`)) return [];
  // Once for each column: the check that proves it comes before SET NOT NULL.
  release.gone.add(`${key} NOT NULL`);
  const [sql, name] = [table.sql, quotedIdentifier(column)];
  return [
    {
      locks: [],
      objection: {
        rule: 'contract-with-expand',
        message: `asks for a value in ${sql}.${name}, which comes with this release too (${facts.unreleasedIn ?? 'this revision'}) and has no default: code that runs until the new one is there does not know the column, and its inserts fail`,
        recipe: [
          '-- a default makes the inserts of old code work:',
          `-- ALTER TABLE ${sql} ALTER COLUMN ${name} SET DEFAULT …`,
          '-- or, when code that gives the value is deployed, in the next release:',
          `ALTER TABLE ${sql} ALTER COLUMN ${name} SET NOT NULL`,
        ],
      },
    },
  ];
}

function ofRename(
  { relation = {}, subname = '', newname = '' }: RenameStmt,
  knowledge: Knowledge,
): readonly Consequence[] {
  const table = findRelation(knowledge, relation);
  if (isUnreleased(table)) return [];
  const { successors, gone } = knowledge.release;
  const rest = [`ALTER TABLE ${table.sql} RENAME COLUMN ${quotedIdentifier(subname)} TO ${quotedIdentifier(newname)}`];
  const what = `renames ${table.sql}.${quotedIdentifier(subname)}`;
  if (!isUnreleasedColumn(table, subname)) return tooEarly(successors.get(`${table.key}.${subname}`), { what, rest });
  return gone.has(`${table.key}.${newname}`)
    ? [
        contract(
          `gives ${table.sql}.${quotedIdentifier(subname)}, which comes with this release, the name of a column that this release takes away: running code meets the one or the other, and knows only the old one`,
          rest,
        ),
      ]
    : [];
}

function ofDrop({ objects = [] }: DropStmt, knowledge: Knowledge): readonly Consequence[] {
  return objects.flatMap((object) => {
    const { schema, name } = qualifiedName(listIn(object));
    const table = find(knowledge, schema, name);
    return isUnreleased(table)
      ? []
      : tooEarly(knowledge.release.successors.get(table.key), {
          what: `drops ${table.sql}`,
          rest: [`DROP TABLE ${table.sql}`],
        });
  });
}

function tooEarly(
  successor: Successor | undefined,
  { what, rest }: { readonly what: string; readonly rest: readonly string[] },
): readonly Consequence[] {
  if (!successor) return [];
  const { by, how, revision } = successor;
  return [
    contract(
      `${what} in the same release in which ${by} takes its place (${how}: ${revision}): code that runs until the new one is there still uses the old, and what it writes meanwhile is lost`,
      rest,
    ),
  ];
}

function contract(message: string, rest: readonly string[]): Consequence {
  return {
    locks: [],
    objection: {
      rule: 'contract-with-expand',
      message,
      recipe: ['-- in a revision of the next release, when no running code uses the old one:', ...rest],
    },
  };
}
