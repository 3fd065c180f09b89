import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Command } from '../measure.ts';
import { printed } from './installed.ts';
import type { Peer } from './peer.ts';

/** psql running a script until something fails. */
export function runFile(file: string, url: string): Command {
  return { program: 'psql', args: ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', file, url] };
}

/** psql running one script with these transactions, a record's row of an id and a time in each: what the server and the network cost. */
export const psql: Peer = {
  name: 'psql, one script',
  source: 'apt-get install postgresql-client',
  takesCopyData: true,
  version: () => printed('psql', ['--version'], /(\d+\.\d+)/),
  write: async (folder, revisions) => {
    const transactions = revisions.map(
      ({ id, up }) => `BEGIN;\n${up}\nINSERT INTO applied (id) VALUES ('${id}');\nCOMMIT;\n`,
    );
    const record = 'CREATE TABLE IF NOT EXISTS applied (id text PRIMARY KEY, applied_at timestamptz DEFAULT now());\n';
    await writeFile(join(folder, 'up.sql'), record + transactions.join(''));
  },
  up: (folder, url) => runFile(join(folder, 'up.sql'), url),
  nothingPending: (_folder, url) => ({
    program: 'psql',
    args: ['-X', '-q', '-c', 'SELECT id FROM applied ORDER BY id', url],
  }),
};

/** Node with node-postgres and one query: what any tool on them must pay. */
export const bareNode: Peer = {
  name: 'bare node + pg, 1 query',
  source: 'here',
  version: () => Promise.resolve(process.version.slice(1)),
  write: () => Promise.resolve(),
  up: (_folder, url) => ({ program: process.execPath, args: [resolve(import.meta.dirname, 'run-bare.mjs'), url] }),
};
