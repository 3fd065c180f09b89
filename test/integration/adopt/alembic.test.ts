import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createAlembicProject, hasAlembic, type AlembicProject } from '../../support/alembic.ts';
import { createDatabase } from '../../support/database.ts';
import { createProject, type MigrationProject } from '../../support/migrations.ts';
import { projectDirectory } from '../../support/programs.ts';

const wumbo = Object.fromEntries(
  ['20251223142057_initial_schema.sql', '20251223164703_add_plaid_models.sql'].map((name) => [
    name,
    readFileSync(join(projectDirectory, 'migrations', name), 'utf8'),
  ]),
);
const phone =
  '-- migrate:up\nALTER TABLE users ADD COLUMN phone varchar(20);\n-- migrate:down\nALTER TABLE users DROP COLUMN phone;\n';
const status =
  "-- Status\n-- alembic: e5f60718293a\n-- migrate:up\nALTER TABLE users ADD COLUMN status varchar(20) DEFAULT 'active';\n-- migrate:down\nALTER TABLE users DROP COLUMN status;\n";

/** Wumbo's revisions in both tools, on one database; a scratch server that runs already. */
async function createTransition(): Promise<MigrationProject & { readonly alembic: AlembicProject }> {
  const project = await createProject(wumbo);
  const scratch = await createDatabase();
  const env = { ...project.env, MIGRATE_SHADOW_URL: scratch.url };
  const migrate: MigrationProject['migrate'] = (args, options = {}) =>
    project.migrate(args, { ...options, env: { ...env, ...options.env } });
  return { ...project, env, migrate, alembic: await createAlembicProject(project.database) };
}

describe.skipIf(!hasAlembic())('migrate adopt alembic, on a database that the real Alembic made', () => {
  it('proves the schema, records what Alembic applied, and runs nothing; then our own revisions go up and down', async () => {
    const { migrate, alembic, write, lock, database } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    const dryRun = await migrate(['adopt', 'alembic', '--dry-run']);
    expect(dryRun.stderr).not.toContain('error');
    expect(dryRun.stdout).toContain('+ 20251223164703_add_plaid_models: recorded as applied');
    expect(dryRun.stdout).toContain('The schema is the one that these revisions build (PostgreSQL 16');
    expect((await migrate(['current'])).stdout).toBe('');
    const { exitCode, stderr } = await migrate(['adopt', 'alembic']);
    expect(stderr).toContain('Adopted: the record is at 20251223164703_add_plaid_models (2 recorded, 0 removed)');
    expect(exitCode).toBe(0);
    const [event] = await database.query(
      "SELECT event, detail->>'proof' AS proof, detail->>'at' AS at FROM migrations.events",
    );
    expect(event).toEqual({ event: 'adopt', proof: 'matches', at: 'cd6d8adfce4a' });
    const again = await migrate(['adopt', 'alembic']);
    expect(again.stderr).toContain('Nothing to do: the record is at 20251223164703_add_plaid_models');
    expect(again.exitCode).toBe(0);
    await write('20260301000000_add_phone.sql', phone);
    await lock();
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    // Beyond Alembic's head is not "moved": what it says is still known.
    expect((await migrate(['adopt', 'alembic'])).stderr).toContain('Nothing to do');
    expect((await migrate(['downgrade', 'base'])).exitCode).toBe(0);
    expect(await database.query("SELECT 1 FROM pg_type WHERE typname = 'householdrole'")).toEqual([]);
  });

  it('11: a schema that is another is shown, not recorded, and accepted only with a reason', async () => {
    const { migrate, alembic, database } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    await database.query('ALTER TABLE users ADD COLUMN by_hand int; DROP INDEX idx_transaction_category');
    const refused = await migrate(['adopt', 'alembic']);
    expect(refused.stderr).toContain('+ column public.users.by_hand');
    expect(refused.stderr).toContain('- index public.idx_transaction_category');
    expect(refused.stderr).toContain('--accept-differences --reason');
    expect(refused.exitCode).toBe(11);
    expect((await migrate(['current'])).stdout).toBe('');
    expect((await migrate(['adopt', 'alembic', '--accept-differences'])).exitCode).toBe(2);
    const accepted = await migrate(['adopt', 'alembic', '--accept-differences', '--reason', 'known since May']);
    expect(accepted.stderr).toContain('accepted:');
    expect(accepted.exitCode).toBe(0);
    const [event] = await database.query(
      "SELECT reason, detail->>'proof' AS proof, detail->'differences'->>0 AS first FROM migrations.events WHERE event = 'adopt'",
    );
    expect(event).toEqual({
      reason: 'known since May',
      proof: 'differs',
      first: '- index public.idx_transaction_category',
    });
  });

  it('11: the type that a downgrade of Alembic forgot is named, with its revision and what to do', async () => {
    const { migrate, alembic, database } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    await alembic.alembic('downgrade', '68b324aa3d62');
    const refused = await migrate(['adopt', 'alembic']);
    expect(refused.stderr).toContain('+ type public.categorytype');
    expect(refused.stderr).toMatch(
      /Type public\.categorytype is made by 20251223164703_add_plaid_models: a downgrade .* forgot .*`DROP TYPE public\.categorytype;`/,
    );
    expect(refused.exitCode).toBe(11);
    await database.query('DROP TYPE categorytype');
    expect((await migrate(['adopt', 'alembic'])).stderr).toContain('the record is at 20251223142057_initial_schema');
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
  });

  it('an upgrade that meets a forgotten type says where it comes from and what to do', async () => {
    const { migrate, alembic } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    await alembic.alembic('downgrade', '68b324aa3d62');
    await migrate(['adopt', 'alembic', '--accept-differences', '--reason', 'the type stays for now']);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(stderr).toContain('type "categorytype" already exists');
    expect(stderr).toContain('DROP TYPE categorytype;');
    expect(exitCode).toBe(6);
  });

  it.each([
    ['no table', 'DROP TABLE alembic_version', 2, 'There is no table alembic_version of Alembic in this database'],
    ['an unknown id', "UPDATE alembic_version SET version_num = 'ffffffffffff'", 4, 'Alembic has applied ffffffffffff'],
    ['two heads', "INSERT INTO alembic_version VALUES ('68b324aa3d62')", 5, "Alembic's history has branches here"],
    ['an empty table', 'DELETE FROM alembic_version', 11, "Alembic's table is empty, and yet there are objects"],
    [
      'two tables',
      'CREATE SCHEMA x; CREATE TABLE x.alembic_version (version_num varchar(32))',
      2,
      '--version-table public.alembic_version',
    ],
  ])('%s is named, with what to do', async (_, sql, expectedExit, text) => {
    const { migrate, alembic, database } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    await database.query(sql);
    const { exitCode, stderr } = await migrate(['adopt', 'alembic', '--dry-run']);
    expect(stderr).toContain(text);
    expect(exitCode).toBe(expectedExit);
  });

  it('finds the table of another name in another schema, and leaves its schema out of the proof', async () => {
    const { migrate, alembic, database } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    await database.query(
      'CREATE SCHEMA ops; ALTER TABLE alembic_version SET SCHEMA ops; ALTER TABLE ops.alembic_version RENAME TO "Versions"',
    );
    const { exitCode, stderr } = await migrate(['adopt', 'alembic', '--version-table', 'ops.Versions']);
    expect(stderr).toContain('Adopted: ');
    expect(exitCode).toBe(0);
  });

  it('7: records nothing while another runner holds the lock', async () => {
    const { migrate, startMigrate, alembic, write, lock } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    await migrate(['adopt', 'alembic']);
    await write('20260301000000_slow.sql', '-- migrate:up\nSELECT pg_sleep(600);\n');
    await lock();
    const holder = startMigrate(['upgrade']);
    await holder.said('20260301000000_slow');
    const { exitCode } = await migrate(['adopt', 'alembic', '--lock-wait', '1s']);
    expect(exitCode).toBe(7);
    holder.child.kill('SIGTERM');
    expect((await holder.finished).exitCode).toBe(143);
  });
});

describe.skipIf(!hasAlembic())('--keep-alembic: both tools in use', () => {
  it('the real Alembic agrees after our upgrade, downgrade and stamp, without being told again', async () => {
    const { migrate, alembic, write, lock } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    expect((await migrate(['adopt', 'alembic', '--keep-alembic'])).stderr).toContain('is kept in step from now on');
    const current = async (): Promise<string> => (await alembic.alembic('current')).trim();
    await alembic.add({
      id: 'e5f60718293a',
      after: 'cd6d8adfce4a',
      message: 'Status',
      upgrade: "op.add_column('users', sa.Column('status', sa.String(20), server_default='active'))",
      downgrade: "op.drop_column('users', 'status')",
    });
    await write('20260301000000_status.sql', status);
    await lock();
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect(await current()).toBe('e5f60718293a (head)');
    expect((await migrate(['downgrade', '-2'])).exitCode).toBe(0);
    expect(await current()).toBe('68b324aa3d62');
    expect((await migrate(['upgrade', '--atomic'])).exitCode).toBe(0);
    expect(await current()).toBe('e5f60718293a (head)');
    expect((await migrate(['downgrade', 'base'])).exitCode).toBe(0);
    expect(await current()).toBe('');
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect((await migrate(['stamp', 'cd6d', '--reason', 'x'])).exitCode).toBe(0);
    expect(await current()).toBe('cd6d8adfce4a');
  });

  it('a revision that Alembic does not know leaves its version where it is, and that is said', async () => {
    const { migrate, alembic, write, lock } = await createTransition();
    await alembic.alembic('upgrade', 'head');
    await migrate(['adopt', 'alembic', '--keep-alembic']);
    await write('20260301000000_add_phone.sql', phone);
    await lock();
    const { stderr, exitCode } = await migrate(['upgrade']);
    expect(stderr).toContain(
      'public.alembic_version stays where it is for 20260301000000_add_phone, which Alembic does not know',
    );
    expect(exitCode).toBe(0);
    expect((await alembic.alembic('current')).trim()).toBe('cd6d8adfce4a (head)');
    expect((await migrate(['check'])).exitCode).toBe(0);
    expect((await migrate(['downgrade', '-1'])).exitCode).toBe(0);
  });

  it('5: what Alembic did by itself is told by check and upgrade, and adopt catches up, up and down', async () => {
    const { migrate, alembic, write, lock } = await createTransition();
    await alembic.alembic('upgrade', '68b324aa3d62');
    await migrate(['adopt', 'alembic', '--keep-alembic']);
    await alembic.alembic('upgrade', 'head');
    for (const command of ['check', 'upgrade']) {
      const { exitCode, stderr } = await migrate([command]);
      expect(stderr).toContain('is at cd6d8adfce4a, while the record stands at 68b324aa3d62: Alembic has run since');
      expect(stderr).toContain('migrate adopt alembic');
      expect(exitCode).toBe(5);
    }
    expect((await migrate(['adopt', 'alembic'])).stderr).toContain('(1 recorded, 0 removed)');
    expect((await migrate(['check'])).exitCode).toBe(0);
    await alembic.add({
      id: 'e5f60718293a',
      after: 'cd6d8adfce4a',
      message: 'Status',
      upgrade: "op.add_column('users', sa.Column('status', sa.String(20), server_default='active'))",
      downgrade: "op.drop_column('users', 'status')",
    });
    await write('20260301000000_status.sql', status);
    await lock();
    await migrate(['upgrade']);
    await alembic.alembic('downgrade', '-1');
    expect((await migrate(['check'])).exitCode).toBe(5);
    expect((await migrate(['adopt', 'alembic'])).stderr).toContain(
      '- 20260301000000_status: no longer recorded as applied',
    );
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
  });

  it('the printed script keeps it in step too', async () => {
    const { migrate, alembic, database } = await createTransition();
    await alembic.alembic('upgrade', '68b324aa3d62');
    await migrate(['adopt', 'alembic', '--keep-alembic']);
    const { stdout } = await migrate(['upgrade', '--sql']);
    expect(stdout).toContain('UPDATE "public"."alembic_version" SET version_num = \'cd6d8adfce4a\'');
    expect(await database.query('SELECT version_num FROM alembic_version')).toEqual([{ version_num: '68b324aa3d62' }]);
  });

  it('--release ends it, with its reason kept', async () => {
    const { migrate, alembic, database } = await createTransition();
    await alembic.alembic('upgrade', '68b324aa3d62');
    await migrate(['adopt', 'alembic', '--keep-alembic']);
    expect((await migrate(['adopt', 'alembic', '--release'])).exitCode).toBe(2);
    const released = await migrate(['adopt', 'alembic', '--release', '--reason', 'Alembic is gone']);
    expect(released.stderr).toContain('public.alembic_version is no longer kept in step');
    expect(released.exitCode).toBe(0);
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect(await database.query('SELECT version_num FROM alembic_version')).toEqual([{ version_num: '68b324aa3d62' }]);
    const twice = await migrate(['adopt', 'alembic', '--release', '--reason', 'again']);
    expect(twice.exitCode).toBe(2);
  });
});
