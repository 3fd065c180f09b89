/**
 * Measures ours beside the tools that people use today: `npm run bench`, `npm run bench -- --quick`, or with the names of
 * parts. Writes bench/results.md and the README's table when all parts ran in full, or with --write what there is.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { execute } from './measure.ts';
import type { Table } from './part.ts';
import { autogenerate } from './parts/autogenerate.ts';
import { emptyDatabase } from './parts/empty-database.ts';
import { image } from './parts/image.ts';
import { largeRevision } from './parts/large-revision.ts';
import { launcher } from './parts/launcher.ts';
import { nothingPending } from './parts/nothing-pending.ts';
import { findPeers } from './peers/all.ts';
import { packageVersion } from './peers/installed.ts';
import { formatResults, formatSummary, markdownTable } from './report.ts';
import { startBenchServer } from './server.ts';

const parts = [nothingPending, emptyDatabase, largeRevision, autogenerate, launcher, image];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => !parts.some((part) => part.name === name));
if (values.list || unknown !== undefined) {
  if (unknown !== undefined) process.stderr.write(`There is no part "${unknown}".\n`);
  for (const { name, about } of parts) process.stdout.write(`${name.padEnd(18)} ${about}\n`);
  process.exit(unknown === undefined ? 0 : 2);
}

if ((await packageVersion('umzug')) === undefined) {
  process.stderr.write('Installing the peers (bench/peers) …\n');
  const { npm_execpath: npm } = process.env;
  const install = ['ci', '--no-audit', '--no-fund', '--prefix', join(import.meta.dirname, 'peers')];
  await execute(
    npm === undefined ? { program: 'npm', args: install } : { program: process.execPath, args: [npm, ...install] },
  );
}

const asked = positionals.length === 0 ? parts : parts.filter(({ name }) => positionals.includes(name));
const { installed, absent } = await findPeers();
const home = await mkdtemp(join(tmpdir(), 'bench-files-'));
const server = await startBenchServer();
const tables: Table[] = [];
try {
  const folder = async (name: string): Promise<string> => {
    const path = join(home, name);
    await mkdir(path, { recursive: true });
    return path;
  };
  for (const part of asked) {
    process.stderr.write(`${part.name}: ${part.about}\n`);
    const found = await part.run({ server, peers: installed, quick: values.quick, folder });
    tables.push(...found);
    for (const table of found) process.stdout.write(`\n${table.title}\n${markdownTable(table).join('\n')}\n`);
  }
} finally {
  await server.close();
  await rm(home, { recursive: true, force: true });
}
if (absent.length > 0) process.stdout.write(`\nNot installed, so not measured: ${absent.join(', ')}.\n`);
if (values.write || (positionals.length === 0 && !values.quick)) {
  const versions = installed.map(({ name, installedVersion }) => `${name} ${installedVersion}`);
  const date = new Date();
  const text = formatResults(tables, { date, postgres: server.version, versions, absent, quick: values.quick });
  await writeFile(join(import.meta.dirname, 'results.md'), text);
  const readme = join(import.meta.dirname, '../README.md');
  const shown = `<!-- begin bench -->\n${formatSummary(tables, { date, quick: values.quick })}\n<!-- end bench -->`;
  const page = await readFile(readme, 'utf8');
  await writeFile(
    readme,
    page.replace(/<!-- begin bench -->[\s\S]*<!-- end bench -->/, () => shown),
  );
}
