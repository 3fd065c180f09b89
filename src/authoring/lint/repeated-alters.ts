import type { AlterTableStmt, Node } from '@pgsql/types';

import type { Consequence } from './consequences/consequence.ts';
import { find, type Knowledge, type NamedRelation } from './knowledge.ts';
import { cutAlterTable, type ParsedStatement } from './parse-statements.ts';
import type { RuleName } from './rules.ts';

/** An ALTER TABLE that goes through all rows of its table. */
interface Pass {
  readonly number: number;
  readonly commands: readonly string[];
  /** Columns that it adds or gives a type. */
  readonly columns: readonly string[];
}

export interface AlterWatch {
  /** Objects to a second pass over a table that could be part of the first. Call it before the knowledge is carried on. */
  readonly judge: (
    statement: ParsedStatement,
    consequences: readonly Consequence[],
    knowledge: Knowledge,
  ) => readonly Consequence[];
}

/** Work that the server does in a pass of its own for each command, however they are written (ATRewriteTables, tablecmds.c). */
const alone: ReadonlySet<RuleName> = new Set([
  'add-foreign-key',
  'add-column-inline-foreign-key',
  'attach-partition',
  'detach-partition',
]);

/** Commands of one recipe: each finding repeats those before it, and thousands would be too long to read and to hold. */
const mostJoined = 40;

/** Follows the ALTER TABLEs of one section: in a transaction each pass over a table is made under the lock of the first. */
export function watchAlters({ transactional }: { readonly transactional: boolean }): AlterWatch {
  const passes = new Map<string, Pass>();
  return {
    judge: ({ node, text, number }, consequences, knowledge) => {
      if (!transactional || !node) return [];
      if (!('AlterTableStmt' in node)) {
        // What may need the first, or what the second needs, keeps them apart.
        if (!standsAside(node)) passes.clear();
        return [];
      }
      const { relation = {} } = node.AlterTableStmt;
      const table = find(knowledge, relation.schemaname, relation.relname ?? '');
      const earlier = passes.get(table.key);
      if (!goesThrough(table, node.AlterTableStmt, consequences)) return [];
      const { head, commands } = cutAlterTable(text, relation.location ?? 0);
      const typed = columnsIn(node.AlterTableStmt, /^AT_AlterColumnType$/);
      const made = columnsIn(node.AlterTableStmt, /^AT_(?:AlterColumnType|AddColumn)$/);
      // A type can be given once, and not to a column that the same statement adds.
      const fits = earlier && earlier.commands.length < mostJoined;
      const joined = fits && !typed.some((column) => earlier.columns.includes(column)) ? earlier : undefined;
      const all = [...(joined?.commands ?? []), ...commands];
      passes.set(table.key, { number, commands: all, columns: [...(joined?.columns ?? []), ...made] });
      return joined
        ? [
            {
              locks: consequences.flatMap(({ locks }) => locks),
              objection: {
                rule: 'several-alters-of-one-table',
                message: `goes through all of ${table.sql}, as statement ${joined.number} has done already: one statement goes through it once`,
                recipe: [`${head} ${all.join(', ')}`],
              },
            },
          ]
        : [];
    },
  };
}

function standsAside(node: Node): boolean {
  return 'CommentStmt' in node || 'VariableSetStmt' in node || 'CreateStmt' in node;
}

/** Whether the server reads or writes all rows for commands that it would take together. */
function goesThrough(
  { key, facts }: NamedRelation,
  { cmds = [] }: AlterTableStmt,
  consequences: readonly Consequence[],
): boolean {
  // What it proves was added a moment ago: to put that apart, or to do without NOT VALID, is said elsewhere.
  const validates = cmds.some(
    (node) => 'AlterTableCmd' in node && node.AlterTableCmd.subtype === 'AT_ValidateConstraint',
  );
  if (validates || facts?.kind === 'partitioned') return false;
  return consequences.some(
    ({ locks, objection }) =>
      locks.some(({ relation, effect }) => relation === key && (effect === 'scan' || effect === 'rewrite')) &&
      !(objection && alone.has(objection.rule)),
  );
}

function columnsIn({ cmds = [] }: AlterTableStmt, kind: RegExp): readonly string[] {
  return cmds.flatMap((node) => {
    if (!('AlterTableCmd' in node) || !kind.test(node.AlterTableCmd.subtype ?? '')) return [];
    const { name, def } = node.AlterTableCmd;
    return [name ?? (def && 'ColumnDef' in def ? def.ColumnDef.colname : undefined) ?? ''];
  });
}
