import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';

const slow = {
  '20260101000001_slow.sql':
    '-- migrate:up\nCREATE TABLE slow (id int);\nSELECT pg_sleep(600);\n-- migrate:down\nDROP TABLE slow;\n',
} as const;

/** Every code of the table, through all parts: launcher → AWS's protocols → the runner's process → PostgreSQL and back. */
describe('the exit code of launch-migration', () => {
  it('0: revisions are applied, then there is nothing to do', async () => {
    const { launch, database } = await createLaunchSite({ files: threeRevisions });
    const first = await launch(['development']);
    expect(first.stderr).toContain('20260101000003_index_email');
    expect(first.stderr).toContain('3 revisions applied');
    expect(first.stderr).toContain('the log is complete');
    expect(first.exitCode).toBe(0);
    const second = await launch(['development']);
    expect(second.exitCode).toBe(0);
    expect(second.stderr).toContain('Nothing to do, the database is at 20260101000003_index_email');
    const [record] = await database.query('SELECT task_arn, image_digest FROM migrations.history LIMIT 1');
    expect(record?.['task_arn']).toMatch(
      /^arn:aws:ecs:us-east-1:\d{12}:task\/development-wumbo-cluster\/[0-9a-f]{32}$/,
    );
    expect(record?.['image_digest']).toMatch(/^sha256:/);
  });

  it('1: a bug in the runner is shown with its stack', async () => {
    const { launch, database } = await createLaunchSite({ files: threeRevisions });
    // A record that this version could never have written is a situation that the program does not foresee.
    await launch(['development']);
    await database.query("UPDATE migrations.history SET applied_at = 'infinity'");
    const { exitCode, stdout, stderr } = await launch(['development', '--', 'history', '-v']);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('A bug in migrate 0.1.0, please report it:');
    expect(stdout + stderr).toContain('Invalid time value');
  });

  it('2: the environment does not exist; nothing was touched', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stdout, stderr } = await launch(['staging']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('staging-ComputeStack');
    expect(aws.requests.filter(({ operation }) => operation === 'RunTask')).toEqual([]);
  });

  it('2: the runner refuses an unknown revision', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stderr } = await launch(['development', '--', 'upgrade', '2099']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('No revision is named "2099".');
  });

  it('3: --check-only finds pending revisions', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stdout } = await launch(['development', '--check-only']);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('The database is at base, 3 revisions are pending:\n  20260101000001_create_accounts\n');
  });

  it('4: the database is ahead of the image', async () => {
    const { launch, migrations, lock } = await createLaunchSite({ files: threeRevisions });
    await launch(['development']);
    await rm(join(migrations, '20260101000003_index_email.sql'));
    await lock();
    const { exitCode, stderr } = await launch(['development']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('The database is ahead of these files');
  });

  it('5: an applied file was edited', async () => {
    const { launch, write, lock } = await createLaunchSite({ files: threeRevisions });
    await launch(['development']);
    await write('20260101000003_index_email.sql', '-- migrate:up\nSELECT 2;\n');
    await lock();
    const { exitCode, stderr } = await launch(['development']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('20260101000003_index_email was edited after it was applied');
  });

  it('6: a revision fails; the place and the excerpt reach the person, earlier ones stay', async () => {
    const { launch, database } = await createLaunchSite({
      files: {
        ...threeRevisions,
        '20260101000004_broken.sql': '-- migrate:up\nSELECT 1;\nALTER TABLE nope ADD COLUMN x int;\n',
      },
    });
    const { exitCode, stderr } = await launch(['development']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('migrations/20260101000004_broken.sql:3:1');
    expect(stderr).toContain('ALTER TABLE nope ADD COLUMN x int;');
    expect(stderr).toContain('It was rolled back.');
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
  });

  it('7: a migration task runs already; it is named, and no second one is started', async () => {
    const { startLaunch, launch, aws } = await createLaunchSite({ files: slow });
    const first = startLaunch(['development']);
    await first.said(/1 revision to apply|1\/1/);
    const { exitCode, stderr } = await launch(['development']);
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/arn:aws:ecs:us-east-1:\d{12}:task\/development-wumbo-cluster\/[0-9a-f]{32}/);
    expect(aws.requests.filter(({ operation }) => operation === 'RunTask')).toHaveLength(1);
    first.child.kill('SIGTERM');
    await first.finished;
  });

  it('7: the runner’s lock is held by somebody else', async () => {
    const { launch, startMigrate } = await createLaunchSite({ files: slow });
    const other = startMigrate(['upgrade']);
    await other.said('1/1 applying');
    const { exitCode, stderr } = await launch(['development', '--', 'upgrade', '--lock-wait', '200ms']);
    expect(exitCode).toBe(7);
    expect(stderr).toContain('Another runner holds the lock');
    other.child.kill('SIGTERM');
    await other.finished;
  });

  it('8: the database refuses the login', async () => {
    const { launch } = await createLaunchSite({
      files: threeRevisions,
      environment: {
        database: { username: 'postgres', password: 'planted-wrong', host: '127.0.0.1', port: 1, dbname: 'x' },
      },
    });
    const { exitCode, stdout, stderr } = await launch(['development', '--', 'upgrade', '--skip-wait']);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('The database x at 127.0.0.1:1 cannot be reached: ECONNREFUSED.');
    expect(stdout + stderr).not.toContain('planted-wrong');
  });

  it('10: a revision without a transaction stops half-way', async () => {
    const { launch } = await createLaunchSite({
      files: { '20260101000001_a.sql': '-- migrate:up transaction:false\nCREATE TABLE a (id int);\nSELECT 1/0;\n' },
    });
    const { exitCode, stderr } = await launch(['development']);
    expect(exitCode).toBe(10);
    expect(stderr).toContain('It stopped at statement 2 of 2; the ones before stay, and the journal knows it.');
  });

  it('124: --timeout is over; the task goes on and that is said', async () => {
    const { launch, aws } = await createLaunchSite({ files: slow });
    const { exitCode, stderr } = await launch(['development', '--timeout', '1500ms']);
    expect(exitCode).toBe(124);
    expect(stderr).toMatch(/may still run/i);
    expect(aws.requests.filter(({ operation }) => operation === 'StopTask')).toEqual([]);
  });

  it('125: AWS refuses the credentials', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stderr } = await launch(['development'], { env: { AWS_ACCESS_KEY_ID: 'unknown' } });
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/credential|access key/i);
    expect(stderr).not.toContain('    at ');
  });

  it('125: the task never starts, and the reason is explained in plain words', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions, environment: { taskDefinition: 'original' } });
    const { exitCode, stderr } = await launch(['development']);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/json key.*url|key "?url"?/i);
    expect(stderr).toContain('never started');
    // There is no log to lead to.
    expect(stderr).toContain('task in the AWS console: https://');
    expect(stderr).not.toContain('log in the AWS console');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s detaches with %i; the task goes on and the way back is printed', async (signal, code) => {
    const { startLaunch, aws, database } = await createLaunchSite({ files: slow });
    const run = startLaunch(['development']);
    await run.said(/1 revision to apply|1\/1/);
    run.child.kill(signal);
    const { exitCode, stderr } = await run.finished;
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(/arn:aws:ecs:us-east-1:\d{12}:task\/development-wumbo-cluster\/[0-9a-f]{32}/);
    expect(aws.requests.filter(({ operation }) => operation === 'StopTask')).toEqual([]);
    expect(
      await database.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid() AND datname = current_database()",
      ),
    ).toHaveLength(1);
  });

  it('143: --on-interrupt stop stops the task, and the runner rolls back', async () => {
    const { startLaunch, database } = await createLaunchSite({ files: slow });
    const run = startLaunch(['development', '--on-interrupt', 'stop']);
    await run.said(/1 revision to apply|1\/1/);
    run.child.kill('SIGTERM');
    const { exitCode, stderr } = await run.finished;
    expect(exitCode).toBe(143);
    expect(stderr).toContain('killed');
    expect(await database.query("SELECT to_regclass('slow') AS found")).toEqual([{ found: null }]);
  });
});
