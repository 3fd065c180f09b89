import { describe, expect, it } from 'vitest';

import type { RunnableRevision } from '../../../../src/runner/database/run/runnable-revision.ts';
import type { RevisionContext, RevisionModule } from '../../../../src/runner/files/revision-module.ts';
import { offlineRevision, type OfflineRevision } from '../../../../src/runner/offline/offline-revision.ts';
import { withValues } from '../../../../src/runner/offline/recording-session.ts';

function offline(run: RevisionModule['up'], { transactional = true } = {}): Promise<OfflineRevision> {
  const revision: RunnableRevision = {
    id: '20260101000001',
    name: '20260101000001_a',
    file: 'migrations/20260101000001_a.ts',
    checksum: 'abc',
    direction: 'up',
    text: '',
    transactional,
    work: { kind: 'script', run },
    upBody: '',
    downBody: undefined,
  };
  const signal = new AbortController().signal;
  return offlineRevision(revision, { medium: 'file', emit: () => undefined, signal, scriptTimeoutMs: 0 });
}

describe('a script revision without a database', () => {
  it('is what it sends, values as literals', async () => {
    const { steps, stub } = await offline(async ({ sql, client, log }) => {
      log('said');
      await sql`UPDATE a SET b = ${"it's"} WHERE c = ${3}`;
      const { rows } = await client.query('CREATE TABLE d (id int)');
      void rows;
    });
    expect(stub).toBeUndefined();
    expect(steps.map(({ lines }) => lines)).toEqual([
      "UPDATE a SET b = 'it''s' WHERE c = '3'\n;\nCREATE TABLE d (id int)\n;",
    ]);
  });

  it.each<[string, (context: RevisionContext) => Promise<void>]>([
    ['a row', async ({ sql }) => void (await sql`SELECT 1`)[0]],
    ['how many rows', async ({ sql }) => void (await sql`SELECT 1`).length],
    ['each row', async ({ sql }) => (await sql`SELECT 1`).forEach(() => undefined)],
    [
      'the rows by for…of',
      async ({ sql }) => {
        for (const row of await sql`SELECT 1`) void row;
      },
    ],
    ['rowCount', async ({ client }) => void (await client.query('UPDATE a SET b = 1')).rowCount],
    [
      'a row, and swallows what that throws',
      async ({ sql }) => {
        try {
          void (await sql`SELECT 1`)[0];
        } catch {
          // As a careless script would.
        }
      },
    ],
  ])('becomes a stub when it reads %s', async (_, run) => {
    expect(await offline(run)).toMatchObject({ steps: [], stub: 'is a script that reads from the database' });
  });

  it.each<[string, RevisionModule['up'], string]>([
    [
      'throws',
      () => Promise.reject(new Error('no luck')),
      'is a script that cannot be told without a database (no luck)',
    ],
    [
      'commits',
      async ({ client }) => void (await client.query('COMMIT')),
      'is a script that cannot be told without a database (it sends COMMIT)',
    ],
    [
      'sends what psql would obey',
      async ({ client }) => void (await client.query('SELECT 1 \\g')),
      'is a script that cannot be told without a database (psql would take this backslash for a command of its own)',
    ],
    [
      'has a value that SQL cannot hold',
      async ({ sql }) => void (await sql`SELECT ${Symbol('x')}`),
      'is a script that cannot be told without a database (a symbol is no value for SQL)',
    ],
  ])('becomes a stub when it %s', async (_, run, stub) => {
    expect(await offline(run)).toMatchObject({ steps: [], stub });
  });

  it('outside a transaction several statements in one text stay one transaction', async () => {
    const { steps } = await offline(async ({ client }) => void (await client.query('SELECT 1; SELECT 2')), {
      transactional: false,
    });
    expect(steps).toEqual([
      { lines: "SELECT 'SELECT 1; SELECT 2' AS sql \\gexec".replace("'", "E'"), checksum: 'abc', isConcurrent: false },
    ]);
  });
});

describe('withValues', () => {
  it('writes values only where the server would look for parameters', () => {
    expect(withValues('SELECT \'$1\', "$1", $$ $1 $$, $1, a$1, $10 -- $1', ['x'])).toBe(
      "SELECT '$1', \"$1\", $$ $1 $$, 'x', a$1, $10 -- $1",
    );
  });
});
