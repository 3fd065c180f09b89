import { describe, expect, it, onTestFinished } from 'vitest';

import { readCatalog } from '../../support/catalog.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { faultRevisions } from '../../support/fault-revisions.ts';
import { startMessageProxy, type MessageProxy, type Sender } from '../../support/message-proxy.ts';
import { createProject, type MigrationProject } from '../../support/migrations.ts';
import type { ProgramResult } from '../../support/programs.ts';
import { untruths } from '../../support/said-truth.ts';

/**
 * `WUMBO_SWEEP=all npm test` cuts at every message, `WUMBO_SWEEP=17` at the 17th alone. Without it: in CI at every one that the
 * client sends in an upgrade, at every third in a downgrade, and at every eighth of the server's, which come in bursts that are
 * one chunk to the client (four minutes in all); elsewhere at a few; beginning at a random one.
 */
const wanted = process.env['WUMBO_SWEEP'];
const workers = 3;
const files = Object.keys(faultRevisions).map((name) => name.replace(/\.\w+$/, ''));

describe.each([
  ['upgrade', 'up', ['upgrade']],
  ['downgrade', 'down', ['downgrade', 'base']],
] as const)('%s, cut at the k-th message for every k', (_name, direction, command) => {
  it.each(['client', 'server'] as const)(
    'from the %s: what it says is true, and a rerun leaves what an uninterrupted run leaves, each revision recorded once',
    async (sender) => {
      const project = await createProject(faultRevisions);
      const template = await createDatabase();
      if (direction === 'down') await run(project, template, ['upgrade']);
      const sweep = { project, direction, command, template: template.name } as const;
      const whole = await uninterrupted(sweep, sender);
      expect(whole.messages).toBeGreaterThan(40);
      const step = stepOf(direction, sender);
      const points = step === undefined ? [Number(wanted)] : pointsOf(whole.messages, step);
      const wrong: string[] = [];
      const work = async (): Promise<void> => {
        const proxy = await startProxy(template);
        for (let k = points.shift(); k !== undefined; k = points.shift())
          wrong.push(...(await cutOnce({ ...sweep, proxy }, { sender, k }, whole.left)));
      };
      await Promise.all(Array.from({ length: workers }, work));
      expect(wrong).toEqual([]);
    },
    1_200_000,
  );
});

/** Every how many messages the connection is cut; `undefined` when one is asked for. */
function stepOf(direction: 'up' | 'down', sender: Sender): number | undefined {
  if (wanted === 'all') return 1;
  if (wanted !== undefined) return undefined;
  if (process.env['CI'] !== 'true') return sender === 'client' ? 20 : 40;
  if (sender === 'server') return 8;
  return direction === 'up' ? 1 : 3;
}

function pointsOf(messages: number, step: number): number[] {
  const first = 1 + Math.floor(Math.random() * step);
  return Array.from({ length: Math.ceil((messages - first + 1) / step) }, (_, index) => first + index * step);
}

interface Sweep {
  readonly project: MigrationProject;
  readonly direction: 'up' | 'down';
  readonly command: readonly string[];
  readonly template: string;
}

async function uninterrupted(sweep: Sweep, sender: Sender): Promise<{ messages: number; left: unknown }> {
  const database = await createDatabase({ template: sweep.template });
  const proxy = await startProxy(database);
  const { exitCode, stderr } = await run(sweep.project, database, sweep.command, proxy.port);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return { messages: proxy.counted()[sender], left: await leftBehind(database) };
}

/** Answers what was wrong, with the place of the cut in front. */
async function cutOnce(
  sweep: Sweep & { readonly proxy: MessageProxy },
  { sender, k }: { readonly sender: Sender; readonly k: number },
  whole: unknown,
): Promise<readonly string[]> {
  const { project, direction, command, proxy, template } = sweep;
  const database = await createDatabase({ template });
  const before = await recorded(database);
  proxy.cutAt(sender, k);
  const result = await run(project, database, [...command, '--wait-for-database', '3s'], proxy.port);
  await sessionsGone(database);
  const after = await recorded(database);
  const found = [...untruths({ direction, result, files, before, after })];
  const rerun = await run(project, database, command);
  if (rerun.exitCode !== 0)
    found.push(`the rerun ends with ${rerun.exitCode}: ${rerun.stdout.split('\n').slice(-3).join('\n')}`);
  try {
    expect(await leftBehind(database)).toEqual(whole);
  } catch (error) {
    found.push(`the rerun leaves something else: ${(error as Error).message}`);
  }
  await database.drop();
  return found.map((text) => `${sender} message ${k}: ${text}\n${result.stdout.split('\n').slice(-3).join('\n')}`);
}

async function startProxy({ url }: TestDatabase): Promise<MessageProxy> {
  const proxy = await startMessageProxy(Number(new URL(url).port));
  onTestFinished(proxy.close);
  return proxy;
}

function run(
  { migrate }: MigrationProject,
  { url }: TestDatabase,
  args: readonly string[],
  port?: number,
): Promise<ProgramResult> {
  const address = new URL(url);
  if (port !== undefined) address.port = String(port);
  // The second connection begins to watch after a third of the lock timeout.
  const env = { DATABASE_URL: address.href, MIGRATE_CONTAINER: 'true', MIGRATE_LOCK_TIMEOUT: '240ms' };
  return migrate(args, { env });
}

/** Names in the record, in their order; none when there is no record yet. */
async function recorded(database: TestDatabase): Promise<readonly string[]> {
  const [found] = await database.query<{ there: boolean }>(
    "SELECT to_regclass('migrations.history') IS NOT NULL AS there",
  );
  if (found?.there !== true) return [];
  const rows = await database.query<{ name: string }>('SELECT name FROM migrations.history ORDER BY revision');
  return rows.map(({ name }) => name);
}

/** Until every backend of a run has noticed that its client is gone. */
async function sessionsGone(database: TestDatabase): Promise<void> {
  for (;;) {
    const left = await database.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'wumbo-migrations%'",
    );
    if (left.length === 0) return;
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** Schema, data and record as far as they must not depend on interruptions. */
async function leftBehind(database: TestDatabase): Promise<unknown> {
  const [tables] = await database.query<{ plain: boolean; copied: boolean }>(
    "SELECT to_regclass('plain') IS NOT NULL AS plain, to_regclass('copied') IS NOT NULL AS copied",
  );
  return {
    catalog: await readCatalog(database),
    plain: tables?.plain ? await database.query('SELECT * FROM plain ORDER BY id') : undefined,
    copied: tables?.copied ? await database.query('SELECT * FROM copied ORDER BY id') : undefined,
    record: await database.query(
      'SELECT revision, name, checksum, up_body, down_body FROM migrations.history ORDER BY sequence',
    ),
    journal: await database.query('SELECT * FROM migrations.journal'),
    events: await database.query(
      "SELECT event, revision, count(*)::int AS times FROM migrations.events WHERE event <> 'failure' GROUP BY 1, 2 ORDER BY 1, 2",
    ),
  };
}
