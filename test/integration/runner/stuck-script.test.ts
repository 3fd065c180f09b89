import { describe, expect, it } from 'vitest';

import { createProject } from '../../support/migrations.ts';

const never = 'new Promise(() => undefined)';
const script = (body: string, transactional = true): Record<string, string> => ({
  '20260101000001_script.ts': `${transactional ? '' : 'export const transaction = false;\n'}export const up = async ({ sql, client, log }) => { ${body} };
export const down = async () => {};
`,
});

describe('a script that neither queries nor logs for --script-timeout', () => {
  it('6: is taken for stuck and rolled back', async () => {
    const { migrate, database } = await createProject(script(`await sql\`CREATE TABLE a (id int)\`; await ${never};`));
    const { exitCode, stderr } = await migrate(['upgrade', '--script-timeout', '700ms']);
    expect(stderr).toContain('it has neither queried nor logged anything for 700 ms (--script-timeout)');
    expect(stderr).toContain('It was rolled back');
    expect(exitCode).toBe(6);
    expect(await database.query("SELECT to_regclass('a') AS found")).toEqual([{ found: null }]);
  });

  it('10: outside a transaction the journal says that it began', async () => {
    const { migrate, database } = await createProject(
      script(`await sql\`CREATE TABLE a (id int)\`; await ${never};`, false),
    );
    const { exitCode, stderr } = await migrate(['upgrade', '--script-timeout', '700ms']);
    expect(stderr).toContain('it is taken for stuck');
    expect(exitCode).toBe(10);
    expect(await database.query('SELECT statement, finished_at FROM migrations.journal')).toEqual([
      { statement: 1, finished_at: null },
    ]);
  });

  it('lives as long as it queries or logs, however long that takes; a long query is no silence', async () => {
    const nap = 'await new Promise((done) => setTimeout(done, 400))';
    const { migrate } = await createProject(
      script(`await sql\`SELECT pg_sleep(1.2)\`; ${nap}; log('a'); ${nap}; log('b'); ${nap}; await sql\`SELECT 1\`;`),
    );
    expect(await migrate(['upgrade', '--script-timeout', '700ms'])).toMatchObject({ exitCode: 0 });
  });
});

it('a stuck script does not hold up --sql: a stub stands for it', async () => {
  const { migrate } = await createProject(script(`await ${never};`));
  const { exitCode, stdout, stderr } = await migrate(['upgrade', '--sql', '--script-timeout', '400ms']);
  expect(stderr).toContain('it is taken for stuck');
  expect(stdout).toContain('run it with migrate upgrade');
  expect(exitCode).toBe(0);
});

describe('a script that opens a connection of its own to the same server', () => {
  const own = `const { default: pg } = await import(process.env.PG_MODULE);
    const other = new pg.Client({ connectionString: process.env.OWN_URL });
    await other.connect();`;
  const run = async (body: string, url?: string): Promise<{ exitCode: number | null; stderr: string }> => {
    const { migrate, database } = await createProject(script(`${own} ${body}`));
    return migrate(['upgrade'], { env: { PG_MODULE: import.meta.resolve('pg'), OWN_URL: url ?? database.url } });
  };
  const remark = 'It opened a connection of its own to this server';

  it('is warned: what it did there is no part of its transaction', async () => {
    const { exitCode, stderr } = await run("await other.query('CREATE TABLE beside (id int)'); await other.end();");
    expect(stderr).toContain(remark);
    expect(exitCode).toBe(0);
  });

  it('6: has failed when that connection is still inside a transaction', async () => {
    const { exitCode, stderr } = await run("await other.query('BEGIN; CREATE TABLE beside (id int)');");
    expect(stderr).toContain('a connection that it opened itself is still at work (idle in transaction)');
    expect(exitCode).toBe(6);
  });

  it('is not warned of connections that the runner opened, or that go elsewhere', async () => {
    const { migrate } = await createProject(
      script(`const { createServer, connect } = await import('node:net');
        const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
        await new Promise((done) => server.once('listening', done));
        await new Promise((done) => connect(server.address().port, '127.0.0.1').once('close', done).resume());
        server.close();
        await sql\`SELECT pg_sleep(0.5)\`;`),
    );
    const { exitCode, stderr } = await migrate(['upgrade', '--lock-timeout', '300ms']);
    expect(stderr).not.toContain('of its own');
    expect(exitCode).toBe(0);
  });
});
