import { join } from 'node:path';

import { compare, type Contender } from '../compare.ts';
import { execute, type Command } from '../measure.ts';
import { comparisonTable, figuresOf, ratioOf, type Bench, type Part, type Table } from '../part.ts';
import type { InstalledPeer } from '../peers/all.ts';
import { bareNode, psql, runFile } from '../peers/floor.ts';
import { ours, writeTransactions } from '../peers/ours.ts';
import { tinyRevisions } from '../peers/peer.ts';
import { startProxy } from '../proxy.ts';

const amounts = {
  full: { near: { count: 500, rounds: 5 }, distant: { count: 50, rounds: 3 } },
  quick: { near: { count: 50, rounds: 2 }, distant: { count: 20, rounds: 1 } },
  tiny: { near: { count: 3, rounds: 1 }, distant: { count: 3, rounds: 1 } },
};
const delayMs = 5;
const sameTransactions = 'psql, our transactions';

/** A new environment: everything is pending. */
export const emptyDatabase: Part = {
  name: 'empty-database',
  about: 'tiny revisions on an empty database; the same with 5 ms each way, and its round trips counted',
  run: async (bench) => {
    const { near, distant } = amounts[bench.size];
    const tools = bench.peers.filter((peer) => peer.name !== bareNode.name && !(peer.isSlow && bench.size === 'quick'));
    const nearby = await measureNear(bench, tools, near);
    const away = await measureDistant(bench, tools, distant);
    return {
      tables: [nearby.table, away.table],
      figures: figuresOf({
        'tiny-over-psql': ratioOf(nearby.results, ours.name, sameTransactions),
        'tiny-over-lean-psql': ratioOf(nearby.results, ours.name, psql.name),
        'distant-over-psql': ratioOf(away.results, ours.name, psql.name),
        'trips-per-revision': away.tripsPerRevision.get(ours.name),
      }),
    };
  },
};

interface Amount {
  readonly count: number;
  readonly rounds: number;
}

type Results = Awaited<ReturnType<typeof compare>>;

async function measureNear(
  { server, folder }: Bench,
  tools: readonly InstalledPeer[],
  { count, rounds }: Amount,
): Promise<{ readonly results: Results; readonly table: Table }> {
  const contenders: Contender[] = [];
  for (const [index, peer] of tools.entries()) {
    const prefix = `near_${index}`;
    const home = await folder(prefix);
    await peer.write(home, tinyRevisions(count));
    contenders.push(inNewDatabase(server, peer.name, { prefix, command: (url) => peer.up(home, url) }));
    if (peer.name !== ours.name) continue;
    const file = join(home, 'same.sql');
    await writeTransactions(home, file);
    contenders.push(inNewDatabase(server, sameTransactions, { prefix, command: (url) => runFile(file, url) }));
  }
  const results = await compare(contenders, { rounds });
  const about = `${count} revisions of one CREATE TABLE each, on an empty database. psql runs one script, with a record of an id and a time, and once the transactions that our --sql prints, which keep the same record; knex, kysely and drizzle put all of them into one.`;
  return { results, table: comparisonTable({ title: `${count} tiny revisions`, about }, results, psql.name) };
}

function inNewDatabase(
  server: Bench['server'],
  name: string,
  { prefix, command }: { readonly prefix: string; readonly command: (url: string) => Command },
): Contender {
  let database = '';
  return {
    name,
    prepare: async () => {
      database = await server.create(prefix);
    },
    command: () => command(server.url(database)),
  };
}

/** Through a proxy that holds back and counts. What connecting and the record's tables cost is found with a run of one revision. */
async function measureDistant(
  { server, folder }: Bench,
  tools: readonly InstalledPeer[],
  { count, rounds }: Amount,
): Promise<{
  readonly results: Results;
  readonly table: Table;
  readonly tripsPerRevision: ReadonlyMap<string, number>;
}> {
  const proxy = await startProxy({ host: server.address.host, port: server.address.port }, delayMs);
  const trips = new Map<string, number>();
  const tripsOfOne = new Map<string, number>();
  try {
    const contenders: Contender[] = [];
    for (const [index, peer] of tools.entries()) {
      const prefix = `distant_${index}`;
      const home = await folder(prefix);
      const homeOfOne = await folder(`${prefix}_one`);
      await peer.write(home, tinyRevisions(count));
      await peer.write(homeOfOne, tinyRevisions(1));
      const newDatabase = async (): Promise<string> => server.url(await server.create(prefix), proxy.port);
      let before = 0;
      let url = '';
      contenders.push({
        name: peer.name,
        prepare: async () => {
          if (!tripsOfOne.has(peer.name)) {
            const urlOfOne = await newDatabase();
            before = proxy.roundTrips();
            await execute(peer.up(homeOfOne, urlOfOne));
            tripsOfOne.set(peer.name, proxy.roundTrips() - before);
          }
          url = await newDatabase();
          before = proxy.roundTrips();
        },
        command: () => peer.up(home, url),
        inspect: () => void trips.set(peer.name, proxy.roundTrips() - before),
      });
    }
    const results = await compare(contenders, { rounds });
    const tripsPerRevision = new Map(
      [...trips].map(([name, all]) => [name, (all - (tripsOfOne.get(name) ?? 0)) / (count - 1)]),
    );
    const title = `${count} tiny revisions, ${delayMs} ms each way`;
    const about = `${count} revisions of one CREATE TABLE each, on an empty database, through a proxy that holds everything back for ${delayMs} ms each way. Round trips: how often the client spoke after the server had.`;
    const table = comparisonTable({ title, about }, results, psql.name);
    return {
      results,
      tripsPerRevision,
      table: {
        ...table,
        columns: [...table.columns, 'round trips', 'a revision'],
        rows: table.rows.map((row) => {
          const [name = ''] = row;
          return [...row, String(trips.get(name) ?? ''), tripsPerRevision.get(name)?.toFixed(1) ?? ''];
        }),
      },
    };
  } finally {
    await proxy.close();
  }
}
