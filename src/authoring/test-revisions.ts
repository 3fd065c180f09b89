import { exitCodes } from '../contract/exit-codes.ts';
import type { AnswerDocument } from '../runner/documents.ts';
import { readRevisions, type RevisionFile } from '../runner/files/read-revisions.ts';
import type { Catalog } from './catalog/catalog.ts';
import { compareCatalogs } from './catalog/compare-catalogs.ts';
import { formatDifferences } from './catalog/format-differences.ts';
import { readCatalog } from './catalog/read-catalog.ts';
import { withScratchHint } from './scratch/scratch-hint.ts';
import { withScratchServer, type ScratchDatabase } from './scratch/scratch-server.ts';
import { withScratchSession } from './scratch/scratch-session.ts';
import type { AuthoringAnswer, Surroundings } from './surroundings.ts';

export interface TestRevisions {
  readonly directory: string;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

/** What was found of one revision. */
interface Verdict {
  readonly name: string;
  /** `irreversible`: it has no down, which is allowed. */
  readonly outcome: 'proved' | 'irreversible' | 'failed';
  readonly problems: readonly string[];
}

/**
 * Takes every revision up, down and up again on a scratch database, and compares the catalogs at each step: a down must lead
 * back exactly, and a second up to the same schema as the first. Answers 11 when one does not.
 * @throws AppError for an unreadable folder, and RevisionError when a revision cannot be applied at all.
 */
export async function testRevisions({
  directory,
  historySchema,
  surroundings,
}: TestRevisions): Promise<AuthoringAnswer<AnswerDocument<'test'>>> {
  const { revisions } = await readRevisions(directory);
  return withScratchServer(surroundings.scratch, async (server) => {
    const database = await server.createDatabase();
    const read = (): Promise<Catalog> =>
      withScratchSession(database.connection, (session) => readCatalog(session, { ignoredSchemas: [historySchema] }));
    const verdicts: Verdict[] = [];
    let before = await read();
    for (const [index, revision] of revisions.entries()) {
      const tested = await testRevision(revision, {
        run: { database, directory, previous: revisions[index - 1]?.id ?? 'base' },
        before,
        read,
        surroundings,
      });
      verdicts.push(tested.verdict);
      before = tested.after;
    }
    const failed = verdicts.filter(({ outcome }) => outcome === 'failed');
    return {
      exitCode: failed.length === 0 ? exitCodes.done : exitCodes.differenceFound,
      text: [...verdicts.flatMap(formatVerdict), summary(verdicts, server.label)].join('\n'),
      document: { passed: failed.length === 0, revisions: verdicts, server: server.label },
    };
  });
}

interface Tested {
  readonly run: { readonly database: ScratchDatabase; readonly directory: string; readonly previous: string };
  readonly before: Catalog;
  readonly read: () => Promise<Catalog>;
  readonly surroundings: Surroundings;
}

async function testRevision(
  revision: RevisionFile,
  { run, before, read, surroundings: { replay } }: Tested,
): Promise<{ readonly verdict: Verdict; readonly after: Catalog }> {
  const { database, directory, previous } = run;
  const at = { connection: database.connection, migrations: directory };
  const up = (): Promise<void> => replay.upgrade({ ...at, target: revision.id });
  const { name } = revision;
  await withScratchHint(up);
  const after = await read();
  const down = await outcomeOf(() => replay.downgrade({ ...at, target: previous }));
  if (down?.code === 'irreversible') return { verdict: { name, outcome: 'irreversible', problems: [] }, after };
  if (down !== undefined) return { verdict: failed(name, [`its down fails: ${down.message}`]), after };
  const back = difference('after its down, the schema is not the one before it', before, await read());
  const again = await outcomeOf(up);
  // What the first down forgot is in the way of the second up: only a fresh start could go on from here.
  if (again !== undefined)
    return {
      verdict: failed(name, [...back, `its second up fails: ${again.message}`]),
      after: await freshStart(revision, run, read, replay),
    };
  const problems = [
    ...back,
    ...difference('after its second up, the schema is not the one of the first', after, await read()),
  ];
  return { verdict: problems.length === 0 ? { name, outcome: 'proved', problems } : failed(name, problems), after };
}

async function freshStart(
  revision: RevisionFile,
  { database, directory }: Tested['run'],
  read: Tested['read'],
  replay: Surroundings['replay'],
): Promise<Catalog> {
  await withScratchSession(database.connection, async (session) => {
    const { rows } = await session.query<{ name: string }>(
      `SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`,
    );
    for (const { name } of rows) await session.query(`DROP SCHEMA ${name} CASCADE`);
    await session.query('CREATE SCHEMA public');
  });
  await replay.upgrade({ connection: database.connection, migrations: directory, target: revision.id });
  return read();
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

function failed(name: string, problems: readonly string[]): Verdict {
  return { name, outcome: 'failed', problems };
}

function difference(what: string, expected: Catalog, actual: Catalog): readonly string[] {
  const differences = compareCatalogs(expected, actual);
  return differences.length === 0 ? [] : [[`${what}:`, ...formatDifferences(differences)].join('\n')];
}

function formatVerdict({ name, outcome, problems }: Verdict): readonly string[] {
  const sign = { proved: '✓', irreversible: '–', failed: '✗' }[outcome];
  const remark = outcome === 'irreversible' ? ' has no down' : '';
  return [
    `${sign} ${name}${remark}`,
    ...problems.flatMap((problem) => problem.split('\n').map((line) => `    ${line}`)),
  ];
}

function summary(verdicts: readonly Verdict[], label: string): string {
  const count = (outcome: Verdict['outcome']): number =>
    verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const parts = [
    `${count('proved')} of ${verdicts.length} went up, down and up again without a difference`,
    ...(count('irreversible') > 0 ? [`${count('irreversible')} without a down`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
  ];
  return `${parts.join(', ')} (${label}).`;
}
