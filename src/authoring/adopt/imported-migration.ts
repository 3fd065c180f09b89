/** SQL of one direction, from another tool's folder. */
export interface ImportedBody {
  readonly sql: string;
  readonly transactional: boolean;
  /** Why there is no SQL: the revision stops with an error there until a person has written it. */
  readonly stub?: string | undefined;
}

/** A migration of another tool, ready to become a revision of ours. */
export interface ImportedMigration {
  /** Header line by which `migrate adopt` knows the revision again: `-- alembic: …` or `-- adopted: flyway:2.1`. */
  readonly header: string;
  readonly title: string;
  /** 14 digits that its revision should have as its id; moved on when an earlier one has them already. */
  readonly wantedId: string;
  /** File or folder that it comes from, for people. */
  readonly source: string;
  readonly up: ImportedBody;
  readonly down: ImportedBody | undefined;
}

export interface ImportedFolder {
  /** In the tool's order. */
  readonly migrations: readonly ImportedMigration[];
  /** What was left out, and why, as sentences. */
  readonly skipped: readonly string[];
}

/** A version in digits as an id of ours: a moment, or a number with zeros before it. */
export function idOfVersion(version: string): string {
  const digits = version.replaceAll(/\D/g, '');
  // Milliseconds since 1970, as node-pg-migrate and drizzle write them.
  if (/^1\d{12}$/.test(digits)) return new Date(Number(digits)).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  // A moment without seconds.
  if (/^20\d{10}$/.test(digits)) return `${digits}00`;
  // A day and a counter of two or more digits.
  return digits.slice(0, 14).padStart(14, '0');
}
