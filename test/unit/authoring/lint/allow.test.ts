import { expect, test } from 'vitest';

import { lintSource } from '../../../../src/authoring/lint/lint-source.ts';
import { emptyKnowledge } from '../../../../src/authoring/lint/knowledge.ts';
import { lintPolicy } from '../../../../src/authoring/lint/lint-settings.ts';
import { readSections } from '../../../../src/authoring/lint/sources/read-sections.ts';

async function lint(body: string) {
  const text = `-- migrate:up\n${body}\n`;
  const linted = await lintSource(
    {
      id: '1',
      name: 'x',
      path: '/x.sql',
      file: 'x.sql',
      text,
      isAsked: true,
      content: { kind: 'sql', sections: readSections(text) },
    },
    {
      settings: {
        versions: { from: 14, to: 18 },
        lockTimeoutMs: 5_000,
        statementTimeoutMs: 0,
        release: 'each alone' as const,
      },
      knowledge: emptyKnowledge(),
      record: () => Promise.reject(new Error('no script')),
      trace: () => Promise.resolve(undefined),
    },
  );
  const lines = linted.findings.map(({ rule, line, message }) => `${line} ${rule}: ${message}`);
  return { lines, allowed: linted.allowed.map(({ rule, reason }) => `${rule}: ${reason}`) };
}

test('a finding that is allowed with a reason is none; the statement below the next one is not meant', async () => {
  const { lines, allowed } = await lint(`-- migrate:allow drop-column nobody reads it
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t DROP COLUMN b;`);
  expect(allowed).toEqual(['drop-column: nobody reads it']);
  expect(lines).toEqual([expect.stringMatching(/^4 drop-column: /)]);
});

test('for the whole file there is another word', async () => {
  const { lines, allowed } = await lint(`-- migrate:allow-file drop-column they are all unused
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t DROP COLUMN b;`);
  expect(lines).toEqual([]);
  expect(allowed).toHaveLength(2);
});

test('without a reason, for an unknown rule and for nothing it is a finding', async () => {
  const { lines } = await lint(`-- migrate:allow drop-column
-- migrate:allow drop-colum why not
-- migrate:allow truncate why not
ALTER TABLE t DROP COLUMN a;`);
  expect(lines).toEqual([
    '2 bad-allow: says no reason why drop-column is accepted here, so it is not',
    '3 bad-allow: there is no rule "drop-colum"; did you mean drop-column?',
    '4 bad-allow: there is no truncate here to accept',
    expect.stringMatching(/^5 drop-column: /),
  ]);
});

test('what looks like one in a string, a body or a block comment is none', async () => {
  const { lines } = await lint(`/*
-- migrate:allow truncate x
*/
SELECT '
-- migrate:allow truncate x
', $$
-- migrate:allow truncate x
$$;`);
  expect(lines).toEqual([]);
});

test('what the runner would refuse is a finding, and what stands behind it is linted', async () => {
  const { lines } = await lint(`\\d t
BEGIN;
ALTER TABLE t DROP COLUMN a;
SELECT 'open;`);
  expect(lines).toEqual([
    expect.stringMatching(/^2 unparsable: psql's command \\d/),
    expect.stringMatching(/^3 transaction-control: BEGIN/),
    expect.stringMatching(/^4 drop-column: /),
    expect.stringMatching(/^5 unparsable: /),
  ]);
});

test('a configuration allows by path, and tells all that is wrong with it', () => {
  const allow = [{ path: 'migrations/2025*', rules: ['drop-column'], reason: 'before the rules' }];
  const { accepts, versions } = lintPolicy({ allow, postgres: '16' });
  expect(versions).toEqual({ from: 16, to: 16 });
  expect(accepts('migrations/20250101000000_a.sql', 'drop-column')).toBe('before the rules');
  expect(accepts('migrations/20260101000000_a.sql', 'drop-column')).toBeUndefined();
  expect(() =>
    lintPolicy({ postgres: '18-14', failOn: 'loud', allow: [{ path: '*', rules: ['x'], reason: ' ' }] }),
  ).toThrow(
    'The settings of lint are wrong: "18-14" is no range of PostgreSQL versions such as 16 or 14-18; "loud" is neither error, warning nor notice; what is allowed in * has no reason; there is no rule "x".',
  );
});

test('who accepts a rewrite is told that nothing ends it', async () => {
  const { lines } = await lint(`-- migrate:allow change-column-type the table is small
ALTER TABLE t ALTER COLUMN a TYPE bigint;`);
  expect(lines).toEqual([expect.stringMatching(/^3 statement-timeout-off: holds ACCESS EXCLUSIVE on public.t/)]);
});
