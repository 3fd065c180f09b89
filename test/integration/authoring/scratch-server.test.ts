import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

import { withScratchServer } from '../../../src/authoring/scratch/scratch-server.ts';
import { withScratchSession } from '../../../src/authoring/scratch/scratch-session.ts';

it('a scratch server of our own holds the locks of a down that drops 5,000 tables in one transaction', async () => {
  const temporaryDirectory = await mkdtemp(join(tmpdir(), 'wumbo-locks-'));
  onTestFinished(() => rm(temporaryDirectory, { recursive: true, force: true }));
  const { platform, arch, pid } = process;
  const machine = { platform, arch, pid, uid: process.getuid?.(), isAlive: () => true };
  const held = await withScratchServer(
    { shadowUrl: undefined, environment: {}, machine, temporaryDirectory },
    async ({ createDatabase }) => {
      const { connection } = await createDatabase();
      return withScratchSession(connection, async (session) => {
        // A dozen for each: the table, its indexes, its TOAST table, and objects that depend on them.
        const { rows } = await session.query<{ held: string }>(
          'SELECT count(pg_advisory_xact_lock(number)) AS held FROM generate_series(1, 5000 * 12) AS number',
        );
        return rows[0]?.held;
      });
    },
  );
  expect(held).toBe('60000');
});
