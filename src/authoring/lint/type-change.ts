import type { ColumnType, Knowledge } from './knowledge.ts';

/** What changing a column from one type to the other costs. `unknown`: the type it has is not known. */
export type TypeChange = 'free' | 'scan' | 'rewrite' | 'unknown';

export interface TypeChangeQuestion {
  readonly from: ColumnType | undefined;
  readonly to: ColumnType;
  /** Whether USING is more than a cast of the column to a type that is stored in the same way. */
  readonly isComputed: boolean;
  readonly knowledge: Knowledge;
}

/**
 * Whether the server can leave the rows as they are (ATColumnChangeRequiresRewrite in tablecmds.c, measured on PostgreSQL 14
 * to 18): the same storage, or a length that only grows.
 */
export function typeChange({ from, to, isComputed, knowledge }: TypeChangeQuestion): TypeChange {
  if (!from) return 'unknown';
  if (isComputed) return 'rewrite';
  const target = domainOf(knowledge, to);
  if (target) {
    const inner = typeChange({ from, to: target.base, isComputed, knowledge });
    // The check of a domain is proved row by row, in a new copy.
    return inner === 'free' && target.isConstrained && !isSame(from, to) ? 'rewrite' : inner;
  }
  const source = domainOf(knowledge, from);
  if (source) return typeChange({ from: source.base, to, isComputed, knowledge });
  return isSame(from, to) || keepsStorage(from, to) ? 'free' : 'rewrite';
}

function domainOf(
  knowledge: Knowledge,
  { schema, name, isArray }: ColumnType,
): { readonly base: ColumnType; readonly isConstrained: boolean } | undefined {
  const type = isArray ? undefined : knowledge.types.get(`${schema}.${name}`);
  return type?.kind === 'domain' ? type : undefined;
}

export function isSame(left: ColumnType, right: ColumnType): boolean {
  return (
    left.schema === right.schema &&
    left.name === right.name &&
    left.isArray === right.isArray &&
    String(left.modifiers) === String(right.modifiers)
  );
}

function keepsStorage(from: ColumnType, to: ColumnType): boolean {
  const isText = ({ name, schema, isArray }: ColumnType): boolean =>
    schema === '' && !isArray && (name === 'text' || name === 'varchar');
  const [newLength] = to.modifiers;
  const [oldLength] = from.modifiers;
  if (isText(from) && isText(to)) return newLength === undefined || (oldLength !== undefined && newLength >= oldLength);
  if (from.isArray || to.isArray)
    return (
      from.isArray === to.isArray &&
      keepsStorage({ ...from, isArray: false }, { ...to, isArray: false }) &&
      from.name === to.name &&
      to.modifiers.length === 0
    );
  if (from.name === 'cidr' && to.name === 'inet') return true;
  if (from.name !== to.name || from.schema !== to.schema) return false;
  switch (to.name) {
    case 'numeric':
      return (
        newLength === undefined ||
        (oldLength !== undefined && newLength >= oldLength && (to.modifiers[1] ?? 0) === (from.modifiers[1] ?? 0))
      );
    case 'varbit':
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'timetz':
    case 'interval':
      return newLength === undefined || (oldLength !== undefined && newLength >= oldLength);
    default:
      return false;
  }
}
