import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createDatabase } from '../support/database.ts';
import { createLaunchSite } from '../support/launcher.ts';
import { eventsOf, threeRevisions } from '../support/migrations.ts';

test('a launch goes on through a squash: the task of the new image takes the database from the middle to the head', async () => {
  const site = await createLaunchSite({ files: threeRevisions });
  expect(await site.launch(['development', '--', 'upgrade', 'add_email'])).toMatchObject({ exitCode: 0 });
  const { url } = await createDatabase();
  const squash = await site.migrate(['squash', '--to', 'head', '-m', 'baseline'], { env: { MIGRATE_SHADOW_URL: url } });
  expect(squash).toMatchObject({ exitCode: 0 });

  const launched = await site.launch(['development']);
  expect(launched.exitCode, launched.stderr).toBe(0);
  expect(launched.stderr).toContain('20260101000003_index_email');
  expect(await site.launch(['development', '--check-only'])).toMatchObject({ exitCode: 0 });
  expect(await site.launch(['development', '--downgrade', '1'])).toMatchObject({ exitCode: 0 });
  expect((await site.launch(['development', '--', 'current'])).stdout).toBe('20260101000002_add_email\n');
}, 120_000);

test('what COPY migrations takes along is enough: a container begins an empty database with the baseline alone', async () => {
  const site = await createLaunchSite({ files: threeRevisions });
  const { url } = await createDatabase();
  await site.migrate(['squash', '--to', 'head', '-m', 'baseline'], { env: { MIGRATE_SHADOW_URL: url } });
  const image = join(site.directory, 'image');
  await cp(site.migrations, join(image, 'migrations'), { recursive: true });
  const run = await site.migrate(['upgrade', 'head'], { cwd: image, env: { MIGRATE_CONTAINER: 'true' } });
  expect(run).toMatchObject({ exitCode: 0 });
  expect(eventsOf(run.stdout).at(-1)).toMatchObject({
    event: 'run.finished',
    applied: ['20260101000003_baseline'],
    pending: [],
  });
}, 120_000);
