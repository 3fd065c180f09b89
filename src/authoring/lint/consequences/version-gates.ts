import type { Node } from '@pgsql/types';

import { namesIn, nodesIn } from '../tree.ts';
import type { Consequence, VersionRange } from './consequence.ts';

/** What the grammar of PostgreSQL 18 accepts and an older server of the range would refuse. */
export function needsNewerPostgres(node: Node, { from }: VersionRange): readonly Consequence[] {
  const found = new Map<string, number>();
  for (const [kind, part] of nodesIn([node])) {
    for (const [what, version] of gatesOf(kind, part)) if (version > from) found.set(what, version);
  }
  return [...found].map(([what, version]) => ({
    locks: [],
    objection: {
      rule: 'needs-newer-postgres' as const,
      message: `${what} needs PostgreSQL ${version}, and this must run on ${from} too`,
      recipe: ['-- or say which versions matter: `migrate lint --postgres 16-18`'],
    },
  }));
}

type Gate = readonly [string, number];

function gatesOf(kind: string, part: Readonly<Record<string, unknown>>): readonly Gate[] {
  switch (kind) {
    case 'Constraint': {
      const { contype } = part;
      const gates: Gate[] = [];
      if (contype === 'CONSTR_GENERATED' && part['generated_kind'] === 'v')
        gates.push(['a VIRTUAL generated column', 18]);
      if (contype === 'CONSTR_NOTNULL' && part['keys'] !== undefined)
        gates.push(['a named NOT NULL constraint of a table', 18]);
      if ((contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN') && part['is_enforced'] !== true)
        gates.push(['NOT ENFORCED', 18]);
      if (part['without_overlaps'] === true || part['fk_with_period'] === true)
        gates.push(['WITHOUT OVERLAPS and PERIOD', 18]);
      if (part['nulls_not_distinct'] === true) gates.push(['NULLS NOT DISTINCT', 15]);
      return gates;
    }
    case 'IndexStmt':
      return part['nulls_not_distinct'] === true ? [['NULLS NOT DISTINCT', 15]] : [];
    case 'AlterTableCmd':
      if (part['subtype'] === 'AT_SetAccessMethod') return [['SET ACCESS METHOD', 15]];
      return part['subtype'] === 'AT_SetExpression' ? [['SET EXPRESSION', 17]] : [];
    case 'MergeStmt':
      return part['returningClause'] === undefined ? [['MERGE', 15]] : [['MERGE … RETURNING', 17]];
    case 'JsonTable':
      return [['JSON_TABLE', 17]];
    case 'JsonIsPredicate':
    case 'JsonObjectConstructor':
    case 'JsonArrayConstructor':
      return [['the JSON constructors and predicates of the SQL standard', 16]];
    case 'FuncCall': {
      const name = namesIn(part['funcname'] as readonly Node[]).at(-1) ?? '';
      const version = newFunctions[name];
      return version === undefined ? [] : [[`${name}()`, version]];
    }
    default:
      return [];
  }
}

/** Functions that people meet in migrations, and the version that brought them. */
const newFunctions: Readonly<Record<string, number>> = {
  uuidv7: 18,
  uuidv4: 18,
  casefold: 18,
  array_sort: 18,
  array_reverse: 18,
  random_normal: 16,
  any_value: 16,
  array_shuffle: 16,
  array_sample: 16,
  date_add: 16,
  date_subtract: 16,
  regexp_like: 15,
  regexp_count: 15,
  range_agg: 14,
};
