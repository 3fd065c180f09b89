/**
 * What the revisions of one release have done so far, as far as it concerns code of before the release. A release is what one
 * deploy applies: everything behind `--since`, the named files, or what is pending in a live database.
 */
export interface ReleaseFacts {
  /** What takes the place of a table (`schema.table`) or a column (`schema.table.column`) that was there before. */
  readonly successors: Map<string, Successor>;
  /** Columns that the release has dropped or renamed, as `schema.table.column`. */
  readonly gone: Set<string>;
  /** By their bare name: columns of NEW that a function reads or sets. */
  readonly triggerColumns: Map<string, readonly string[]>;
  /** Columns that a trigger fills for code which does not know them, as `schema.table.column`. */
  readonly filledByTrigger: Set<string>;
  /** Revisions that say of themselves that they expand. */
  readonly expands: { readonly revision: string; readonly stem: string; readonly tables: readonly string[] }[];
}

export interface Successor {
  /** As a person would write it. */
  readonly by: string;
  /** How that is known. */
  readonly how: string;
  readonly revision: string;
}

export function newRelease(): ReleaseFacts {
  return {
    successors: new Map(),
    gone: new Set(),
    triggerColumns: new Map(),
    filledByTrigger: new Set(),
    expands: [],
  };
}
