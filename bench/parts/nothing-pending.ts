import { compare, type Contender } from '../compare.ts';
import { execute } from '../measure.ts';
import { comparisonTable, type Bench, type Part, type Table } from '../part.ts';
import type { InstalledPeer } from '../peers/all.ts';
import { tinyRevisions } from '../peers/peer.ts';
import { quarterCpu } from '../quarter-cpu.ts';

/** Every run of every pipeline: all is applied already. */
export const nothingPending: Part = {
  name: 'nothing-pending',
  about: 'nothing to do, with 500 and with 5,000 revisions applied, at full speed and at 0.25 vCPU',
  run: async (bench) => {
    const tables: Table[] = [];
    for (const count of bench.quick ? [500] : [500, 5_000]) {
      const contenders = await prepared(bench, count);
      const rounds = bench.quick ? 3 : 5;
      const about = `${count} revisions are applied and on disk; the tool finds that nothing is pending.`;
      const reference = 'bare node + pg, 1 query';
      tables.push(
        comparisonTable(
          { title: `Nothing pending, ${count} applied`, about },
          await compare(contenders, { rounds }),
          reference,
        ),
      );
      const limit = await quarterCpu();
      if (limit === undefined) continue;
      const { throttle, release } = limit;
      const results = await compare(contenders, { rounds: bench.quick ? 2 : 3, throttle });
      await release();
      tables.push(
        comparisonTable({ title: `Nothing pending, ${count} applied, 0.25 vCPU`, about }, results, reference),
      );
    }
    return tables;
  },
};

async function prepared({ server, peers, folder }: Bench, count: number): Promise<readonly Contender[]> {
  const revisions = tinyRevisions(count);
  const contenders: Contender[] = [];
  for (const [index, peer] of peers.entries()) {
    const database = `pending_${count}_${index}`;
    const home = await folder(database);
    await server.recreate(database);
    const url = server.url(database);
    process.stderr.write(`    preparing ${peer.name}\n`);
    try {
      await peer.write(home, revisions);
      await execute(peer.up(home, url));
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      contenders.push({ name: peer.name, command: () => Promise.reject(failure) });
      continue;
    }
    contenders.push({ name: peer.name, command: () => commandOf(peer, home, url) });
  }
  return contenders;
}

function commandOf(peer: InstalledPeer, home: string, url: string): ReturnType<InstalledPeer['up']> {
  return (peer.nothingPending ?? peer.up)(home, url);
}
