import type { Session } from '../../runner/database/connection/session.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { StepStatement } from './arrange-steps.ts';
import { findNamesThatFollow } from './following-names.ts';
import { renameSql } from './rename-answers.ts';
import { findRenamedParts, findRenamedWholes, type RenameCandidate } from './renames.ts';
import { typesToSetAside } from './set-aside.ts';

export interface RenameRounds {
  readonly current: Catalog;
  readonly desired: Catalog;
  readonly choose: (
    candidates: readonly RenameCandidate[],
    done: readonly RenameCandidate[],
  ) => Promise<readonly RenameCandidate[]>;
  /** Does the work on a copy that may be changed, the same one each time; made at the first call. */
  readonly onCopy: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  readonly read: (session: Session) => Promise<Catalog>;
}

/** What was renamed, and the schema after it. */
export interface Renamed {
  readonly renames: readonly RenameCandidate[];
  readonly statements: readonly StepStatement[];
  readonly catalog: Catalog;
}

/**
 * Renames in rounds, each on the schema that the one before has left: tables and types; then columns and labels, which are
 * found under the new names; then keys, indexes and sequences whose names only follow, which loses nothing and is not asked.
 */
export async function renameInRounds({ current, desired, choose, onCopy, read }: RenameRounds): Promise<Renamed> {
  const renames: RenameCandidate[] = [];
  const statements: StepStatement[] = [];
  let catalog = current;
  const run = async (more: readonly StepStatement[]): Promise<void> => {
    if (more.length === 0) return;
    statements.push(...more);
    catalog = await onCopy(async (session) => {
      for (const { sql } of more) await session.query(sql);
      return read(session);
    });
  };
  for (const find of [findRenamedWholes, findRenamedParts]) {
    const chosen = await choose(find(catalog, desired), renames);
    const schemas = new Set([...catalog.values()].filter(({ kind }) => kind === 'schema').map(({ name }) => name));
    renames.push(...chosen);
    await run(chosen.flatMap((rename) => statementsOf(rename, schemas)));
  }
  for (const find of [findNamesThatFollow, typesToSetAside]) await run(find(catalog, desired));
  return { renames, statements, catalog };
}

function statementsOf(rename: RenameCandidate, schemas: ReadonlySet<string>): readonly StepStatement[] {
  const comment = `A rename: code that still uses the old name of ${rename.from} fails from here on.`;
  return renameSql(rename, schemas).map((statement, index) => (index === 0 ? { ...statement, comment } : statement));
}
