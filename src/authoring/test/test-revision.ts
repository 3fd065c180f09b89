import type { RevisionFile } from '../../runner/files/read-revisions.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs } from '../catalog/compare-catalogs.ts';
import { formatDifferences } from '../catalog/format-differences.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { ScratchDatabase } from '../scratch/scratch-server.ts';
import { withScratchHint } from '../scratch/scratch-hint.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { Surroundings } from '../surroundings.ts';
import { compareRows, readRows, type Rows } from './rows.ts';

/** What was found of one revision. */
export interface Verdict {
  readonly name: string;
  /** `irreversible`: it has no down, which is allowed. */
  readonly outcome: 'proved' | 'irreversible' | 'failed';
  readonly problems: readonly string[];
  /** What is no fault of it, but good to know. */
  readonly remarks: readonly string[];
}

export interface Bench {
  readonly directory: string;
  readonly historySchema: string;
  readonly replay: Surroundings['replay'];
  /** Whether there are seeds, and so rows to watch. */
  readonly watchRows: boolean;
  /** A new database with everything up to and including this revision. */
  readonly rebuild: (revision: RevisionFile) => Promise<ScratchDatabase>;
}

export interface TestedRevision {
  readonly verdict: Verdict;
  /** The schema with it. */
  readonly after: Catalog;
  /** Another one than before when what its down forgot stood in the way. */
  readonly database: ScratchDatabase;
}

interface Position {
  readonly database: ScratchDatabase;
  readonly before: Catalog;
  /** Id of the revision before it, or `base`. */
  readonly previous: string;
}

/**
 * Takes one revision up, down and up again and compares schema, and rows, at each step.
 * @throws RevisionError when it cannot be applied at all.
 */
export async function testRevision(
  revision: RevisionFile,
  { database, before, previous }: Position,
  bench: Bench,
): Promise<TestedRevision> {
  const { replay, directory: migrations } = bench;
  const { connection } = database;
  const { name } = revision;
  const up = (): Promise<void> => replay.upgrade({ connection, migrations, target: revision.id });
  const rowsBefore = await rowsOf(database, bench);
  await withScratchHint(up);
  const after = await catalogOf(database, bench);
  const down = await outcomeOf(() => replay.downgrade({ connection, migrations, target: previous }));
  if (down?.code === 'irreversible')
    return { verdict: { name, outcome: 'irreversible', problems: [], remarks: [] }, after, database };
  // Where it stopped is no place to go on from.
  const afresh = async (problems: readonly string[]): Promise<TestedRevision> => {
    const fresh = await bench.rebuild(revision);
    return {
      verdict: { name, outcome: 'failed', problems, remarks: [] },
      after: await catalogOf(fresh, bench),
      database: fresh,
    };
  };
  if (down !== undefined) return afresh([`its down fails: ${down.message}`]);
  const back = difference(
    'after its down, the schema is not the one before it',
    before,
    await catalogOf(database, bench),
  );
  const losses = compareRows(rowsBefore, await rowsOf(database, bench), after);
  const again = await outcomeOf(up);
  if (again !== undefined) return afresh([...back, ...losses.problems, `its second up fails: ${again.message}`]);
  const problems = [
    ...back,
    ...losses.problems,
    ...difference(
      'after its second up, the schema is not the one of the first',
      after,
      await catalogOf(database, bench),
    ),
  ];
  const outcome = problems.length === 0 ? 'proved' : 'failed';
  return { verdict: { name, outcome, problems, remarks: losses.remarks }, after, database };
}

export function catalogOf(
  { connection }: ScratchDatabase,
  { historySchema }: Pick<Bench, 'historySchema'>,
): Promise<Catalog> {
  return withScratchSession(connection, (session) => readCatalog(session, { ignoredSchemas: [historySchema] }));
}

async function rowsOf({ connection }: ScratchDatabase, { watchRows, historySchema }: Bench): Promise<Rows> {
  return watchRows ? withScratchSession(connection, (session) => readRows(session, historySchema)) : new Map();
}

async function outcomeOf(
  work: () => Promise<void>,
): Promise<{ readonly code: string; readonly message: string } | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { code: 'code' in error ? String(error.code) : '', message: error.message };
  }
}

function difference(what: string, expected: Catalog, actual: Catalog): readonly string[] {
  const differences = compareCatalogs(expected, actual);
  return differences.length === 0 ? [] : [[`${what}:`, ...formatDifferences(differences)].join('\n')];
}
