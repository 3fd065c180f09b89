import { describe, expect, it } from 'vitest';

import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, threeRevisions, type MigrationProject } from '../../support/migrations.ts';

const remark = 'the record was last written in another database or cluster';

describe('a database that is a copy of another one, record and all', () => {
  it('is told so until a run has written here, and is refused nothing', async () => {
    const { project, copy } = await copyAfterTwo();
    const env = { DATABASE_URL: copy.url };
    const doctor = await project.migrate(['doctor'], { env });
    expect(doctor.stdout).toContain(`warning  origin: ${remark}`);
    expect(doctor.exitCode).toBe(0);
    const first = await project.migrate(['upgrade', '+1'], { env });
    expect(first.stderr).toContain(`${remark} (`);
    expect(first.stderr).toContain('Check that it is the one that you mean.');
    expect(first.exitCode).toBe(0);
    const second = await project.migrate(['downgrade', '-1'], { env });
    expect(second).toMatchObject({ exitCode: 0 });
    expect(second.stderr).not.toContain(remark);
    expect((await project.migrate(['doctor'], { env })).stdout).not.toContain('origin');
    expect((await project.migrate(['upgrade'])).stderr).not.toContain(remark);
  });

  it('is told so by stamp as well; every event says where it was written', async () => {
    const { project, copy } = await copyAfterTwo();
    const stamp = await project.migrate(['stamp', 'head', '--reason', 'restored'], { env: { DATABASE_URL: copy.url } });
    expect(stamp.stderr).toContain(remark);
    expect(stamp.exitCode).toBe(0);
    const clusters = await copy.query<{ cluster: string }>(
      "SELECT detail->>'cluster' AS cluster FROM migrations.events ORDER BY id",
    );
    const [here] = await copy.query<{ id: string }>(
      "SELECT format('%s/%s', (SELECT system_identifier FROM pg_control_system()), (SELECT oid FROM pg_database WHERE datname = current_database())) AS id",
    );
    expect(clusters.at(-1)?.cluster).toBe(here?.id);
    expect(clusters.at(0)?.cluster).not.toBe(here?.id);
  });

  it('is not told when the role may not ask for the identity: the run goes on without it', async () => {
    const project = await createProject(threeRevisions);
    await project.migrate(['upgrade', '+1']);
    const role = `deaf_${project.database.name}`;
    await project.database.query(`CREATE ROLE ${role} LOGIN SUPERUSER; ALTER ROLE ${role} NOSUPERUSER`);
    await project.database.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
    await project.database.query(
      `GRANT ALL ON SCHEMA public, migrations TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA migrations TO ${role}; ALTER TABLE accounts OWNER TO ${role}; ALTER ROLE ${role} PASSWORD 'x'`,
    );
    const url = new URL(project.database.url);
    [url.username, url.password] = [role, 'x'];
    const run = await project.migrate(['upgrade', '+1'], { env: { DATABASE_URL: url.href } });
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).not.toContain('error');
    await project.database.query(`REASSIGN OWNED BY ${role} TO postgres; DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});

async function copyAfterTwo(): Promise<{ project: MigrationProject; copy: TestDatabase }> {
  const project = await createProject(threeRevisions);
  expect((await project.migrate(['upgrade', '+2'])).exitCode).toBe(0);
  return { project, copy: await createDatabase({ template: project.database.name }) };
}
