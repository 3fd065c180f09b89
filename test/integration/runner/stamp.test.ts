import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createProject, eventsOf, threeRevisions } from '../../support/migrations.ts';

const reason = ['--reason', 'checked by hand'];
const recorded = 'SELECT revision, down_body IS NOT NULL AS down FROM migrations.history ORDER BY revision';
const stored = (...ids: readonly number[]): unknown =>
  ids.map((id) => ({ revision: `2026010100000${id}`, down: true }));

describe('migrate stamp --dry-run', () => {
  it('says exactly what would be recorded, and changes nothing, not even by making the record', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const { exitCode, stdout, stderr } = await migrate(['stamp', 'add_email', '--dry-run', ...reason]);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout:
        'Dry run: the record goes from base to 20260101000002_add_email (2 recorded, 0 removed, 0 corrected); nothing was changed.\n' +
        '  + 20260101000001_create_accounts: recorded as applied\n' +
        '  + 20260101000002_add_email: recorded as applied\n',
      stderr: '',
    });
    expect(await database.query("SELECT to_regnamespace('migrations') AS found")).toEqual([{ found: null }]);
  });

  it('tells corrections and removals, as a document too, and works with SELECT rights on the record', async () => {
    const { migrate, write, lock, database } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await write('20260101000001_create_accounts.sql', '-- migrate:up\nSELECT 1;\n');
    await lock();
    await database.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    const { stdout } = await migrate(['stamp', '-1', '--dry-run', '--json', ...reason]);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      from: '20260101000003_index_email',
      to: '20260101000002_add_email',
      recorded: [],
      removed: ['20260101000003_index_email'],
      corrected: ['20260101000001_create_accounts'],
      warnings: [],
    });
    expect(await database.query(recorded)).toEqual(stored(1, 2, 3));
  });

  it('2: an unknown target is refused as without it', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['stamp', 'nope', '--dry-run', ...reason]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('No revision is named "nope".');
  });
});

describe('migrate stamp', () => {
  it('tells of every revision what it did, downwards too; a later upgrade runs what was taken out', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await database.query('DROP INDEX accounts_email');
    const { exitCode, stderr } = await migrate(['stamp', '-1', ...reason]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Stamped: the record is at 20260101000002_add_email (0 recorded, 1 removed, 0 corrected)');
    expect(stderr).toContain('  - 20260101000003_index_email: no longer recorded as applied');
    expect(await migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
    expect(await database.query("SELECT to_regclass('accounts_email') IS NOT NULL AS there")).toEqual([
      { there: true },
    ]);
  });

  it('from a database that is ahead takes the unknown revisions out, and says that their bodies go too', async () => {
    const { migrate, migrations, lock, database } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await rm(join(migrations, '20260101000003_index_email.sql'));
    await lock();
    expect((await migrate(['check'])).exitCode).toBe(4);
    const { exitCode, stdout } = await migrate(['stamp', 'head', ...reason], { env: { MIGRATE_CONTAINER: 'true' } });
    expect(exitCode).toBe(0);
    const said = eventsOf(stdout).map(({ text }) => text);
    expect(said.join('\n')).toContain(
      '20260101000003_index_email has no file here: what the record keeps of it, its down included, goes with its row.',
    );
    expect((await migrate(['check'])).exitCode).toBe(0);
    expect(
      await database.query("SELECT event, detail->'removed' AS removed FROM migrations.events WHERE event = 'stamp'"),
    ).toEqual([{ event: 'stamp', removed: ['20260101000003_index_email'] }]);
  });

  it('says of which revisions the record keeps no body', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_long.sql': `-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT '${'x'.repeat(2 ** 20)}';\n`,
      '20260101000002_script.ts': 'export const up = async () => {};\n',
    });
    const { stderr } = await migrate(['stamp', 'head', ...reason]);
    expect(stderr).toContain(
      'The record keeps no copy of the down section of migrations/20260101000001_long.sql, of more than 1 MiB: reverting it will need the file.',
    );
    expect(stderr).toContain(
      'The record keeps no down of the script migrations/20260101000002_script.ts: reverting it will need the file.',
    );
    expect(await database.query('SELECT count(down_body)::int AS n FROM migrations.history')).toEqual([{ n: 0 }]);
  });
});
