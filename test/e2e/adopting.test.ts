import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createAlembicProject, hasAlembic } from '../support/alembic.ts';
import { createDatabase } from '../support/database.ts';
import { createLaunchSite } from '../support/launcher.ts';
import { createProject } from '../support/migrations.ts';
import { projectDirectory } from '../support/programs.ts';

const names = ['20251223142057_initial_schema.sql', '20251223164703_add_plaid_models.sql'];
const wumbo = Object.fromEntries(
  await Promise.all(
    names.map(async (name) => [name, await readFile(resolve(projectDirectory, 'migrations', name), 'utf8')] as const),
  ),
);
const phone =
  '-- migrate:up\nALTER TABLE users ADD COLUMN phone varchar(20);\n-- migrate:down\nALTER TABLE users DROP COLUMN phone;\n';

describe.skipIf(!hasAlembic())('a database that the real Alembic made', () => {
  it('is taken over in an ECS task, upgraded by a revision of ours, and taken back', async () => {
    const site = await createLaunchSite({ files: wumbo });
    const { alembic } = await createAlembicProject(site.database);
    await alembic('upgrade', 'head');
    // On the laptop, before the image is built.
    const scratch = await createDatabase();
    const written = await site.migrate(['adopt', '--write-catalog'], { env: { MIGRATE_SHADOW_URL: scratch.url } });
    expect(written.exitCode, written.stderr).toBe(0);
    const unasked = await site.launch(['production', '--', 'adopt', 'alembic']);
    expect(unasked.exitCode).toBe(2);
    expect(unasked.stderr).toContain('must be confirmed');
    const dryRun = await site.launch(['production', '--yes', '--', 'adopt', 'alembic', '--dry-run']);
    expect(dryRun.stdout).toContain('Dry run: the record would be at 20251223164703_add_plaid_models');
    expect(dryRun.exitCode).toBe(0);
    const adopted = await site.launch(['production', '--yes', '--', 'adopt', 'alembic', '--keep-alembic']);
    expect(adopted.stderr).toContain(
      'Adopted: the record is at 20251223164703_add_plaid_models (2 recorded, 0 removed)',
    );
    expect(adopted.stderr).toContain('the log is complete');
    expect(adopted.exitCode).toBe(0);
    const [event] = await site.database.query("SELECT event, task_arn FROM migrations.events WHERE event = 'adopt'");
    expect(event?.['task_arn']).toMatch(/^arn:aws:ecs:/);
    await site.write('20260301000000_add_phone.sql', phone);
    await site.lock();
    const upgraded = await site.launch(['production']);
    expect(upgraded.stderr).toContain('1 revision applied: 20260301000000_add_phone');
    expect(upgraded.exitCode).toBe(0);
    expect((await alembic('current')).trim()).toBe('cd6d8adfce4a (head)');
    expect((await site.launch(['production', '--downgrade', '2', '--yes'])).exitCode).toBe(0);
    expect((await alembic('current')).trim()).toBe('68b324aa3d62');
    expect((await site.launch(['production'])).exitCode).toBe(0);
    expect((await alembic('current')).trim()).toBe('cd6d8adfce4a (head)');
  });

  it('11: the task says what is other, and records nothing', async () => {
    const site = await createLaunchSite({ files: wumbo });
    const { alembic } = await createAlembicProject(site.database);
    await alembic('upgrade', 'head');
    await alembic('downgrade', '68b324aa3d62');
    const { exitCode, stderr } = await site.launch(['development', '--', 'adopt', 'alembic']);
    expect(stderr).toContain('+ type public.categorytype');
    expect(stderr).toContain('DROP TYPE public.categorytype;');
    expect(exitCode).toBe(11);
    expect(await site.database.query("SELECT 1 FROM pg_namespace WHERE nspname = 'migrations'")).toEqual([]);
  });

  it('the commands of docs/adopting.md run, in the order of the page', async () => {
    const page = await readFile(resolve(projectDirectory, 'docs/adopting.md'), 'utf8');
    const commands = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
    expect(commands).toHaveLength(6);
    const project = await createProject(wumbo);
    const scratch = await createDatabase();
    const alembicProject = await createAlembicProject(project.database);
    await alembicProject.alembic('upgrade', 'head');
    await cp(alembicProject.directory, join(project.directory, 'backend'), { recursive: true });
    for (const command of commands) {
      const args = command.replace('../backend', 'backend').split(' ').slice(1);
      const { exitCode, stderr, stdout } = await project.migrate(args, { env: { MIGRATE_SHADOW_URL: scratch.url } });
      expect(exitCode, `${command}\n${stdout}${stderr}`).toBe(0);
    }
    await writeFile(join(project.migrations, '20260301000000_add_phone.sql'), phone);
    await project.lock();
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
  });
});
