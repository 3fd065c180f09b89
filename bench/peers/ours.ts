import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { execute, type Command } from '../measure.ts';
import type { Peer } from './peer.ts';

const program = resolve(import.meta.dirname, '../../dist/migrate.js');

function migrate(args: readonly string[], folder: string, url = ''): Command {
  return { program: process.execPath, args: [program, ...args], cwd: folder, env: { DATABASE_URL: url } };
}

/** The command with the options that the image gives to Node. */
export async function asInImage(command: Command): Promise<Command> {
  const dockerfile = await readFile(resolve(import.meta.dirname, '../../Dockerfile'), 'utf8');
  const [, entrypoint = '[]'] = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile) ?? [];
  const options = (JSON.parse(entrypoint) as readonly string[]).filter((word) => word.startsWith('--'));
  return { ...command, args: [...options, ...command.args] };
}

/**
 * The transactions of all revisions, with the same record, as `migrate` prints them for psql; without the settings between them,
 * each of which would be a round trip that ours does not need.
 */
export async function writeTransactions(folder: string, file: string): Promise<void> {
  await execute({ ...migrate(['upgrade', 'base:head', '--sql'], folder), stdoutFile: file });
  let isInside = false;
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => {
    if (line === 'BEGIN;') isInside = true;
    if (line === 'COMMIT;') isInside = false;
    return isInside || !/^(?:SET|RESET) /.test(line);
  });
  await writeFile(file, lines.join('\n'));
}

/** `migrate` as it is built. */
export const ours: Peer = {
  name: 'migrate (ours)',
  source: 'here',
  takesCopyData: true,
  version: async () => (await import('../../package.json', { with: { type: 'json' } })).default.version,
  write: async (folder, revisions) => {
    await mkdir(join(folder, 'migrations'));
    for (const { id, up, down } of revisions)
      await writeFile(
        join(folder, 'migrations', `${id}_tiny.sql`),
        `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`,
      );
    await execute(migrate(['lock'], folder));
  },
  up: (folder, url) => migrate(['upgrade', '--quiet'], folder, url),
  nothingPending: (folder, url) => migrate(['check', '--quiet'], folder, url),
};
