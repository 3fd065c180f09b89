/** A row of the record: a revision that is applied to the database. */
export interface AppliedRevision {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: Date;
  readonly durationMs: number;
  /** Position in the order of application; a downgrade runs against it. */
  readonly sequence: number;
}

/** The parts of a revision file that a decision needs. */
export interface KnownRevision {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly alembicId?: string | undefined;
  /** Of a baseline: the revisions that it stands for. */
  readonly replaces?: readonly { readonly name: string }[] | undefined;
}

/** The newest applied revision; `undefined` at base. */
export function currentRevision<T extends { readonly id: string }>(applied: readonly T[]): T | undefined {
  return applied.reduce<T | undefined>(
    (newest, row) => (newest === undefined || row.id > newest.id ? row : newest),
    undefined,
  );
}

/** The revisions that are not applied, in their order. */
export function pendingRevisions<T extends { readonly id: string }>(
  known: readonly T[],
  applied: readonly { readonly id: string }[],
): readonly T[] {
  const ids = new Set(applied.map(({ id }) => id));
  return known.filter(({ id }) => !ids.has(id));
}
