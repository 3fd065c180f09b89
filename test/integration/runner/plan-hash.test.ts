import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { threeRevisions, type MigrationProject } from '../../support/migrations.ts';
import { planOf, projectAtFirst as project } from '../../support/plan.ts';

const third = Object.keys(threeRevisions)[2]?.replace('.sql', '');

describe('upgrade --plan-hash', () => {
  it('is the same for what has not changed, and another once files or record have', async () => {
    const made = await project();
    const { planHash } = await planOf(made);
    await made.database.query('INSERT INTO accounts SELECT g FROM generate_series(6000, 9000) g; ANALYZE accounts');
    expect((await planOf(made)).planHash).toBe(planHash);
    expect((await planOf(made, '--atomic')).planHash).not.toBe(planHash);
    await made.migrate(['upgrade', '+1']);
    expect((await planOf(made)).planHash).not.toBe(planHash);
  });

  it('runs the plan that was reviewed; once it has run, there is nothing left to refuse', async () => {
    const made = await project();
    const { planHash } = await planOf(made);
    for (const time of ['first', 'again']) {
      const { exitCode, stderr } = await made.migrate(['upgrade', '--plan-hash', planHash]);
      expect(exitCode, `${time}: ${stderr}`).toBe(0);
    }
  });

  it.each<[string, (made: MigrationProject) => Promise<unknown>, readonly string[], string]>([
    [
      'a file was edited',
      async ({ write, lock }) => {
        await write(`${third ?? ''}.sql`, '-- migrate:up\nSELECT 1;\n');
        await lock();
      },
      [],
      `migrations/${third ?? ''}.sql was edited since`,
    ],
    [
      'a file came in between, and a new one at the end',
      async ({ write, lock }) => {
        await write('20260101000009_more.sql', '-- migrate:up\nSELECT 1;\n');
        await lock();
      },
      [],
      'migrations/20260101000009_more.sql would run too.',
    ],
    [
      'a file is gone',
      async ({ migrations, lock }) => {
        await rm(join(migrations, `${third ?? ''}.sql`));
        await lock();
      },
      [],
      'a revision that was reviewed is in the folder no more.',
    ],
    ['another target was asked for', () => Promise.resolve(), ['+1'], '20260101000003 would not run.'],
    [
      'the record has changed',
      ({ migrate }) => migrate(['downgrade', 'base']),
      [],
      'the record has changed since: it was at 20260101000001, and is at base; migrations/20260101000001_create_accounts.sql would run too.',
    ],
    [
      'part of it has run already',
      ({ migrate }) => migrate(['upgrade', '+1']),
      [],
      'the record has changed since: it was at 20260101000001, and is at 20260101000002; 20260101000002 has run since.',
    ],
    ['all of it would be one transaction', () => Promise.resolve(), ['--atomic'], 'it was reviewed without --atomic.'],
  ])('is refused with 5, and nothing is run, when %s', async (_what, change, args, message) => {
    const made = await project();
    const { planHash } = await planOf(made);
    await change(made);
    const before = (await made.migrate(['current'])).stdout;
    const { exitCode, stderr } = await made.migrate(['upgrade', ...args], { env: { MIGRATE_PLAN_HASH: planHash } });
    expect(stderr).toContain('This is not the plan that was reviewed');
    expect(stderr).toContain(message);
    expect(exitCode).toBe(5);
    expect((await made.migrate(['current'])).stdout).toBe(before);
  });

  it('is refused for another database, and for what is no hash', async () => {
    const [one, other] = [await project(), await project()];
    const { planHash } = await planOf(one);
    const refused = await other.migrate(['upgrade', '--plan-hash', planHash]);
    expect(refused).toMatchObject({ exitCode: 5 });
    expect(refused.stderr).toContain('it was made for another database, or record, than this one');
    expect(await other.migrate(['upgrade', '--plan-hash', 'abc'])).toMatchObject({ exitCode: 2 });
    expect((await other.migrate(['upgrade'])).exitCode).toBe(0);
    expect(await other.migrate(['upgrade', '--plan-hash', 'abc'])).toMatchObject({ exitCode: 2 });
  });
});
