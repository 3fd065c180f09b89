import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

import { removeServer, startServer, type ServerAddress } from '../../src/embedded-postgres/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    server: ServerAddress;
  }
}

/** One real PostgreSQL for all tests of a project; every test makes its own database in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-test-'));
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  // Nothing here must survive a power cut.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };
  project.provide('server', await startServer({ directory, machine, settings }));
  return async () => {
    await removeServer({ directory, machine });
    await rm(directory, { recursive: true, force: true });
  };
}
