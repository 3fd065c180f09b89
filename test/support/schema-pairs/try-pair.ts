import { inject } from 'vitest';

import { autogenerate, type Proposal } from '../../../src/authoring/autogenerate/autogenerate.ts';
import {
  withScratchServer,
  type ScratchDatabase,
  type ScratchServer,
} from '../../../src/authoring/scratch/scratch-server.ts';
import { withScratchSession } from '../../../src/authoring/scratch/scratch-session.ts';
import { canDump, dumpSchema } from '../dump-schema.ts';
import type { SchemaPair } from './schema-pair.ts';

/** What became of one direction of a pair. */
export interface Attempt {
  readonly objections: readonly string[];
  /** Everything that was generated, for the message of a failure. */
  readonly sql: string;
  /** pg_dump's view of a proof: what must be equal to what. */
  readonly dumps: { readonly expected: unknown; readonly found: unknown };
}

/** Generates both directions, and where there is a proof runs it and lets pg_dump judge what came of it. */
export async function tryPair({ common = '', one, other, usings = [] }: SchemaPair): Promise<{
  readonly forth: Attempt;
  readonly back: Attempt;
}> {
  const { host, port, user, password } = inject('server');
  const shadowUrl = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/postgres`;
  const machine = { platform: '', arch: '', uid: 0, pid: 1, isAlive: () => true };
  return withScratchServer({ shadowUrl, environment: {}, machine, temporaryDirectory: '' }, async (server) => {
    const [first, second] = [await makeSide(server, common + one), await makeSide(server, common + other)];
    return {
      forth: await tryWay(server, { from: first, to: second, usings }),
      back: await tryWay(server, { from: second, to: first, usings }),
    };
  });
}

interface Side {
  readonly sql: string;
  readonly database: ScratchDatabase;
  readonly dump: readonly string[];
}

async function makeSide(server: ScratchServer, sql: string): Promise<Side> {
  const database = await server.createDatabase();
  await withScratchSession(database.connection, (session) => session.query(sql));
  return { sql, database, dump: canDump ? await dumpSchema(database.connection) : [] };
}

async function tryWay(
  server: ScratchServer,
  { from, to, usings }: { readonly from: Side; readonly to: Side; readonly usings: readonly string[] },
): Promise<Attempt> {
  const proposal = await autogenerate({
    server,
    current: from.database,
    desiredTexts: [{ name: 'desired', text: `${to.sql}\n;` }],
    scope: { ignoredSchemas: [] },
    decisions: {
      chooseRenames: () => Promise.resolve([]),
      refuseUnusedRenames: () => undefined,
      askUsing: undefined,
      usings: usings.map((text) => ({
        column: text.split('=')[0] ?? '',
        expression: text.slice(text.indexOf('=') + 1),
      })),
      plain: false,
    },
  });
  const { objections, steps, remaining } = proposal;
  const attempt = { objections, sql: scriptOf(proposal), dumps: { expected: [], found: [] } };
  if (objections.length > 0) return attempt;
  if (remaining.length > 0) throw new Error('a proof with something that remains');
  if (!canDump) return attempt;
  const trial = await server.createDatabase({ copyOf: from.database });
  for (const { statements, transactional } of steps) await run(trial, statements, transactional ? 'whole' : 'single');
  const after = await dumpSchema(trial.connection);
  for (const { down, transactional } of steps.toReversed()) await run(trial, down, transactional ? 'whole' : 'single');
  const back = await dumpSchema(trial.connection);
  return { ...attempt, dumps: { expected: { after: to.dump, back: from.dump }, found: { after, back } } };
}

async function run(
  { connection }: ScratchDatabase,
  statements: readonly { readonly sql: string }[],
  mode: 'whole' | 'single',
): Promise<void> {
  await withScratchSession(connection, async (session) => {
    if (mode === 'whole') await session.query('BEGIN');
    for (const { sql } of statements) await session.query(sql);
    if (mode === 'whole') await session.query('COMMIT');
  });
}

function scriptOf({ steps, plainBecause }: Proposal): string {
  const list = (statements: readonly { readonly sql: string }[]): string =>
    statements.map(({ sql }) => `${sql};`).join('\n');
  return [
    ...steps.map(({ phase, statements, down }) => `-- ${phase}\n${list(statements)}\n-- and back\n${list(down)}`),
    ...plainBecause.map((reason) => `-- in the short form because: ${reason}`),
  ].join('\n');
}
