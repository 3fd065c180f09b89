import { describe, expect, it } from 'vitest';

import { createProject, threeRevisions } from '../../support/migrations.ts';
import { hasPgBouncer, startPgBouncer } from '../../support/pgbouncer.ts';

const installed = await hasPgBouncer();
if (!installed) console.warn('pgbouncer is not installed: the tests behind a pooler are skipped.');
const passOptions = ['ignore_startup_parameters = options'];

describe.runIf(installed)('behind a real PgBouncer', () => {
  it('8: in transaction mode the run is refused, since the lock would be stranded', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const port = await startPgBouncer('transaction', passOptions);
    const env = { DATABASE_URL: withPort(database.url, port) };
    const { exitCode, stderr } = await migrate(['upgrade'], { env });
    expect(exitCode).toBe(8);
    expect(stderr).toContain('A pooler in transaction mode (PgBouncer, Supavisor) stands before this database');
    expect(await database.query("SELECT to_regnamespace('migrations') AS found")).toEqual([{ found: null }]);
  });

  it('in session mode it goes ahead', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const port = await startPgBouncer('session', passOptions);
    expect((await migrate(['upgrade'], { env: { DATABASE_URL: withPort(database.url, port) } })).exitCode).toBe(0);
  });

  it('8: one that refuses start-up options is named at once, not waited for', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const port = await startPgBouncer('session');
    const { exitCode, stderr } = await migrate(['upgrade'], { env: { DATABASE_URL: withPort(database.url, port) } });
    expect(exitCode).toBe(8);
    expect(stderr).toContain('A pooler (PgBouncer) stands before');
    expect(stderr).not.toContain('waiting');
  });
});

function withPort(text: string, port: number): string {
  const url = new URL(text);
  url.port = String(port);
  return url.href;
}
