import { expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';

it('launch-migration --plan shows the plan from inside the network, and the hash holds the launch to it', async () => {
  const site = await createLaunchSite({ files: threeRevisions });
  const plan = await site.launch(['production', '--plan']);
  expect(plan.exitCode, plan.stderr).toBe(0);
  expect(plan.stdout).toContain('The database is at base; 3 revisions would run.');
  expect(plan.stdout).toContain(
    '1/3 20260101000001_create_accounts (one transaction; can be reverted, its down is kept in the record)',
  );
  const hash = /^plan hash: (\S+)$/m.exec(plan.stdout)?.[1] ?? '';
  const launched = await site.launch(['production', '--yes', '--', 'upgrade', 'head', '--plan-hash', hash]);
  expect(launched.exitCode, launched.stderr).toBe(0);
  const other = await site.launch(['production', '--yes', '--', 'downgrade', '-2']);
  expect(other.exitCode, other.stderr).toBe(0);
  const refused = await site.launch(['production', '--yes', '--', 'upgrade', 'head', '--plan-hash', hash]);
  expect(refused.exitCode).toBe(5);
  expect(refused.stdout + refused.stderr).toContain('This is not the plan that was reviewed');
}, 120_000);
