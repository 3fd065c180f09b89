import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { RunEvent } from '../../../src/contract/run-events.ts';
import {
  check,
  current,
  MigrateError,
  RevisionError,
  upgrade,
  type MigrateOptions,
} from '../../../src/runner/library.ts';
import { createProject, threeRevisions, type MigrationProject } from '../../support/migrations.ts';

const broken = '20260101000004_broken.sql';
const slow = { '20260101000001_slow.sql': '-- migrate:up\nSELECT pg_sleep(30);\n-- migrate:down\nSELECT 1;\n' };

async function project(
  files: Readonly<Record<string, string>> = threeRevisions,
): Promise<MigrationProject & { readonly options: MigrateOptions }> {
  const made = await createProject(files);
  return { ...made, options: { database: made.database.url, migrations: made.migrations } };
}

async function read(events: AsyncIterable<RunEvent>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { event } of events) names.push(event);
  return names;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the events of a run', () => {
  it('come to onEvent and to any number of loops alike, from run.started to run.finished', async () => {
    const { options } = await project();
    const told: string[] = [];
    const run = upgrade({ ...options, onEvent: ({ event }) => told.push(event) });
    const [first, second, result] = await Promise.all([read(run.events), read(run.events), run]);
    expect(first.at(0)).toBe('run.started');
    expect(first.at(-1)).toBe('run.finished');
    expect([second, told]).toEqual([first, first]);
    expect(result).toMatchObject({ applied: { length: 3 }, pending: [] });
  });

  it('can be left alone, and left early: the run goes on', async () => {
    const { options } = await project();
    const run = upgrade(options);
    for await (const { event } of run.events) if (event === 'plan') break;
    expect((await run).applied).toHaveLength(3);
    expect(await read(run.events)).toEqual([]);
    expect((await upgrade(options)).applied).toEqual([]);
  });

  it('end with the error that the run ends with, for who reads nothing else', async () => {
    const { options, write, lock } = await project();
    await write(broken, '-- migrate:up\nSELECT 1/0;\n-- migrate:down\nSELECT 1;\n');
    await lock();
    const names: string[] = [];
    const loop = async (): Promise<void> => {
      for await (const { event } of upgrade(options).events) names.push(event);
    };
    const error = await failureOf(loop());
    expect(error).toBeInstanceOf(RevisionError);
    expect((error as RevisionError).failure).toMatchObject({ line: 2, sqlState: '22012' });
    expect(names.slice(-2)).toEqual(['revision.failed', 'run.finished']);
  });

  it('a listener that throws fails the run when it is over, and stops nothing', async () => {
    const { options, database } = await project();
    const fault = new Error('a bug of the caller');
    const run = upgrade({
      ...options,
      onEvent: () => {
        throw fault;
      },
    });
    expect(await failureOf(run)).toBe(fault);
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
  });
});

describe('a signal', () => {
  it('cancels the statement that runs; the reason is the cause of the error', async () => {
    const { options } = await project(slow);
    const controller = new AbortController();
    const run = upgrade({
      ...options,
      signal: controller.signal,
      onEvent: ({ event }) => {
        if (event === 'revision.started') setTimeout(() => controller.abort('enough'), 200);
      },
    });
    const error = await failureOf(run);
    expect(error).toBeInstanceOf(MigrateError);
    expect(error).toMatchObject({ code: 'interrupted', exitCode: 130, cause: 'enough' });
    expect((await current(options)).current).toBeNull();
  });
});

describe('the process', () => {
  it('is left as it was: no listener, no patched function, no output', async () => {
    const script = '20260101000004_script.ts';
    const { options, write, lock } = await project();
    await write(script, "export const up = async ({ log, sql }) => { log('hello'); await sql`SELECT 1`; };\n");
    await lock();
    const listeners = (): readonly (readonly [string | symbol, number])[] =>
      process.eventNames().map((name) => [name, process.listenerCount(name)]);
    // eslint-disable-next-line typescript/unbound-method -- compared, never called
    const patched = (): readonly unknown[] => [process.exit, console.log, console.error, process.cwd()];
    const before = { listeners: listeners(), patched: patched() };
    const seen: unknown[] = [];
    await upgrade({
      ...options,
      onEvent: (event) => {
        seen.push(
          event.event === 'message' ? event.text : patched().every((value, at) => value === before.patched[at]),
        );
      },
    });
    expect(seen).toContain('hello');
    expect(seen).not.toContain(false);
    await sleep(50);
    expect({ listeners: listeners(), patched: patched() }).toEqual(before);
  });

  it('has variables that nobody reads unless they are passed', async () => {
    const { options, database } = await project();
    const { migrations } = options;
    process.env['DATABASE_URL'] = database.url;
    process.env['MIGRATE_LOCK_WAIT'] = 'soon';
    try {
      expect(await failureOf(check({ migrations }))).toMatchObject({ code: 'no-database' });
      expect(await failureOf(check({ migrations, env: process.env }))).toMatchObject({ code: 'bad-settings' });
      expect((await check({ migrations, env: process.env, lockWaitMs: 1_000 })).pending).toHaveLength(3);
    } finally {
      delete process.env['DATABASE_URL'];
      delete process.env['MIGRATE_LOCK_WAIT'];
    }
  });
});

describe('the options', () => {
  it('take node-postgres’ fields for the database, a password function among them', async () => {
    const { options, database } = await project();
    const { hostname: host, port, username: user, password, pathname } = new URL(database.url);
    const fields = { host, port: Number(port), user, database: pathname.slice(1) };
    const asked: string[] = [];
    const tell = (): string => {
      asked.push('password');
      return decodeURIComponent(password);
    };
    const result = await check({ ...options, database: { ...fields, password: tell } });
    expect(result.pending).toHaveLength(3);
    expect(asked.length).toBeGreaterThan(0);
    expect(await failureOf(check({ ...options, database: { host } }))).toMatchObject({
      code: 'bad-database-settings',
      message: 'The database option names no user and no database.',
    });
  });

  it.each([
    [{ lockWaitMs: -1 }, 'The option lockWaitMs is no number of milliseconds from 0 to 24 days.'],
    [
      { statementTimeoutMs: Number.NaN },
      'The option statementTimeoutMs is no number of milliseconds from 0 to 24 days.',
    ],
    [{ historySchema: '' }, 'The option historySchema is empty.'],
    [{ database: 'mysql://x' }, 'The database option does not begin with postgres:// or postgresql://.'],
  ])('%j is refused', async (wrong, message) => {
    const { options } = await project();
    expect(await failureOf(check({ ...options, ...wrong }))).toMatchObject({ exitCode: 2, message });
  });
});
