import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';

import { createSchemaProject, type SchemaProject } from '../../support/schema-project.ts';

const files = {
  '20260101000001_create_accounts.sql':
    '-- migrate:up\nCREATE TABLE accounts (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE accounts;\n',
};
const desired = 'CREATE TABLE accounts (id int PRIMARY KEY, mail text);';

async function expectNothingWritten(project: SchemaProject): Promise<void> {
  expect(await project.written()).toEqual([]);
  expect((await readdir(project.migrations)).filter((name) => !name.endsWith('.sql'))).toEqual(['migrations.lock']);
}

describe('revision --autogenerate names bad input and writes nothing', () => {
  test('2: a warning among the DDL of a command has its line', async () => {
    const project = await createSchemaProject(files);
    const command = `echo "${desired}"; echo "DeprecationWarning: models are old"`;
    const { exitCode, stderr } = await project.autogenerate('--schema-command', command);
    expect(stderr).toContain(':2:1: syntax error at or near "DeprecationWarning"');
    expect(stderr).toContain('2 | DeprecationWarning: models are old');
    expect(exitCode).toBe(2);
    await expectNothingWritten(project);
  });

  test('2: a command that prints nothing does not mean that everything shall go', async () => {
    const project = await createSchemaProject(files);
    const { exitCode, stderr } = await project.autogenerate('--schema-command', 'true');
    expect(stderr).toContain('There is no desired schema: `true` printed nothing');
    expect(exitCode).toBe(2);
    await expectNothingWritten(project);
  });

  test('8: a scratch server that nobody answers at', async () => {
    const project = await createSchemaProject(files);
    await project.desire(desired);
    const { exitCode, stderr } = await project.autogenerate('--shadow-url', 'postgres://nobody@127.0.0.1:1/none');
    expect(stderr).toContain('127.0.0.1');
    expect(exitCode).toBe(8);
    await expectNothingWritten(project);
  });

  test('6: a revision that cannot be replayed is named', async () => {
    const broken = {
      ...files,
      '20260101000002_broken.sql': '-- migrate:up\nALTER TABLE gone ADD x int;\n-- migrate:down\n',
    };
    const project = await createSchemaProject(broken);
    await project.desire(desired);
    const { exitCode, stderr } = await project.autogenerate();
    expect(stderr).toContain('20260101000002_broken.sql:2:');
    expect(stderr).toContain('relation "gone" does not exist');
    expect(exitCode).toBe(6);
    await expectNothingWritten(project);
  });

  test('2: an extension that the scratch server lacks, with the way out', async () => {
    const project = await createSchemaProject(files);
    await project.desire(`CREATE EXTENSION no_such_extension; ${desired}`);
    const { exitCode, stderr } = await project.autogenerate();
    expect(stderr).toContain('extension "no_such_extension" is not available');
    expect(stderr).toContain('name an empty database of a server that has it with --shadow-url');
    expect(exitCode).toBe(2);
    await expectNothingWritten(project);
  });
});
