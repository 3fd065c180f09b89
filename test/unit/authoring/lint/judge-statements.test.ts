import { describe, expect, test } from 'vitest';

import { judgeText } from '../../../support/lint.ts';

describe('CREATE INDEX', () => {
  test('of a table that is in use is objected to, with its place, its lock and the way out', async () => {
    const { findings } = await judgeText('SELECT 1;\n  CREATE INDEX i ON app.users (email);');
    expect(findings).toEqual([
      {
        rule: 'create-index-not-concurrently',
        severity: 'error',
        file: 'migrations/x.sql',
        line: 2,
        column: 3,
        revision: 'x',
        statement: 2,
        message: 'nobody can write to app.users until the index is built',
        locks: [{ relation: 'app.users', mode: 'SHARE', effect: 'build' }],
        recipe:
          '-- in a revision of its own, with `-- migrate:up transaction:false`:\nCREATE INDEX CONCURRENTLY i ON app.users (email);',
      },
    ]);
  });

  test('of a table that the revision makes itself is not', async () => {
    const { findings } = await judgeText('CREATE TABLE t (a int); CREATE INDEX i ON t (a);');
    expect(findings).toEqual([]);
  });
});

describe('a statement that the grammar refuses', () => {
  test('is an error at its very place, behind emoji, tabs and CRLF, and hides no other statement', async () => {
    const { findings } = await judgeText("SELECT '😀é';\r\n\tSELECT '😀' frm x y;\r\nCREATE INDEX i ON t (a);");
    expect(findings).toMatchObject([
      { rule: 'unparsable', line: 2, column: 17, message: 'syntax error at or near "x"' },
      { rule: 'create-index-not-concurrently', line: 3, column: 1, statement: 3 },
    ]);
  });
});
