import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { removeServer, startServer } from '../../../src/embedded-postgres/server.ts';
import { installationOf, installPostgres, otherVersions } from '../../support/postgres-versions.ts';
import { createSchemaProject } from '../../support/schema-project.ts';

const current = `CREATE TABLE owners (id int PRIMARY KEY);
  CREATE TABLE events (id int, owner int, at date) PARTITION BY RANGE (at);
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`;
const desired = current.replace(
  'owner int, at date',
  'owner int REFERENCES owners, at date NOT NULL, CONSTRAINT has_id CHECK (id > 0)',
);

/** The texts of all revisions that lead from one to the other, with these settings. */
async function textsWith(env: Readonly<Record<string, string>>): Promise<string> {
  const project = await createSchemaProject({ '20260101000001_first.sql': `-- migrate:up\n${current}\n` });
  await project.desire(desired);
  const args = ['revision', '--autogenerate', '-m', 'change'];
  const { exitCode, stdout, stderr } = await project.migrate(args, { env });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).not.toContain('The short form is used');
  return (await project.written()).map(({ text }) => text).join('\n');
}

test('PostgreSQL 16: on a partitioned table a CHECK and NOT NULL are validated later, a FOREIGN KEY cannot be', async () => {
  const texts = await textsWith({});
  expect(texts).toContain('CHECK ((id > 0)) NOT VALID;');
  expect(texts).toContain('VALIDATE CONSTRAINT at_not_null_proof;');
  expect(texts).toContain('REFERENCES public.owners(id);');
});

test('PostgreSQL 18: the FOREIGN KEY too', async () => {
  const version = otherVersions.at(-1) ?? '';
  await installPostgres(version);
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-test-'));
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  const options = { directory, machine, installedIn: installationOf(version), settings: { fsync: 'off' } };
  onTestFinished(async () => {
    await removeServer(options);
    await rm(directory, { recursive: true, force: true });
  });
  const { host, port, user, password } = await startServer(options);
  const texts = await textsWith({
    MIGRATE_SHADOW_URL: `postgres://${user}:${password}@${host}:${port}/postgres`,
  });
  expect(texts).toContain('REFERENCES public.owners(id) NOT VALID;');
  expect(texts).toContain('VALIDATE CONSTRAINT events_owner_fkey;');
});
