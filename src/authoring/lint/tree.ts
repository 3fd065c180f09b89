import type { ColumnDef, Constraint, Node, TypeName } from '@pgsql/types';

import type { ColumnType, Knowledge } from './knowledge.ts';

/** The texts of a list of names: `app.users` is `['app', 'users']`. */
export function namesIn(nodes: readonly Node[] = []): readonly string[] {
  return nodes.flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}

/** The schema, if any, and the last part of a qualified name. */
export function qualifiedName(nodes: readonly Node[] = []): {
  readonly schema: string | undefined;
  readonly name: string;
} {
  const names = namesIn(nodes);
  return { schema: names.at(-2), name: names.at(-1) ?? '' };
}

/** The list behind a node that may be one. */
export function listIn(node: Node | undefined): readonly Node[] {
  return node && 'List' in node ? (node.List.items ?? []) : [];
}

export function constraintsIn(nodes: readonly Node[] = []): readonly Constraint[] {
  return nodes.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
}

/** The type that is meant: PostgreSQL's own unless the user has one of that name. */
export function columnTypeOf(knowledge: Knowledge, type: TypeName): ColumnType {
  const { schema, name } = qualifiedName(type.names);
  const own = schema ?? knowledge.searchPath.find((candidate) => knowledge.types.has(`${candidate}.${name}`)) ?? '';
  return {
    schema: own === 'pg_catalog' ? '' : own,
    name: serialTypes[name] ?? name,
    modifiers: normalModifiers(name, (type.typmods ?? []).flatMap(integerIn)),
    isArray: (type.arrayBounds ?? []).length > 0,
  };
}

const serialTypes: Readonly<Record<string, string>> = {
  serial: 'int4',
  serial4: 'int4',
  bigserial: 'int8',
  serial8: 'int8',
  smallserial: 'int2',
  serial2: 'int2',
};

export function isSerial(type: TypeName | undefined): boolean {
  return qualifiedName(type?.names).name in serialTypes;
}

/** `numeric(10)` is `numeric(10,0)` to the server. */
export function normalModifiers(name: string, modifiers: readonly number[]): readonly number[] {
  return name === 'numeric' && modifiers.length === 1 ? [...modifiers, 0] : modifiers;
}

function integerIn(node: Node): readonly number[] {
  return 'A_Const' in node && node.A_Const.ival ? [node.A_Const.ival.ival ?? 0] : [];
}

/** Every node of a tree, parents first: what the parser gives is plain objects and lists. Not recursive: trees can be deep. */
export function* nodesIn(tree: unknown): Generator<readonly [string, Readonly<Record<string, unknown>>]> {
  const open: (readonly [string, unknown])[] = [['', tree]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [name, value] = next;
    if (typeof value !== 'object' || value === null) continue;
    if (/^[A-Z]/.test(name) && !Array.isArray(value)) yield [name, value as Readonly<Record<string, unknown>>];
    open.push(...Object.entries(value).toReversed());
  }
}

/**
 * The columns that cannot be null where the condition is not false: what a CHECK proves to SET NOT NULL (the server's own
 * implication, predtest.c, as far as it concerns null tests).
 */
export function provedNotNull(condition: Node | undefined): readonly string[] {
  if (!condition) return [];
  if ('NullTest' in condition && condition.NullTest.nulltesttype === 'IS_NOT_NULL')
    return columnIn(condition.NullTest.arg);
  if (!('BoolExpr' in condition)) return [];
  const { boolop, args = [] } = condition.BoolExpr;
  if (boolop === 'AND_EXPR') return args.flatMap(provedNotNull);
  if (boolop === 'OR_EXPR') {
    const [first = [], ...others] = args.map(provedNotNull);
    return first.filter((column) => others.every((columns) => columns.includes(column)));
  }
  const [negated] = args;
  return negated && 'NullTest' in negated && negated.NullTest.nulltesttype === 'IS_NULL'
    ? columnIn(negated.NullTest.arg)
    : [];
}

/**
 * The columns of which the condition asks nothing but that they are not null: who looks for a value of them finds every row that
 * has it where the condition holds. `undefined` when it asks anything else.
 */
export function notNullAsked(condition: Node | undefined): readonly string[] | undefined {
  if (!condition) return undefined;
  if ('NullTest' in condition) {
    const columns = columnIn(condition.NullTest.arg);
    return condition.NullTest.nulltesttype === 'IS_NOT_NULL' && columns.length > 0 ? columns : undefined;
  }
  if (!('BoolExpr' in condition) || condition.BoolExpr.boolop !== 'AND_EXPR') return undefined;
  const parts = (condition.BoolExpr.args ?? []).map(notNullAsked);
  return parts.includes(undefined) ? undefined : parts.flatMap((columns) => columns ?? []);
}

/** The bare name of the collation that is given beside the type, if it is another than the type's. */
export function collationIn({ collClause }: ColumnDef): string | undefined {
  const name = namesIn(collClause?.collname).at(-1);
  return name === 'default' ? undefined : name;
}

function columnIn(node: Node | undefined): readonly string[] {
  return node && 'ColumnRef' in node ? namesIn(node.ColumnRef.fields).slice(-1) : [];
}

/** Names of the columns that an expression reads. */
export function columnsReadBy(expression: Node | undefined): readonly string[] {
  return [...nodesIn([expression])].flatMap(([kind, node]) =>
    kind === 'ColumnRef' ? namesIn(node['fields'] as readonly Node[]).slice(-1) : [],
  );
}
