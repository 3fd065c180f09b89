/** One object of a database as the server describes it: what two databases are compared by. */
export interface CatalogObject {
  /** PostgreSQL's word: table, column, index, function, … */
  readonly kind: string;
  /** Quoted and with its schema, so that it is unique within the kind. */
  readonly name: string;
  /** The table, type or view that it is a part of, when it has no life of its own. */
  readonly parent?: string;
  /** What makes two objects of one name equal. Never physical: no OIDs, no positions, no statistics. */
  readonly properties: Readonly<Record<string, string>>;
}

/** All objects of a database but those that PostgreSQL or an extension brought, by kind and name. */
export type Catalog = ReadonlyMap<string, CatalogObject>;

export function catalogKey({ kind, name }: Pick<CatalogObject, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}
