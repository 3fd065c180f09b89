import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';

import { SplitError, splitStatements } from '../../../src/runner/files/split-statements.ts';
import { createDatabase } from '../../support/database.ts';

/** Statements that a server runs whatever stands beside them, each with something that a bad splitter trips over. */
const sound = [
  'SELECT 1',
  "SELECT 'it''s; fine', E'a\\';b', U&'\\0061;', $$;$$, $é$ ; $$ ; $é$",
  'SELECT 1 AS "a;""b"',
  'DO $do$ BEGIN PERFORM 1; /* END; EXCEPTION */ END; $do$',
  'CREATE OR REPLACE FUNCTION f(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE x WHEN 1 THEN 2 END; SELECT 2; END',
  'CREATE OR REPLACE RULE r AS ON INSERT TO t DO (DELETE FROM t; DELETE FROM t)',
  'SELECT 1 /* ; /* ; */ ; */ -- ;\n + 1',
] as const;
const gaps = ['', ' ', '\n', '\r\n', "-- it's; $$ /*\n", '/* ; */', '/* /* " */ */', ';'] as const;
/** Pieces that mostly make no sense, which both must refuse at the same statement or accept with the same count. */
const shards = [
  "'",
  '"',
  '$$',
  '$a$',
  '/*',
  '*/',
  '--',
  '\n',
  ';',
  'SELECT 1',
  ' ',
  "E'\\'",
  '(',
  ')',
  'é',
  '1e',
] as const;

interface Answer {
  readonly completed: number;
  /** SQLSTATE; undefined when all went through. */
  readonly code: string | undefined;
}

/** How many statements the server counts in the text that psql would send with -c: one answer each. */
async function countOnServer(client: pg.Client, sql: string): Promise<Answer> {
  try {
    const answer = (await client.query(sql)) as unknown as pg.QueryResult | readonly pg.QueryResult[];
    const results = Array.isArray(answer) ? (answer as readonly pg.QueryResult[]) : [answer as pg.QueryResult];
    return { completed: results.filter(({ command }) => command !== null).length, code: undefined };
  } catch (error) {
    return { completed: 0, code: (error as { code?: string }).code };
  }
}

describe('the splitter and the server', () => {
  it('count the same statements in any sound script', async () => {
    const database = await createDatabase();
    await database.query('CREATE TABLE t (a int)');
    const client = await database.connect();
    const gap = fc.array(fc.constantFrom(...gaps), { maxLength: 3 }).map((parts) => parts.join(''));
    const script = fc
      .tuple(gap, fc.array(fc.tuple(fc.constantFrom(...sound), gap, gap), { minLength: 1, maxLength: 6 }))
      .map(([start, parts]) => start + parts.map(([text, before, after]) => `${text}${before};${after}`).join(''));
    await fc.assert(
      fc.asyncProperty(script, async (sql) => {
        const { completed, code } = await countOnServer(client, sql);
        expect(code).toBeUndefined();
        expect(splitStatements(sql)).toHaveLength(completed);
      }),
      { numRuns: 150 },
    );
  });

  it('agree on any heap of shards: what the server runs is split into as many, what is never closed neither takes', async () => {
    const database = await createDatabase();
    const client = await database.connect();
    const heap = fc.array(fc.constantFrom(...shards), { minLength: 1, maxLength: 10 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(heap, async (sql) => {
        const { completed, code } = await countOnServer(client, sql);
        const ours = splitOrRefusal(sql);
        // The server refuses more than the splitter, which knows no grammar; never the other way round.
        const agrees = code === undefined ? ours === completed : /^(42|22)/.test(code);
        expect(agrees, `${JSON.stringify(sql)}: ${completed} or ${code ?? 'accepted'} there, ${ours} here`).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

function splitOrRefusal(sql: string): number | string {
  try {
    return splitStatements(sql).length;
  } catch (error) {
    if (error instanceof SplitError) return error.message;
    throw error;
  }
}
