import { MigrationError, Umzug } from 'umzug';

/** What the engine needs of a revision. */
export interface EngineRevision {
  readonly id: string;
  /** Runs it, and changes the record in the same transaction. */
  readonly run: () => Promise<void>;
}

export interface EngineRun {
  readonly direction: 'up' | 'down';
  /** In the order in which they are to run. */
  readonly revisions: readonly EngineRevision[];
  /** Ids in the record as this run left it. */
  readonly recorded: () => ReadonlySet<string>;
}

/**
 * Lets umzug run a list that we planned, one revision after the other, until one fails.
 * The record is written inside each revision's own transaction; umzug's storage, which it calls after the migration in a
 * second step (umzug 3.8.3, umzug.ts:249-270), therefore only asserts that the record agrees.
 * @throws what the failing revision threw, out of umzug's MigrationError.
 */
export async function runInUmzug({ direction, revisions, recorded }: EngineRun): Promise<void> {
  const expectRecorded = (id: string, present: boolean): Promise<void> => {
    if (recorded().has(id) === present) return Promise.resolve();
    return Promise.reject(new Error(`The record ${present ? 'lacks' : 'still has'} revision ${id} after it ran`));
  };
  const umzug = new Umzug({
    logger: undefined,
    context: {},
    migrations: revisions.map(({ id, run }) => ({ name: id, up: run, down: run })),
    storage: {
      executed: () => Promise.resolve([...recorded()]),
      logMigration: ({ name }) => expectRecorded(name, true),
      unlogMigration: ({ name }) => expectRecorded(name, false),
    },
  });
  // An explicit list: `to`, `step` and "all pending" would let umzug decide what runs.
  const migrations = revisions.map(({ id }) => id);
  try {
    if (direction === 'up') await umzug.up({ migrations });
    else await umzug.down({ migrations });
  } catch (error) {
    throw error instanceof MigrationError ? error.cause : error;
  }
}
