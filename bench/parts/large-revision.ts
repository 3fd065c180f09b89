import { compare } from '../compare.ts';
import { comparisonTable, type Part } from '../part.ts';

/** A data load or a large seed. */
export const largeRevision: Part = {
  name: 'large-revision',
  about: 'one revision of 50 MB of INSERT statements, in one transaction',
  run: async ({ server, peers, quick, folder }) => {
    const megabytes = quick ? 5 : 50;
    const row = `INSERT INTO large VALUES (1, '${'x'.repeat(180)}');`;
    const statements = Array.from({ length: Math.round((megabytes * 1_048_576) / (row.length + 1)) }, () => row);
    const up = `CREATE TABLE large (id int, body text);\n${statements.join('\n')}`;
    const revision = { id: '20260101000000', up, down: 'DROP TABLE large;' };
    const tools = peers.filter(({ name }) => !name.startsWith('bare node'));
    const contenders = [];
    for (const [index, peer] of tools.entries()) {
      const home = await folder(`large_${index}`);
      await peer.write(home, [revision]);
      const database = `large_${index}`;
      contenders.push({
        name: peer.name,
        prepare: () => server.recreate(database),
        command: () => peer.up(home, server.url(database)),
      });
    }
    const results = await compare(contenders, { rounds: quick ? 1 : 3 });
    const about = `One revision of ${megabytes} MB: INSERT statements of 200 bytes, one transaction.`;
    return [comparisonTable({ title: `One revision of ${megabytes} MB`, about }, results, 'psql, one script')];
  },
};
