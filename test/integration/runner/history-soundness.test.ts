import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createProject, threeRevisions } from '../../support/migrations.ts';

describe('an unsound history is refused before anything runs', () => {
  it('4: the database is ahead of these files', async () => {
    const { migrate, migrations, lock } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await rm(join(migrations, '20260101000003_index_email.sql'));
    await lock();
    for (const command of [['upgrade'], ['check']]) {
      const { exitCode, stderr } = await migrate(command);
      expect(exitCode).toBe(4);
      expect(stderr).toContain('it has 20260101000003_index_email, which is newer than every file here');
    }
    expect((await migrate(['current'])).stdout).toBe('20260101000003_index_email\n');
  });

  it('5: an applied file was edited', async () => {
    const { migrate, write, lock } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    await write('20260101000001_create_accounts.sql', '-- migrate:up\nCREATE TABLE accounts (id bigint);\n');
    await lock();
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('Revision 20260101000001_create_accounts was edited after it was applied');
  });

  it('5: an applied file in the middle is missing', async () => {
    const { migrate, migrations, lock } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await rm(join(migrations, '20260101000002_add_email.sql'));
    await lock();
    const { exitCode, stderr } = await migrate(['check']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('Revision 20260101000002_add_email is applied');
    expect(stderr).toContain('its file is missing');
  });

  it('5: a pending revision sorts before an applied one; --allow-out-of-order applies it and is recorded', async () => {
    const { migrate, write, lock, database } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await write(
      '20260101000000_late.sql',
      '-- migrate:up\nCREATE TABLE late (id int);\n-- migrate:down\nDROP TABLE late;\n',
    );
    await lock();
    const refused = await migrate(['upgrade']);
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain(
      'Pending revision 20260101000000_late sorts before a revision that is already applied.',
    );
    expect((await migrate(['check'])).exitCode).toBe(5);
    expect((await migrate(['upgrade', '--allow-out-of-order'])).exitCode).toBe(0);
    expect(await database.query("SELECT event FROM migrations.events WHERE event = 'out-of-order'")).toHaveLength(1);
  });

  it('5: the lock file disagrees, is missing, or knows a file that is gone', async () => {
    const { migrate, write, migrations, database } = await createProject(threeRevisions);
    await write('20260101000004_new.sql', '-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n');
    const unknown = await migrate(['upgrade']);
    expect(unknown.exitCode).toBe(5);
    expect(unknown.stderr).toContain('20260101000004_new is not in migrations.lock.');
    await rm(join(migrations, '20260101000004_new.sql'));
    await rm(join(migrations, '20260101000003_index_email.sql'));
    expect((await migrate(['check'])).stderr).toContain(
      '20260101000003_index_email is in migrations.lock, but its file is missing',
    );
    await rm(join(migrations, 'migrations.lock'));
    const missing = await migrate(['upgrade']);
    expect(missing.exitCode).toBe(5);
    expect(missing.stderr).toContain('migrations.lock is missing.');
    expect(missing.stderr).toContain('migrate lock');
    expect(await database.query("SELECT to_regclass('migrations.history') AS found")).toEqual([{ found: null }]);
  });

  it('does not take other line ends or a byte order mark for an edit', async () => {
    const { migrate, write } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await write(
      '20260101000001_create_accounts.sql',
      `\uFEFF${threeRevisions['20260101000001_create_accounts.sql'].replaceAll('\n', '\r\n')}`,
    );
    expect((await migrate(['check'])).exitCode).toBe(0);
  });

  it('2: the migrations folder is missing or empty', async () => {
    const { migrate, directory } = await createProject({});
    const empty = await migrate(['upgrade']);
    expect(empty.exitCode).toBe(2);
    expect(empty.stderr).toContain(`The migrations folder ${directory}/migrations is empty.`);
    const missing = await migrate(['upgrade', '--migrations', 'nowhere']);
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain(`The migrations folder ${directory}/nowhere does not exist.`);
  });

  it('2: two files share a revision id', async () => {
    const { migrate, write } = await createProject(threeRevisions);
    await write('20260101000001_twin.sql', '-- migrate:up\nSELECT 1;\n');
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Two files have the revision id 20260101000001');
  });
});

describe('the record’s own format', () => {
  it('4: a record that a newer version has changed is left alone', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    const comment = 'wumbo-migrations: the record of applied revisions, format 99';
    await database.query(`COMMENT ON SCHEMA migrations IS '${comment}'`);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('The record in schema "migrations" has format 99, and this version knows 1.');
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 1 }]);
  });
});

describe('files that are no revisions', () => {
  it('are warned of: a name with capitals or hyphens would never run', async () => {
    const { migrate, write } = await createProject(threeRevisions);
    await write('20260101000004_Add-Phone.sql', '-- migrate:up\nSELECT 1;\n');
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('warning: Not revisions, so never run: 20260101000004_Add-Phone.sql.');
  });

  it('2: two files with one Alembic id are refused', async () => {
    const { migrate, write } = await createProject(threeRevisions);
    await write('20260101000004_a.sql', '-- alembic: 68b324aa3d62\n-- migrate:up\nSELECT 1;\n');
    await write('20260101000005_b.sql', '-- alembic: 68b324aa3d62\n-- migrate:up\nSELECT 1;\n');
    const { exitCode, stderr } = await migrate(['lock']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Two files have the Alembic id 68b324aa3d62');
  });
});
