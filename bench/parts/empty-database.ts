import { compare } from '../compare.ts';
import { comparisonTable, type Part, type Table } from '../part.ts';
import { tinyRevisions } from '../peers/peer.ts';
import { startProxy } from '../proxy.ts';

/** A new environment: everything is pending. */
export const emptyDatabase: Part = {
  name: 'empty-database',
  about: 'tiny revisions on an empty database; the same over a network with 5 ms each way',
  run: async ({ server, peers, quick, folder }) => {
    const tools = peers.filter(({ name }) => !name.startsWith('bare node'));
    const tables: Table[] = [];
    for (const { count, delayMs } of [
      { count: quick ? 100 : 500, delayMs: 0 },
      { count: 50, delayMs: 5 },
    ]) {
      const proxy = await startProxy({ host: '127.0.0.1', port: server.address.port }, delayMs);
      const trips = new Map<string, number>();
      const contenders = await Promise.all(
        tools.map(async (peer, index) => {
          const home = await folder(`empty_${delayMs}_${index}`);
          await peer.write(home, tinyRevisions(count));
          const database = `empty_${delayMs}_${index}`;
          let before = 0;
          return {
            name: peer.name,
            prepare: async () => {
              await server.recreate(database);
              before = proxy.roundTrips();
            },
            command: () => peer.up(home, server.url(database, delayMs === 0 ? undefined : proxy.port)),
            countTrips: () => trips.set(peer.name, proxy.roundTrips() - before),
          };
        }),
      );
      const counted = contenders.map((contender, index) => ({
        ...contender,
        // The trips of a run are known when the next one is prepared.
        prepare: async () => {
          contenders[(index + contenders.length - 1) % contenders.length]?.countTrips();
          await contender.prepare();
        },
      }));
      const results = await compare(counted, { rounds: quick ? 2 : 5 });
      contenders.at(-1)?.countTrips();
      await proxy.close();
      const network = delayMs === 0 ? '' : `, ${delayMs} ms each way`;
      const about = `${count} revisions of one CREATE TABLE each, on an empty database${network}. psql runs one script with the same transactions.`;
      const table = comparisonTable({ title: `${count} tiny revisions${network}`, about }, results, 'psql, one script');
      tables.push(
        delayMs === 0
          ? table
          : {
              ...table,
              columns: [...table.columns, 'round trips'],
              rows: table.rows.map((row) => [...row, String(trips.get(row[0] ?? '') ?? '')]),
            },
      );
    }
    return tables;
  },
};
