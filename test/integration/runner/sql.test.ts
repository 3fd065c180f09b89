import { describe, expect, it } from 'vitest';

import { createProject, threeRevisions } from '../../support/migrations.ts';

describe('migrate --sql', () => {
  it('prints Alembic’s words, one transaction per revision, and nothing else on stdout', async () => {
    const project = await createProject(threeRevisions);
    const { stdout, stderr } = await project.migrate(['upgrade', '+2', '--sql']);
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((line) => /^(-- Running|BEGIN;|COMMIT;)/.test(line))).toEqual([
      '-- Running upgrade  -> 20260101000001, create accounts',
      'BEGIN;',
      'COMMIT;',
      '-- Running upgrade 20260101000001 -> 20260101000002, add email',
      'BEGIN;',
      'COMMIT;',
    ]);
    await project.migrate(['upgrade']);
    expect((await project.migrate(['downgrade', '-1', '--sql'])).stdout).toContain(
      '-- Running downgrade 20260101000003 -> 20260101000002, index email\n',
    );
  });

  it.each([
    [['upgrade', 'base:head'], 'is a range of revisions, which is for --sql only'],
    [['upgrade', 'head:base', '--sql'], 'goes the wrong way for upgrade'],
    [['downgrade', 'base:head', '--sql'], 'goes the wrong way for downgrade'],
    [['upgrade', 'base:', '--sql'], '"base:" is no range of revisions.'],
    [['upgrade', 'base:nope', '--sql'], 'No revision is named "nope"'],
    [['downgrade', '-1', '--sql'], 'Give a range, e.g. `migrate downgrade head:base --sql`'],
    [['upgrade', '--sql'], 'Give a range, e.g. `migrate upgrade base:head --sql`'],
  ])('%j without a database is a usage error', async (args, message) => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(args, { env: { DATABASE_URL: '' } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it('has nothing to do at head, and says so', async () => {
    const { migrate } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    const { exitCode, stdout, stderr } = await migrate(['upgrade', '--sql']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Nothing to do, the database is at 20260101000003_index_email.');
    expect(stdout).not.toContain('BEGIN;');
  });

  it('refuses a backslash that psql would obey, with its place', async () => {
    const { migrate } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nSELECT (1 \\! touch /tmp/pwned\n);\n',
    });
    const { exitCode, stdout, stderr } = await migrate(['upgrade', '--sql']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('migrations/20260101000001_a.sql:2:11: psql would take this backslash for a command');
  });

  it('checks the files and the history as the online run does', async () => {
    const { migrate, write } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    await write('20260101000001_create_accounts.sql', '-- migrate:up\nSELECT 2;\n');
    expect(await migrate(['upgrade', '--sql'])).toMatchObject({ exitCode: 5, stdout: '' });
    await migrate(['lock']);
    const edited = await migrate(['upgrade', '--sql']);
    expect(edited).toMatchObject({ exitCode: 5, stdout: '' });
    expect(edited.stderr).toContain('was edited after it was applied');
  });
});
