import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { removeServer, startServer } from '../../embedded-postgres/server.ts';
import type { Machine } from './machine.ts';
import type { ScratchOptions, ServerLease } from './server-lease.ts';

const prefix = 'wumbo-scratch-';

/** Nothing of a scratch server must survive a power cut, and a page of it may be torn. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '50',
  // A down that drops thousands of tables in one transaction holds a dozen locks for each.
  max_locks_per_transaction: '2048',
};

/**
 * Starts an embedded server of our own in a new folder; `close` removes both. What a run left behind that was killed is
 * removed first.
 * @throws AppError `embedded-postgres-missing` (2), `embedded-postgres-failed` (8).
 */
export async function startEmbedded({ machine, temporaryDirectory }: ScratchOptions): Promise<ServerLease> {
  await removeOrphans(temporaryDirectory, machine);
  const directory = await mkdtemp(join(temporaryDirectory, `${prefix}${machine.pid}-`));
  const options = { directory, machine, settings };
  const close = async (): Promise<void> => {
    await removeServer(options);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const address = await startServer(options);
    return {
      kind: 'embedded',
      connection: { ...address, database: 'postgres', tls: false, source: 'embedded PostgreSQL' },
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function removeOrphans(temporaryDirectory: string, machine: Machine): Promise<void> {
  const names = await readdir(temporaryDirectory).catch(() => []);
  for (const name of names) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (Number.isNaN(pid) || machine.isAlive(pid)) continue;
    const directory = join(temporaryDirectory, name);
    // Of another user, or taken by another run at this moment: theirs to remove.
    await removeServer({ directory, machine }).catch(() => undefined);
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}
