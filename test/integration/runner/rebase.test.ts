import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createProject, threeRevisions } from '../../support/migrations.ts';

const files = {
  '20260101000001_create_accounts.sql': threeRevisions['20260101000001_create_accounts.sql'],
  '20260101000003_index_email.sql':
    '-- migrate:up\nCREATE TABLE newest (id int);\n-- migrate:down\nDROP TABLE newest;\n',
};
const lateText = '-- migrate:up\nALTER TABLE accounts ADD COLUMN email text;\n-- migrate:down\nSELECT 1;\n';

describe('migrate rebase', () => {
  it('cures a pending revision that sorts before an applied one, as the hint says', async () => {
    const { migrate, write, lock, migrations } = await createProject(files);
    await migrate(['upgrade']);
    await write('20260101000002_add_email.sql', lateText);
    await lock();
    const refused = await migrate(['check']);
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain('`migrate rebase 20260101000002`');
    const { exitCode, stdout, stderr } = await migrate(['rebase', '20260101000002']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^20260101000002_add_email -> 20\d{12}_add_email\n$/),
    });
    expect(stderr).toBe('It runs after 20260101000003_index_email now: make sure that none of them needs it.\n');
    const name = stdout.trim().split(' -> ')[1] ?? '';
    expect(await readdir(migrations)).not.toContain('20260101000002_add_email.sql');
    expect(await readFile(join(migrations, `${name}.sql`), 'utf8')).toBe(lateText);
    const lockLines = (await readFile(join(migrations, 'migrations.lock'), 'utf8')).trim().split('\n');
    expect(lockLines.at(-1)).toMatch(new RegExp(`^${name} [0-9a-f]{64}$`));
    expect((await migrate(['lock'])).stdout).toContain('is up to date');
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
  });

  it('--json is one document', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { stdout } = await migrate(['rebase', 'add_email', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      changed: true,
      from: '20260101000002_add_email',
      to: expect.stringMatching(/^20\d{12}_add_email$/),
      file: expect.stringMatching(/_add_email\.sql$/),
    });
  });

  it('sorts behind a revision that only the database knows', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    await database.query("UPDATE migrations.history SET revision = '29991231235958', name = '29991231235958_future'");
    const { stdout } = await migrate(['rebase', 'add_email']);
    expect(stdout).toBe('20260101000002_add_email -> 29991231235959_add_email\n');
  });

  it('leaves alone what sorts last already', async () => {
    const { migrate, migrations } = await createProject(threeRevisions);
    const before = await readdir(migrations);
    const { exitCode, stdout } = await migrate(['rebase', 'index_email']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'migrations/20260101000003_index_email.sql sorts last already.\n',
    });
    expect(await readdir(migrations)).toEqual(before);
  });

  it('without a database says that it could not check', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['rebase', 'add_email'], { env: { DATABASE_URL: '' } });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      'No database is named, so whether the revision is applied somewhere could not be checked.',
    );
  });

  it.each([
    ['add_email', 2, 'Revision 20260101000002_add_email is applied'],
    ['nope', 2, 'No revision is named "nope"'],
    ['base', 2, '"base" is no revision.'],
  ])('refuses %s and changes nothing', async (target, code, message) => {
    const { migrate, migrations } = await createProject(threeRevisions);
    await migrate(['upgrade', '+2']);
    const before = await readdir(migrations);
    const { exitCode, stderr } = await migrate(['rebase', target]);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(message);
    expect(await readdir(migrations)).toEqual(before);
  });
});
