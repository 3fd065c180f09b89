import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createProject, eventsOf, threeRevisions, type MigrationProject } from '../../support/migrations.ts';

const recorded = 'SELECT revision FROM migrations.history ORDER BY revision';

describe('migrate downgrade', () => {
  it.each([
    ['-1', 2],
    ['-2', 1],
    ['base', 0],
    ['20260101000001', 1],
    ['add_email', 2],
  ])('to %s leaves %i applied: the target itself stays', async (target, left) => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    const { exitCode } = await migrate(['downgrade', target]);
    expect(exitCode).toBe(0);
    expect(await database.query(recorded)).toHaveLength(left);
  });

  it('has nothing to do at base', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['downgrade', 'base']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Nothing to do, the database is at base.');
  });

  it.each([
    ['-4', 'goes too far'],
    ['+1', 'points the wrong way for downgrade'],
    ['nope', 'No revision is named "nope"'],
  ])('refuses %s and reverts nothing', async (target, message) => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    const { exitCode, stderr } = await migrate(['downgrade', target]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(await database.query(recorded)).toHaveLength(3);
  });

  it('refuses a target that is not applied', async () => {
    const { migrate } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    const { exitCode, stderr } = await migrate(['downgrade', 'index_email']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Revision 20260101000003_index_email is not applied');
  });

  it('reverts nothing when one revision of the range has no down', async () => {
    const { migrate, database } = await createProject({
      ...threeRevisions,
      '20260101000002_add_email.sql':
        '-- migrate:up\nALTER TABLE accounts ADD COLUMN email text;\n-- migrate:down\n-- nothing yet\n',
    });
    await migrate(['upgrade']);
    const { exitCode, stderr } = await migrate(['downgrade', 'base']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('migrations/20260101000002_add_email.sql has no down, so nothing was reverted.');
    expect(await database.query(recorded)).toHaveLength(3);
  });

  it('reverts a newer revision from an older image, with the body that the record keeps', async () => {
    const { migrate, database, migrations, lock } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await rm(join(migrations, '20260101000003_index_email.sql'));
    await lock();
    const { exitCode, stderr } = await migrate(['downgrade', '-1']);
    expect(stderr).toContain('reverted 20260101000003_index_email');
    expect(exitCode).toBe(0);
    expect(await database.query("SELECT to_regclass('accounts_email') AS found")).toEqual([{ found: null }]);
    expect((await migrate(['check'])).exitCode).toBe(0);
  });

  it('means the same as the old script’s --downgrade N; --downgrade 0 is no upgrade', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    expect((await migrate([])).exitCode).toBe(0);
    expect(await database.query(recorded)).toHaveLength(3);
    expect((await migrate(['--downgrade', '1'])).exitCode).toBe(0);
    expect(await database.query(recorded)).toHaveLength(2);
    expect((await migrate(['--check-only'])).exitCode).toBe(3);
    const zero = await migrate(['--downgrade', '0']);
    expect(zero.exitCode).toBe(2);
    expect(zero.stderr).toContain('--downgrade 0 is not a number of revisions from 1 up.');
    expect(await database.query(recorded)).toHaveLength(2);
  });
});

describe('after a revision that was allowed to run late', () => {
  const late = async (): Promise<MigrationProject> => {
    const { '20260101000002_add_email.sql': _email, ...two } = threeRevisions;
    const project = await createProject({
      ...two,
      '20260101000003_index_email.sql':
        '-- migrate:up\nCREATE TABLE other (id int);\n-- migrate:down\nDROP TABLE other;\n',
    });
    await project.migrate(['upgrade']);
    await project.write('20260101000002_add_email.sql', threeRevisions['20260101000002_add_email.sql']);
    await project.lock();
    expect((await project.migrate(['upgrade', '--allow-out-of-order'])).exitCode).toBe(0);
    return project;
  };

  it.each([['-1'], ['-3'], ['base']])('%s reverts in the reverse order of application', async (target) => {
    const { migrate } = await late();
    const { stdout } = await migrate(['downgrade', target], { env: { MIGRATE_CONTAINER: 'true' } });
    const order = ['20260101000002_add_email', '20260101000003_index_email', '20260101000001_create_accounts'];
    const reverted = order.slice(0, target === '-1' ? 1 : 3);
    expect(eventsOf(stdout).at(-1)).toMatchObject({ exitCode: 0, reverted });
  });

  it('history tells that it was late, and current tells what lacks when it is reverted', async () => {
    const { migrate } = await late();
    expect((await migrate(['history', '-v'])).stdout).toMatch(
      /Rev: {6}20260101000002[\s\S]*?Applied: .* in .*, late: after 20260101000003\n/,
    );
    await migrate(['downgrade', '-1']);
    const { stdout, stderr } = await migrate(['current']);
    expect(stdout).toBe('20260101000003_index_email (head)\n');
    expect(stderr).toContain('Not applied, although it stands before that: 20260101000002_add_email.');
    expect((await migrate(['check'])).exitCode).toBe(5);
    expect((await migrate(['history', '-v'])).stdout).not.toContain('late:');
  });
});
