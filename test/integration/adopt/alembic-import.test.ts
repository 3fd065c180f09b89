import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createAlembicProject, hasAlembic, type AlembicProject } from '../../support/alembic.ts';
import { createSchemaProject, type SchemaProject } from '../../support/schema-project.ts';

async function createImport(): Promise<SchemaProject & { readonly alembic: AlembicProject }> {
  const project = await createSchemaProject({});
  return { ...project, alembic: await createAlembicProject(project.database) };
}

const plaid = '20251223164703_add_plaid_models_bank_accounts_transactions_categories';

describe.skipIf(!hasAlembic())('migrate adopt alembic --import', () => {
  it('writes Wumbo’s revisions as the real Alembic renders them, and names the types that their downs forget', async () => {
    const { migrate, alembic, migrations, database } = await createImport();
    const imported = await migrate(['adopt', 'alembic', '--import', alembic.directory]);
    expect(imported.exitCode, imported.stderr).toBe(11);
    expect((await readdir(migrations)).toSorted()).toEqual([
      '20251223142057_initial_schema.sql',
      `${plaid}.sql`,
      'migrations.lock',
    ]);
    expect(imported.stdout).toContain(
      '✗ 20251223142057_initial_schema: after its down, the schema is not the one before it:',
    );
    expect(imported.stdout).toContain('+ type public.householdrole');
    expect(imported.stdout).toContain('+ type public.categorytype');
    const texts = await Promise.all(
      ['20251223142057_initial_schema', plaid].map((name) => readFile(join(migrations, `${name}.sql`), 'utf8')),
    );
    expect(texts[0]).toContain('-- Initial schema\n-- alembic: 68b324aa3d62\n');
    expect(texts.join('')).not.toMatch(/alembic_version|^BEGIN|^COMMIT/m);
    // What a person does then: the forgotten drop comes into each down.
    for (const [name, type, index] of [
      ['20251223142057_initial_schema', 'householdrole', 0],
      [plaid, 'categorytype', 1],
    ] as const)
      await writeFile(join(migrations, `${name}.sql`), `${texts[index] ?? ''}\nDROP TYPE ${type};\n`);
    expect((await migrate(['lock'])).exitCode).toBe(0);
    expect((await migrate(['test'])).exitCode).toBe(0);
    await alembic.alembic('upgrade', 'head');
    expect((await migrate(['adopt', 'alembic'])).stderr).toContain(`Adopted: the record is at ${plaid}`);
    expect((await migrate(['downgrade', 'base'])).exitCode).toBe(0);
    expect(await database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([
      { tablename: 'alembic_version' },
    ]);
    const again = await migrate(['adopt', 'alembic', '--import', alembic.directory]);
    expect(again.stdout).toContain('0 revisions written');
    expect(again.stdout).toContain('it is here already, as 20251223142057_initial_schema.');
    expect(again.exitCode).toBe(0);
  });

  it('2: branches are refused with their places; --linearize puts them in line; what reads rows becomes a stub that stops', async () => {
    const { migrate, alembic, migrations } = await createImport();
    await alembic.add({
      id: 'aaaaaaaaaaa1',
      after: 'cd6d8adfce4a',
      message: 'Index names',
      createDate: '2026-01-02 10:00:00',
      upgrade:
        "with op.get_context().autocommit_block():\n    op.create_index('ix_name', 'users', ['name'], postgresql_concurrently=True)",
      downgrade:
        "with op.get_context().autocommit_block():\n    op.drop_index('ix_name', 'users', postgresql_concurrently=True)",
    });
    await alembic.add({
      id: 'bbbbbbbbbbb2',
      after: 'cd6d8adfce4a',
      message: 'Fill names',
      createDate: '2026-01-01 10:00:00',
      upgrade: "for row in op.get_bind().execute(sa.text('select id from users')).fetchall():\n    pass",
    });
    await alembic.add({
      id: 'mmmmmmmmmmm3',
      after: ['aaaaaaaaaaa1', 'bbbbbbbbbbb2'],
      message: 'Merge: both',
      createDate: '2025-01-03 10:00:00',
      upgrade: 'pass',
    });
    const refused = await migrate(['adopt', 'alembic', '--import', alembic.versions]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('behind cd6d8adfce4a come aaaaaaaaaaa1 and bbbbbbbbbbb2');
    expect(await readdir(migrations)).toEqual([]);
    const { exitCode, stdout } = await migrate(['adopt', 'alembic', '--import', alembic.versions, '--linearize']);
    expect(exitCode).toBe(11);
    expect(stdout).toContain('✗ 20260101100000_fill_names has a block in which its SQL must be written by hand');
    const names = (await readdir(migrations)).toSorted();
    // The merge says that it is older than what it merges: it comes behind them all the same.
    expect(names.slice(2, 5)).toEqual([
      '20260101100000_fill_names.sql',
      '20260102100000_index_names.sql',
      '20260102100001_merge_both.sql',
    ]);
    const index = await readFile(join(migrations, '20260102100000_index_names.sql'), 'utf8');
    expect(index).toContain('-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY ix_name ON users (name);');
    expect(index).toContain('-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY ix_name;');
    const stub = await readFile(join(migrations, '20260101100000_fill_names.sql'), 'utf8');
    expect(stub).toMatch(/-- NOT IMPORTED: Alembic could not render its upgrade as SQL: AttributeError/);
    const upgraded = await migrate(['upgrade']);
    expect(upgraded.stderr).toContain('this imported revision has no SQL yet');
    expect(upgraded.exitCode).toBe(6);
  });

  it.each([
    ['no alembic.ini', ['--import', '/nowhere'], 'There is no alembic.ini in /nowhere or above it'],
    ['no Alembic', ['--alembic-command', 'no-such-alembic'], '"no-such-alembic" is not installed here'],
    ['an env.py that fails', ['--alembic-command', 'alembic -x fail=1'], 'could not render any revision as SQL'],
    ['a dry run', ['--dry-run'], '--dry-run goes with the takeover itself'],
  ])('2: %s is named, and nothing is written', async (what, args, text) => {
    const { migrate, alembic, migrations } = await createImport();
    if (what.startsWith('an env.py'))
      await writeFile(join(alembic.directory, 'alembic/env.py'), "raise RuntimeError('REDIS_URL')\n");
    const { exitCode, stderr } = await migrate(['adopt', 'alembic', '--import', alembic.directory, ...args]);
    expect(stderr).toContain(text);
    expect(exitCode).toBe(2);
    expect(await readdir(migrations)).toEqual([]);
  });
});
