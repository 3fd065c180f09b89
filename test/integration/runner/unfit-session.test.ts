import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import { startServer, stopServer } from '../../../src/embedded-postgres/server.ts';
import { createProject, threeRevisions } from '../../support/migrations.ts';

describe('a session that cannot keep the runner’s promises is refused', () => {
  it('8: a role whose sessions are read-only', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await database.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('are read-only here (default_transaction_read_only is on)');
    expect((await migrate(['check'])).exitCode).toBe(3);
  });

  it('8: a standby', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wumbo-standby-'));
    // The server may run as another user, who must be able to enter.
    await chmod(directory, 0o755);
    const options = { directory, machine: { platform: process.platform, arch: process.arch, uid: process.getuid?.() } };
    onTestFinished(async () => {
      await stopServer(options);
      await rm(directory, { recursive: true, force: true });
    });
    await startServer(options);
    await stopServer(options);
    // A data folder with this file starts as a standby (documentation, "Setting Up a Standby Server").
    const data = join(directory, 'postgres/data');
    await writeFile(join(data, 'standby.signal'), '', { mode: 0o644 });
    const { host, port, user, password } = await startServer({ ...options, settings: { hot_standby: 'on' } });
    const { migrate } = await createProject(threeRevisions);
    const env = { DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/postgres` };
    const { exitCode, stderr } = await migrate(['upgrade'], { env });
    expect(exitCode).toBe(8);
    expect(stderr).toContain('This server is a standby (a read replica), which nobody can change.');
  });
});
