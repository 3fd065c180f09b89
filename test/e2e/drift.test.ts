import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';

test('launch-migration production -- drift --against FILE: 0 or 11 of the task is that of the launch', async () => {
  const { launch, migrate, directory, database } = await createLaunchSite({ files: threeRevisions });
  const file = join(directory, 'catalog.json');
  expect((await migrate(['dump', '--revisions', '--catalog', '-o', file])).exitCode).toBe(0);
  expect((await launch(['production'])).exitCode).toBe(0);

  const same = await launch(['production', '--', 'drift', '--against', file]);
  expect(same.stdout).toContain('No drift');
  expect(same.exitCode).toBe(0);

  await database.query('CREATE INDEX by_hand ON accounts (email)');
  const drifted = await launch(['production', '--', 'drift', '--against', file]);
  expect(drifted.stdout).toContain('The database has, and no revision makes:\n  index public.by_hand');
  expect(drifted.exitCode).toBe(11);
});
