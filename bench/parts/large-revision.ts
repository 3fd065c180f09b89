import { compare, type Contender } from '../compare.ts';
import { comparisonTable, figuresOf, ratioOf, type Bench, type Part, type Table } from '../part.ts';
import type { InstalledPeer } from '../peers/all.ts';
import { bareNode, psql } from '../peers/floor.ts';
import { ours } from '../peers/ours.ts';

const amounts = {
  full: { shared: 50, large: 100, rounds: 3 },
  quick: { shared: 2, large: 10, rounds: 1 },
  tiny: { shared: 0.01, large: 0.02, rounds: 1 },
};

/** A data load or a large seed. */
export const largeRevision: Part = {
  name: 'large-revision',
  about:
    'one revision of 50 MB of INSERT statements, by all; 100 MB of INSERT and of COPY, by those that read them as they go',
  run: async (bench) => {
    const { shared, large, rounds } = amounts[bench.size];
    const tools = bench.peers.filter(({ name }) => name !== bareNode.name);
    const streaming = tools.filter(({ takesCopyData = false }) => takesCopyData);
    const all = await measureLoad(bench, { name: 'shared', tools, body: inserts(shared), rounds });
    const inserted = await measureLoad(bench, { name: 'inserts', tools: streaming, body: inserts(large), rounds });
    const copied = await measureLoad(bench, { name: 'copy', tools: streaming, body: copyOf(large), rounds });
    const peakOf = ({ results }: typeof all): number | undefined =>
      results.find(({ name }) => name === ours.name)?.median?.peakMiB;
    return {
      tables: [
        all.table(`One revision of ${shared} MB`, `INSERT statements of ${statementBytes} bytes, in one transaction.`),
        inserted.table(`One revision of ${large} MB, INSERT`, 'The same, by those that read it as they go.'),
        copied.table(`One revision of ${large} MB, COPY`, 'CREATE TABLE and one COPY … FROM stdin with its data.'),
      ],
      figures: figuresOf({
        'inserts-over-psql': ratioOf(inserted.results, ours.name, psql.name),
        'inserts-peak-mib': peakOf(inserted),
        'copy-over-psql': ratioOf(copied.results, ours.name, psql.name),
        'copy-peak-mib': peakOf(copied),
      }),
    };
  },
};

interface Load {
  readonly name: string;
  readonly tools: readonly InstalledPeer[];
  readonly body: string;
  readonly rounds: number;
}

async function measureLoad(
  { server, folder }: Bench,
  { name, tools, body, rounds }: Load,
): Promise<{
  readonly results: Awaited<ReturnType<typeof compare>>;
  readonly table: (title: string, about: string) => Table;
}> {
  const revision = { id: '20260101000000', up: body, down: 'DROP TABLE large;' };
  const contenders: Contender[] = [];
  for (const [index, peer] of tools.entries()) {
    const database = `large_${name}_${index}`;
    const home = await folder(database);
    await peer.write(home, [revision]);
    contenders.push({
      name: peer.name,
      prepare: () => server.recreate(database),
      command: () => peer.up(home, server.url(database)),
      // Hundreds of megabytes for each tool otherwise.
      inspect: () => server.recreate(database),
    });
  }
  const results = await compare(contenders, { rounds });
  return { results, table: (title, about) => comparisonTable({ title, about }, results, psql.name) };
}

const createTable = 'CREATE TABLE large (id int, body text);';
const insert = `INSERT INTO large VALUES (1, '${'x'.repeat(158)}');`;
const statementBytes = insert.length + 1;

function inserts(megabytes: number): string {
  return `${createTable}\n${repeat(insert, megabytes)}`;
}

function copyOf(megabytes: number): string {
  const row = `1\t${'x'.repeat(197)}`;
  return `${createTable}\nCOPY large FROM stdin;\n${repeat(row, megabytes)}\n\\.\n`;
}

function repeat(line: string, megabytes: number): string {
  return Array.from({ length: Math.ceil((megabytes * 1_000_000) / (line.length + 1)) }, () => line).join('\n');
}
