import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { onServer } from '../../support/database.ts';
import { createSchemaProject, type SchemaProject } from '../../support/schema-project.ts';
import { hasTerminals, startOnTerminal, type TerminalProgram } from '../../support/terminal.ts';

const files = {
  '20260101000001_create_accounts.sql':
    '-- migrate:up\nCREATE TABLE accounts (id int PRIMARY KEY, mail text);\n-- migrate:down\nDROP TABLE accounts;\n',
};

/** With a folder for temporary files a server is embedded there; else the tests' own is the scratch server. */
async function renamedOrNot(
  temporary?: string,
): Promise<{ readonly project: SchemaProject; readonly program: TerminalProgram }> {
  const project = await createSchemaProject(files);
  await project.desire('CREATE TABLE accounts (id int PRIMARY KEY, email text);');
  const args = ['revision', '--autogenerate', '-m', 'change'];
  const env = temporary === undefined ? project.env : { DATABASE_URL: project.database.url, TMPDIR: temporary };
  const program = startOnTerminal('migrate', args, { cwd: project.directory, env: { ...env, CI: '' } });
  await program.shown('Was the column public.accounts.mail renamed to email?');
  return { project, program };
}

describe.skipIf(!hasTerminals)('what looks like a rename is asked on a terminal', () => {
  test('yes: it is a rename', async () => {
    const { project, program } = await renamedOrNot();
    program.type('\r');
    const { exitCode, screen } = await program.finished;
    expect(exitCode, screen).toBe(0);
    const [revision] = await project.written();
    expect(revision?.text).toContain('ALTER TABLE public.accounts RENAME COLUMN mail TO email;');
  });

  test('no: the old one is dropped, which is marked', async () => {
    const { project, program } = await renamedOrNot();
    program.type('n');
    const { exitCode, screen } = await program.finished;
    expect(exitCode, screen).toBe(0);
    const texts = (await project.written()).map(({ text }) => text).join('\n');
    expect(texts).toContain('DESTRUCTIVE: column public.accounts.mail');
    expect(texts).not.toContain('RENAME');
  });

  test('Ctrl-C: 130, nothing is written, the scratch server is gone with its data', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'wumbo-temporary-'));
    onTestFinished(() => rm(temporary, { recursive: true }));
    // The embedded server does not run as root, and must reach its folder.
    await chmod(temporary, 0o755);
    const { project, program } = await renamedOrNot(temporary);
    expect((await readdir(temporary)).join()).toContain('wumbo-scratch-');
    program.type('\x03');
    const { exitCode, screen } = await program.finished;
    expect(exitCode, screen).toBe(130);
    expect(await readdir(project.migrations)).toEqual([...Object.keys(files), 'migrations.lock']);
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe.skipIf(!hasTerminals)('every kind of decision is asked on a terminal', () => {
  const schema = (table: string, column: string, type: string, label: string, age: string): string =>
    `CREATE TYPE ${type} AS ENUM ('${label}', 'sad', 'tired'); CREATE TABLE ${table} (id int, age ${age}, m ${type}, ${column} text);`;

  test('table, type, column and label, and then how values become another type, until PostgreSQL takes it', async () => {
    const project = await createSchemaProject({
      '20260101000001_first.sql': `-- migrate:up\n${schema('accounts', 'mail', 'mood', 'ok', 'text')}\n`,
    });
    await project.desire(schema('members', 'email', 'feeling', 'fine', 'int'));
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    await project.database.query("INSERT INTO accounts VALUES (1, '7', 'ok', 'a@example.org')");
    const silent = await project.autogenerate();
    expect(silent.stderr).toContain('table public.accounts, perhaps now members: --rename accounts=members');
    expect(silent.stderr).toContain('type public.mood, perhaps now feeling: --rename mood=feeling');
    expect(silent.exitCode).toBe(2);
    const program = startOnTerminal('migrate', ['revision', '--autogenerate', '-m', 'change'], {
      cwd: project.directory,
      env: { ...project.env, CI: '' },
    });
    for (const [question, keys] of [
      ['Was the table public.accounts renamed to members?', '\r'],
      ['Was the type public.mood renamed to feeling?', '\r'],
      ['Was the column public.members.mail renamed to email?', '\r'],
      ['Was the enum label public.feeling.ok renamed to fine?', '\r'],
      ['How do the values of public.members.age become integer?', 'agge::int\r'],
      ['column "agge" does not exist', 'age::int\r'],
    ] as const) {
      await program.shown(question);
      program.type(keys);
    }
    const { exitCode, screen } = await program.finished;
    expect(exitCode, screen).toBe(0);
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    expect(await project.database.query('SELECT age, m::text, email FROM members')).toEqual([
      { age: 7, m: 'fine', email: 'a@example.org' },
    ]);
  });

  test('nothing is said about the values: the revision is written with a stop, exit code 11', async () => {
    const project = await createSchemaProject(files);
    await project.desire('CREATE TABLE accounts (id int PRIMARY KEY, mail int);');
    const args = ['revision', '--autogenerate', '-m', 'change'];
    const program = startOnTerminal('migrate', args, { cwd: project.directory, env: { ...project.env, CI: '' } });
    await program.shown('How do the values of public.accounts.mail become integer?');
    program.type('\r');
    expect((await program.finished).exitCode).toBe(11);
    expect((await project.written())[0]?.text).toContain('NOT PROVED');
  });
});

describe('roles that the scratch server lacks', () => {
  test('2: are named with the way out; --scratch-setup, also from migrate.config.json, makes them', async () => {
    const role = `app_${randomBytes(4).toString('hex')}`;
    onTestFinished(() => onServer(async (client) => void (await client.query(`DROP ROLE IF EXISTS ${role}`))));
    const project = await createSchemaProject({});
    await project.desire(`CREATE TABLE notes (id int PRIMARY KEY); GRANT SELECT ON notes TO ${role};`);
    const refused = await project.autogenerate();
    expect(refused.stderr).toContain(`role "${role}" does not exist`);
    expect(refused.stderr).toContain(`\`CREATE ROLE "${role}";\` into a file and name it with --scratch-setup`);
    expect(refused.exitCode).toBe(2);
    await writeFile(join(project.directory, 'scratch.sql'), `-- As on the real server.\nCREATE ROLE ${role};\n`);
    await writeFile(join(project.directory, 'migrate.config.json'), '{ "scratchSetup": "scratch.sql" }');
    const { exitCode, stdout, stderr } = await project.autogenerate();
    expect(exitCode, stdout + stderr).toBe(0);
    const [revision] = await project.written();
    expect(revision?.text).toContain(`GRANT SELECT ON TABLE public.notes TO ${role};`);
    expect((await project.migrate(['test'])).exitCode).toBe(0);
  });
});
