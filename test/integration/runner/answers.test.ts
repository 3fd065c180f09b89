import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { onServer } from '../../support/database.ts';
import { createProject, eventsOf, threeRevisions } from '../../support/migrations.ts';

describe('commands that answer a question', () => {
  it('check: 3 and the names while revisions are pending, 0 when up to date; creates nothing', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const pending = await migrate(['check']);
    expect(pending.exitCode).toBe(3);
    expect(pending.stdout).toContain(
      'The database is at base, 3 revisions are pending:\n  20260101000001_create_accounts\n',
    );
    expect(await database.query("SELECT to_regnamespace('migrations') AS found")).toEqual([{ found: null }]);
    await migrate(['upgrade']);
    const upToDate = await migrate(['check', '--json']);
    expect(upToDate.exitCode).toBe(0);
    expect(JSON.parse(upToDate.stdout)).toEqual({
      version: 1,
      upToDate: true,
      current: '20260101000003_index_email',
      pending: [],
    });
  });

  it('current, heads, history and show print what Alembic prints', async () => {
    const { migrate } = await createProject(threeRevisions);
    const before = await migrate(['current']);
    expect(before).toMatchObject({ exitCode: 0, stdout: '' });
    expect(before.stderr).toContain('No revision is applied');
    await migrate(['upgrade', '+2']);
    expect((await migrate(['current'])).stdout).toBe('20260101000002_add_email\n');
    expect((await migrate(['heads'], { env: { DATABASE_URL: '' } })).stdout).toBe(
      '20260101000003_index_email (head)\n',
    );
    expect((await migrate(['history'], { env: { DATABASE_URL: '' } })).stdout).toBe(
      '20260101000002 -> 20260101000003 (head), index email\n20260101000001 -> 20260101000002, add email\n<base> -> 20260101000001, create accounts\n',
    );
    expect((await migrate(['history', '-i', '-r', 'current:'])).stdout).toBe(
      '20260101000002 -> 20260101000003 (head), index email\n20260101000001 -> 20260101000002 (current), add email\n',
    );
    expect((await migrate(['history', '-r', 'base:+0'])).stdout).toContain('create accounts');
    const details = (await migrate(['history', '-v'])).stdout;
    expect(details).toMatch(
      /Rev: {6}20260101000003 \(head\)[\s\S]*Applied: {2}no, pending[\s\S]*Rev: {6}20260101000002 \(current\)/,
    );
    expect((await migrate(['show', 'email'])).exitCode).toBe(2);
    expect((await migrate(['show', 'add_email'])).stdout).toMatch(/Parent: {3}20260101000001\n/);
    expect((await migrate(['show', 'base'])).exitCode).toBe(2);
    expect((await migrate(['history', '-r', 'x'])).stderr).toContain('"x" is no range of revisions.');
  });

  it('work with SELECT rights only', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    const role = `reader_${database.name}`;
    await onServer((client) => client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'readonly'`));
    const url = new URL(database.url);
    url.username = role;
    url.password = 'readonly';
    const env = { DATABASE_URL: url.href };
    const refused = await migrate(['check'], { env });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('GRANT USAGE ON SCHEMA "migrations"');
    await database.query(
      `GRANT USAGE ON SCHEMA migrations TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA migrations TO ${role}`,
    );
    expect((await migrate(['check'], { env })).exitCode).toBe(0);
    expect((await migrate(['history', '-v'], { env })).exitCode).toBe(0);
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('print plain lines in a container too, followed by run.finished', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { stdout } = await migrate(['check'], { env: { MIGRATE_CONTAINER: 'true' } });
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe('The database is at base, 3 revisions are pending:');
    expect(eventsOf(stdout)).toHaveLength(1);
    expect(eventsOf(stdout)[0]).toMatchObject({ event: 'run.finished', exitCode: 3, current: null });
  });
});

describe('migrate stamp', () => {
  it('changes the record without running anything, and keeps the reason', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['stamp', 'head', '--reason', 'restored from a snapshot']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      'the record is at 20260101000003_index_email (3 recorded, 0 removed, 0 corrected); nothing was run.',
    );
    expect(await database.query("SELECT to_regclass('accounts') AS found")).toEqual([{ found: null }]);
    expect(await database.query("SELECT reason FROM migrations.events WHERE event = 'stamp'")).toEqual([
      { reason: 'restored from a snapshot' },
    ]);
    await migrate(['stamp', '20260101000001', '--reason', 'the rest was reverted by hand']);
    expect((await migrate(['current'])).stdout).toBe('20260101000001_create_accounts\n');
  });

  it('2: refuses to go without a reason', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['stamp', 'head']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('`migrate stamp` needs --reason <text>');
  });
});

describe('migrate revision and lock', () => {
  it('write a revision without a database, appended to the lock file, never over an existing one', async () => {
    const { migrate, directory, migrations } = await createProject({});
    const env = { DATABASE_URL: '' };
    const sql = await migrate(['revision', '-m', 'Add user préférences!'], { env });
    expect(sql.exitCode).toBe(0);
    expect(sql.stdout).toMatch(/^migrations\/\d{14}_add_user_preferences\.sql\n$/);
    const ts = await migrate(['revision', '-m', 'fill categories', '--ts'], { env });
    expect(ts.stdout).toMatch(/fill_categories\.ts\n$/);
    expect(await readFile(join(directory, ts.stdout.trim()), 'utf8')).toContain(
      "import type { RevisionContext } from 'wumbo-migrations'",
    );
    const again = await migrate(['revision', '-m', 'fill categories', '--ts'], { env });
    expect(again.stdout > ts.stdout).toBe(true);
    expect(
      (await readFile(join(migrations, 'migrations.lock'), 'utf8')).split('\n').filter((line) => /^\d/.test(line)),
    ).toHaveLength(3);
    expect((await migrate(['heads'], { env })).stdout).toBe(
      `${again.stdout.trim().replace('migrations/', '').replace('.ts', '')} (head)\n`,
    );
    expect((await migrate(['revision', '-m', '!!!'], { env })).exitCode).toBe(2);
  });

  it('an untouched new revision is refused: it has nothing to run', async () => {
    const { migrate } = await createProject({});
    await migrate(['revision', '-m', 'empty']);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('has nothing to run');
  });

  it('lock says what it changed', async () => {
    const { migrate, write } = await createProject(threeRevisions);
    await write('20260101000004_new.sql', '-- migrate:up\nSELECT 1;\n');
    const { stdout } = await migrate(['lock']);
    expect(stdout).toContain(
      'migrations/migrations.lock was written: 4 revisions\n  20260101000004_new is not in migrations.lock',
    );
    expect((await migrate(['lock'])).stdout).toContain('is up to date');
  });
});

describe('the command line of migrate', () => {
  it.each([
    [['upgrde'], 'There is no command "upgrde"; did you mean "upgrade"?'],
    [['upgrade', '--lockwait', '3'], 'did you mean --lock-wait?'],
    [['upgrade', '--lock-wait', 'soon'], '--lock-wait is no duration'],
    [['downgrade'], '`migrate downgrade` needs a <target>'],
    [['check', 'x'], 'takes 0 arguments, but got x'],
    [['--check-only', '--downgrade', '1'], 'cannot be used together'],
  ])('%j is a usage error', async (args, message) => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it('names unknown and wrong MIGRATE_ variables, all at once', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['check'], { env: { MIGRATE_LOCKWAIT: '5s', MIGRATE_JSON: 'maybe' } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('MIGRATE_LOCKWAIT is no setting; did you mean MIGRATE_LOCK_WAIT?');
    expect(stderr).toContain('MIGRATE_JSON is neither true nor false');
  });

  it('--help shows examples and --version the version', async () => {
    const { migrate } = await createProject(threeRevisions);
    expect((await migrate(['--help'])).stdout).toContain('migrate revision -m "add phone"');
    expect((await migrate(['upgrade', '--help'])).stdout).toContain('--allow-out-of-order');
    expect((await migrate(['--version'])).stdout).toBe('0.1.0\n');
  });
});
