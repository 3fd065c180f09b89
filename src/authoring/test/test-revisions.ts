import { exitCodes } from '../../contract/exit-codes.ts';
import { monotonicMs } from '../../contract/monotonic.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import { readRevisions, type RevisionFile } from '../../runner/files/read-revisions.ts';
import { findTarget } from '../../runner/history/find-target.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { withScratchHint } from '../scratch/scratch-hint.ts';
import { withScratchServer, type ScratchDatabase, type ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { AuthoringAnswer, Surroundings } from '../surroundings.ts';
import { formatTest } from './format-test.ts';
import { differentHeads, type Start } from './same-head.ts';
import { readSeeds, type Seeds } from './seed.ts';
import { catalogOf, testRevision, type Bench, type Verdict } from './test-revision.ts';

export interface TestRevisions {
  readonly directory: string;
  readonly historySchema: string;
  /** Only revisions behind this one are tested. */
  readonly since: string | undefined;
  readonly surroundings: Surroundings;
  /** Is told how far it is, every few seconds. */
  readonly tell: (text: string) => void;
}

/** How many earlier revisions an upgrade to the head is tried from: each costs a database. */
const mostStarts = 10;
const tellEveryMs = 3_000;

/**
 * Takes every revision up, down and up again on a scratch database, and compares the schemas at each step: a down must lead
 * back exactly, a second up to the schema of the first. Then upgrades to the head from base and from earlier revisions in one
 * run each, which must lead to one schema. Answers 11 when something does not.
 * @throws AppError for an unreadable folder or seed file, and RevisionError when a revision cannot be applied at all.
 */
export async function testRevisions(asked: TestRevisions): Promise<AuthoringAnswer<AnswerDocument<'test'>>> {
  const { directory, since, surroundings } = asked;
  const { revisions } = await readRevisions(directory);
  const first = since === undefined ? 0 : findTarget(since, { revisions, currentIndex: 0 });
  const seeds = await readSeeds(directory, revisions);
  return withScratchServer(surroundings.scratch, async (server) => {
    const { verdicts, starts, head } = await testEach(server, { asked, revisions, first, seeds });
    const { historySchema } = asked;
    const heads = await differentHeads({
      starts,
      expected: head,
      directory,
      historySchema,
      replay: surroundings.replay,
    });
    const all = blameInvalidIndexes(verdicts, head);
    const passed = heads.length === 0 && all.every(({ outcome }) => outcome !== 'failed');
    const document = {
      passed,
      revisions: all.map(({ firstInvalid: _none, ...verdict }) => verdict),
      heads: { tried: starts.map(({ at }) => at), problems: heads },
      server: server.label,
    };
    return { exitCode: passed ? exitCodes.done : exitCodes.differenceFound, text: formatTest(document), document };
  });
}

interface Tests {
  readonly asked: TestRevisions;
  readonly revisions: readonly RevisionFile[];
  readonly first: number;
  readonly seeds: Seeds;
}

/** A verdict, and the INVALID indexes that the revision brought. */
interface Found extends Verdict {
  readonly firstInvalid: readonly string[];
}

async function testEach(
  server: ScratchServer,
  { asked, revisions, first, seeds }: Tests,
): Promise<{ readonly verdicts: readonly Found[]; readonly starts: readonly Start[]; readonly head: Catalog }> {
  const { directory, historySchema, surroundings, tell } = asked;
  const { replay } = surroundings;
  let database = await server.createDatabase();
  const starts: Start[] = [{ at: 'base', database: await server.createDatabase() }];
  const bench: Bench = {
    directory,
    historySchema,
    replay,
    watchRows: seeds.size > 0,
    rebuild: async (revision) => {
      const fresh = await server.createDatabase();
      await replay.upgrade({ connection: fresh.connection, migrations: directory, target: revision.id });
      return fresh;
    },
  };
  const newest = revisions[first - 1];
  if (newest !== undefined)
    await withScratchHint(() =>
      replay.upgrade({ connection: database.connection, migrations: directory, target: newest.id }),
    );
  let before = await catalogOf(database, bench);
  const verdicts: Found[] = [];
  let told = monotonicMs();
  for (const [index, revision] of revisions.entries()) {
    if (index < first) continue;
    const previous = revisions[index - 1]?.id ?? 'base';
    const tested = await testRevision(revision, { database, before, previous }, bench);
    ({ database } = tested);
    await loadSeed(database, seeds.get(revision.id));
    verdicts.push({
      ...tested.verdict,
      firstInvalid: invalidIndexes(tested.after).filter((name) => !invalidIndexes(before).includes(name)),
    });
    before = tested.after;
    const left = revisions.length - 1 - index;
    if (left > 0 && left <= mostStarts)
      starts.push({ at: revision.name, database: await server.createDatabase({ copyOf: database }) });
    if (monotonicMs() - told >= tellEveryMs) {
      told = monotonicMs();
      tell(`${index + 1 - first} of ${revisions.length - first} revisions are tested.`);
    }
  }
  return { verdicts, starts, head: before };
}

async function loadSeed({ connection }: ScratchDatabase, sql: string | undefined): Promise<void> {
  if (sql !== undefined) await withScratchSession(connection, (session) => session.query(sql));
}

function invalidIndexes(catalog: Catalog): readonly string[] {
  return [...catalog.values()]
    .filter(({ kind, properties }) => kind === 'index' && properties['valid'] === 'no')
    .map(({ name }) => name);
}

/** An index may be INVALID on the way (it waits for its partitions); at the head it is a fault of whoever brought it. */
function blameInvalidIndexes(verdicts: readonly Found[], head: Catalog): readonly Found[] {
  const left = invalidIndexes(head);
  return verdicts.map((verdict) => {
    const own = verdict.firstInvalid.filter((name) => left.includes(name));
    if (own.length === 0) return verdict;
    const problem = `it leaves ${own.join(', ')} INVALID: kept up by every write, used by no query`;
    return { ...verdict, outcome: 'failed', problems: [...verdict.problems, problem] };
  });
}
