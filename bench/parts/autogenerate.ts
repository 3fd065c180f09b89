import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { compare } from '../compare.ts';
import { execute } from '../measure.ts';
import { comparisonTable, type Part } from '../part.ts';

const program = resolve(import.meta.dirname, '../../dist/migrate.js');

/** What people wait for on their laptops. */
export const autogenerate: Part = {
  name: 'autogenerate',
  about: 'revision --autogenerate and test on schemas of 50, 1,000 and 5,000 tables',
  run: async ({ quick, folder }) => {
    const tables = [];
    for (const count of quick ? [50] : [50, 1_000, 5_000]) {
      const home = await folder(`schema_${count}`);
      await mkdir(join(home, 'migrations'), { recursive: true });
      await mkdir(join(home, 'schema'), { recursive: true });
      const ddl = Array.from({ length: count }, (_, index) => createTable(index));
      const down = Array.from({ length: count }, (_, index) => `DROP TABLE account_${index};`).toReversed();
      const revision = `-- migrate:up\n${ddl.join('\n')}\n\n-- migrate:down\n${down.join('\n')}\n`;
      await writeFile(join(home, 'migrations/20260101000000_all.sql'), revision);
      // One column more than the revision makes.
      await writeFile(join(home, 'schema/all.sql'), ddl.join('\n').replace('note text', 'note text, extra int'));
      await execute({ program: process.execPath, args: [program, 'lock'], cwd: home });
      const migrate = (...args: readonly string[]) => ({
        program: process.execPath,
        args: [program, ...args],
        cwd: home,
        allowed: [0, 11],
      });
      const results = await compare(
        [
          { name: 'revision --autogenerate --check', command: () => migrate('revision', '--autogenerate', '--check') },
          { name: 'test', command: () => migrate('test') },
        ],
        { rounds: quick ? 1 : 3 },
      );
      const about = `${count} tables of five columns, an index and a foreign key; one column differs. Starting and removing the scratch server is included.`;
      tables.push(comparisonTable({ title: `Authoring, ${count} tables`, about }, results, 'test'));
    }
    return tables;
  },
};

function createTable(index: number): string {
  const parent = index === 0 ? 'int' : `int REFERENCES account_${Math.floor(index / 2)} (id)`;
  return `CREATE TABLE account_${index} (id int PRIMARY KEY, parent ${parent}, name varchar(80) NOT NULL, created timestamptz DEFAULT now(), note text);\nCREATE INDEX account_${index}_name ON account_${index} (name);`;
}
