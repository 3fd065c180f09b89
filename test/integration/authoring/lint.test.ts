import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createSchemaProject } from '../../support/schema-project.ts';

const members = `-- migrate:up
CREATE TABLE members (id bigint PRIMARY KEY, name varchar(20) NOT NULL, old text);
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE FUNCTION token() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN random(); END';
-- migrate:down
DROP TABLE members, orders;
`;
const first = '20260101000001_members.sql';
const second = '20260101000002_change.sql';

test('11: what is there is known from the earlier revisions, and what the rules cannot read is seen on the server', async () => {
  const project = await createSchemaProject({
    [first]: members,
    [second]: `-- migrate:up
ALTER TABLE members ALTER COLUMN name TYPE varchar(40);
ALTER TABLE members ADD COLUMN token text DEFAULT token();
DO $$ BEGIN EXECUTE 'ALTER TABLE orders ADD CHECK (id > 0)'; END $$;
`,
  });
  const { exitCode, stdout } = await project.migrate(['lint', '--since', '20260101000001', '--json']);
  const { findings, server } = JSON.parse(stdout) as {
    findings: { rule: string; line: number; locks: unknown[] }[];
    server: string;
  };
  expect(exitCode).toBe(11);
  expect(server).toMatch(/^PostgreSQL 16/);
  // The longer varchar is free, and only who has prepared statements hears of it.
  expect(findings.map(({ rule, line }) => `${line} ${rule}`)).toEqual([
    '2 cached-plan-breaks',
    '3 work-under-lock',
    '3 add-column-volatile-default',
    '4 hidden-statements',
    '4 observed-otherwise',
  ]);
  expect(findings[4]?.locks).toEqual([{ relation: 'public.orders', mode: 'ACCESS EXCLUSIVE', effect: 'scan' }]);
});

test('a revision that is still being written need not be in migrations.lock, and a script is looked at too', async () => {
  const project = await createSchemaProject({ [first]: members });
  await writeFile(
    join(project.migrations, '20260101000003_script.ts'),
    `export const up = async ({ sql }) => {
  await sql\`ALTER TABLE members DROP COLUMN old\`;
};`,
  );
  await writeFile(
    join(project.migrations, '20260101000004_reads.ts'),
    'export const up = async ({ sql }) => { const [row] = await sql`SELECT 1 AS one`; if (row.one) await sql`SELECT 2`; };',
  );
  const { exitCode, stdout } = await project.migrate(['lint']);
  expect(stdout).toContain('! migrations/20260101000003_script.ts:2:13 warning: drop-column');
  expect(stdout).toContain('20260101000004_reads.ts:1:1 notice: not-looked-at');
  expect(stdout).toMatch(/nly 1 of its statements could be looked at: it reads what the database answers/i);
  expect(exitCode).toBe(11);
});

test('a revision that fails on the scratch server is an error at its place', async () => {
  const project = await createSchemaProject({
    [first]: members,
    [second]: '-- migrate:up\nALTER TABLE members\n  ADD COLUMN x int REFERENCES nobody;\n',
  });
  const { exitCode, stdout } = await project.migrate(['lint', '--since', '20260101000001']);
  expect(stdout).toMatch(/20260101000002_change\.sql:2:1 error: fails-on-scratch/);
  expect(stdout).toContain('relation "nobody" does not exist');
  expect(exitCode).toBe(11);
});

test('the severity that fails, what is allowed, and a clean folder', async () => {
  const change = '-- migrate:up\n-- migrate:allow drop-column nobody reads it\nALTER TABLE members DROP COLUMN old;\n';
  const project = await createSchemaProject({ [first]: members, [second]: change });
  const clean = await project.migrate(['lint']);
  expect(clean).toMatchObject({ exitCode: 0 });
  expect(clean.stdout).toMatch(
    /^Nothing to object to, 1 allowed: 4 statements in 2 files, judged, and run on PostgreSQL 16/,
  );
  await project.write(second, change.replace(/-- migrate:allow.*\n/, ''));
  expect(await project.migrate(['lint'])).toMatchObject({ exitCode: 11 });
  expect(await project.migrate(['lint', '--fail-on', 'error'])).toMatchObject({ exitCode: 0 });
});

test('a backfill is what a change of all rows should be', async () => {
  const project = await createSchemaProject({
    [first]: members,
    [second]:
      "-- migrate:up transaction:false\n-- migrate:batch table=members\nUPDATE members SET old = 'x' WHERE id BETWEEN $1 AND $2;\n",
  });
  expect(await project.migrate(['lint'])).toMatchObject({ exitCode: 0 });
  await project.write(second, "-- migrate:up transaction:false\nUPDATE members SET old = 'x';\n");
  const { stdout } = await project.migrate(['lint']);
  expect(stdout).toMatch(/warning: change-all-rows[\s\S]*-- migrate:batch table=members size=5000/);
});

test('migrate.config.json allows by path, says where linting begins, and a wrong key is told', async () => {
  const project = await createSchemaProject({
    [first]: members,
    [second]: '-- migrate:up\nALTER TABLE members DROP COLUMN old;\nGRANT SELECT ON members TO nobody_known;\n',
  });
  const configure = (lint: object): Promise<void> =>
    writeFile(join(project.directory, 'migrate.config.json'), JSON.stringify({ lint }));
  const allow = [{ path: 'migrations/*', rules: ['drop-column'], reason: 'a test' }];
  await configure({ allow });
  const allowed = await project.migrate(['lint']);
  expect(allowed.stdout).toMatch(/1 error, 1 allowed/);
  expect(allowed.stdout).toContain('CREATE ROLE "nobody_known";');
  await configure({ since: '20260101000002' });
  expect(await project.migrate(['lint'])).toMatchObject({ exitCode: 0 });
  await configure({ sinse: '20260101000002' });
  const wrong = await project.migrate(['lint']);
  expect(wrong).toMatchObject({ exitCode: 2 });
  expect(wrong.stderr).toMatch(/The settings of lint are wrong: .*sinse/);
});

test('the runner takes a comment of lint for a comment', async () => {
  const project = await createSchemaProject({
    [first]: `-- migrate:allow-file truncate nothing to see\n${members}`,
    [second]: '-- migrate:up\n-- migrate:allow drop-column nobody reads it\nALTER TABLE members DROP COLUMN old;\n',
  });
  expect(await project.migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
});

test('GitHub’s annotations and SARIF 2.1.0', async () => {
  const project = await createSchemaProject({
    [first]: members,
    [second]: `-- migrate:up
CREATE INDEX by_name ON members (name);
-- migrate:allow drop-column nobody reads it
ALTER TABLE members DROP COLUMN old;
`,
  });
  const github = await project.migrate(['lint', '--no-trace'], { env: { GITHUB_ACTIONS: 'true' } });
  expect(github.stdout).toMatch(
    /^::error file=migrations\/20260101000002_change\.sql,line=2,col=1,title=migrate lint%3A create-index-not-concurrently::/m,
  );
  const { stdout } = await project.migrate(['lint', '--format', 'sarif', '--no-trace']);
  const log = JSON.parse(stdout) as Sarif;
  const [run] = log.runs;
  expect(log.version).toBe('2.1.0');
  expect(run?.tool.driver.name).toBe('migrate lint');
  for (const { ruleId, ruleIndex, message, locations, partialFingerprints } of run?.results ?? []) {
    expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(message.text).not.toBe('');
    expect(locations[0]?.physicalLocation.artifactLocation.uri).toBe('migrations/20260101000002_change.sql');
    expect(locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(1);
    expect(Object.values(partialFingerprints)[0]).toMatch(/^[0-9a-f]{32}$/);
  }
  expect(run?.results.flatMap(({ suppressions = [] }) => suppressions)).toEqual([
    { kind: 'inSource', status: 'accepted', justification: 'nobody reads it' },
  ]);
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly suppressions?: readonly object[];
    }[];
  }[];
}

test('Wumbo’s own revisions pass', async () => {
  const names = ['20251223142057_initial_schema.sql', '20251223164703_add_plaid_models.sql'];
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join('migrations', name), 'utf8')] as const),
  );
  const project = await createSchemaProject(Object.fromEntries(files));
  const { exitCode, stdout } = await project.migrate(['lint']);
  expect(stdout).not.toMatch(/ (?:error|warning): /);
  expect(exitCode).toBe(0);
});

test('a column is not dropped in the release that replaces it, whatever file does it; alone it is the next release', async () => {
  const project = await createSchemaProject({
    [first]: members,
    '20260101000002_name_expand.sql':
      '-- migrate:phase expand\n-- migrate:up\nALTER TABLE members ADD COLUMN full_name text;\n',
    '20260101000003_fill.sql': "-- migrate:up\nUPDATE members SET full_name = name || '' WHERE id < 9;\n",
    '20260101000004_name_contract.sql': '-- migrate:up\nALTER TABLE members DROP COLUMN name;\n',
  });
  const rulesSince = async (since: string): Promise<readonly string[]> => {
    const { stdout } = await project.migrate(['lint', '--since', since, '--json']);
    const { findings } = JSON.parse(stdout) as { findings: readonly { rule: string; file: string; message: string }[] };
    return findings.map(({ rule, message }) => `${rule}: ${message}`);
  };
  expect(await rulesSince('20260101000001')).toEqual([
    expect.stringMatching(/^contract-with-expand: drops members\.name .* members\.full_name .*20260101000003_fill/),
    expect.stringMatching(/^drop-column: /),
  ]);
  expect(await rulesSince('20260101000003')).toEqual([expect.stringMatching(/^drop-column: /)]);
  expect(await project.migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
});
