import { compare, type Contender } from '../compare.ts';
import { execute } from '../measure.ts';
import { comparisonTable, figuresOf, ratioOf, type Bench, type Part, type Table } from '../part.ts';
import type { InstalledPeer } from '../peers/all.ts';
import { alembics } from '../peers/alembic.ts';
import { bareNode } from '../peers/floor.ts';
import { asInImage, ours } from '../peers/ours.ts';
import { tinyRevisions } from '../peers/peer.ts';
import { quarterCpu } from '../quarter-cpu.ts';

const amounts = {
  full: [
    { count: 500, rounds: 7, throttledRounds: 7 },
    { count: 5_000, rounds: 3, throttledRounds: 2 },
  ],
  quick: [{ count: 100, rounds: 2, throttledRounds: 1 }],
  tiny: [{ count: 2, rounds: 1, throttledRounds: 1 }],
};

/** Every run of every pipeline: all is applied already. */
export const nothingPending: Part = {
  name: 'nothing-pending',
  about: 'nothing to do, with 500 and with 5,000 revisions applied, at full speed and at 0.25 vCPU',
  run: async (bench) => {
    const tables: Table[] = [];
    let figures = {};
    for (const { count, rounds, throttledRounds } of amounts[bench.size]) {
      const contenders = await prepared(bench, count);
      const notes = leftOut(bench, count);
      const amount = count.toLocaleString('en');
      const about = `${amount} revisions are applied and on disk; the tool finds that nothing is pending.`;
      const title = `Nothing pending, ${amount} applied`;
      tables.push(comparisonTable({ title, about, notes }, await compare(contenders, { rounds }), bareNode.name));
      const limit = await quarterCpu();
      if (limit === undefined) {
        const reason = 'Not measured: this machine lets us make no control group (it needs root on Linux).';
        tables.push({ title: `${title}, 0.25 vCPU`, about, columns: ['tool'], rows: [], notes: [reason] });
        continue;
      }
      const inTasks = contenders.map((contender) =>
        contender.name === ours.name
          ? { ...contender, command: async () => asInImage(await contender.command()) }
          : contender,
      );
      const results = await compare(inTasks, { rounds: throttledRounds, throttle: limit.throttle });
      await limit.release();
      const aboutTasks = `${about} Ours gets the options of Node that the image starts it with.`;
      const throttled = { title: `${title}, 0.25 vCPU`, about: aboutTasks, notes };
      tables.push(comparisonTable(throttled, results, bareNode.name));
      if (count > 500) continue;
      const besideAlembic = alembics.map(({ name }) => ratioOf(results, ours.name, name) ?? Number.NaN);
      figures = figuresOf({
        'check-over-bare-node': ratioOf(results, ours.name, bareNode.name),
        'check-over-alembic': Math.max(...besideAlembic.filter((ratio) => !Number.isNaN(ratio))),
      });
    }
    return { tables, figures };
  },
};

async function prepared({ server, peers, folder, size }: Bench, count: number): Promise<readonly Contender[]> {
  const revisions = tinyRevisions(count);
  const contenders: Contender[] = [];
  for (const [index, peer] of peers.entries()) {
    if (isLeftOut(peer, { size, count })) continue;
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

function isLeftOut(
  { isSlow = false }: InstalledPeer,
  amount: Pick<Bench, 'size'> & { readonly count: number },
): boolean {
  return isSlow && (amount.size === 'quick' || amount.count > 500);
}

function leftOut({ peers, size }: Bench, count: number): readonly string[] {
  return peers
    .filter((peer) => isLeftOut(peer, { size, count }))
    .map(({ name }) => `${name} is left out: applying the revisions alone would take it minutes.`);
}
