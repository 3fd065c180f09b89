import { describe, expect, it } from 'vitest';

import { parseSqlRevision, parseStoredDown, storedBody } from '../../../../src/runner/files/parse-sql-revision.ts';
import { refusal } from '../../contract/refusal.ts';

const file = 'migrations/20260101000000_a.sql';
const parse = (text: string): ReturnType<typeof parseSqlRevision> => parseSqlRevision(text, file);
const upTexts = (text: string): readonly string[] => parse(text).up.statements.map((statement) => statement.text);

/** The body as the record keeps it; none of these is too long for that. */
const stored = (...given: Parameters<typeof storedBody>): string => storedBody(...given) ?? 'too long';

describe('parseSqlRevision', () => {
  it('gives both sections with their places in the file', () => {
    const text = '-- add phone\n\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n';
    const { up, down } = parse(text);
    for (const section of [up, down])
      expect(text.slice(section?.offset).startsWith(section?.text ?? 'no section')).toBe(true);
    expect(up).toMatchObject({ text: '\nSELECT 1;\n', transactional: true });
    expect(down).toMatchObject({ text: '\nSELECT 2;\n', transactional: true });
    expect(down?.statements.map((statement) => statement.text)).toEqual(['SELECT 2']);
  });

  it('an offset of the section and one of the statement lead to its place in a file with CRLF and emoji', () => {
    const text = '-- 🚀\r\n-- migrate:up\r\n-- é\r\nSELECT 1;\r\n';
    const { up } = parse(text);
    expect(text.slice(up.offset + (up.statements[0]?.offset ?? 0))).toBe('SELECT 1;\r\n');
  });

  it.each([
    ['-- migrate:up transaction:false', false],
    ['-- migrate:up\ttransaction:false  ', false],
    ['-- migrate:up transaction:true', true],
    ['--migrate:up', true],
    ['-- migrate:up   ', true],
  ])('%j is transactional: %s', (marker, transactional) => {
    expect(parse(`${marker}\r\nSELECT 1;`).up.transactional).toBe(transactional);
  });

  it('each section has its own option', () => {
    const { up, down } = parse('-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\nSELECT 2;');
    expect([up.transactional, down?.transactional]).toEqual([false, true]);
  });

  it.each([
    ['no down marker', '-- migrate:up\nSELECT 1;'],
    ['an empty down', '-- migrate:up\nSELECT 1;\n-- migrate:down\n'],
    ['a down of comments and semicolons', '-- migrate:up\nSELECT 1;\n-- migrate:down\n-- not possible\n;'],
  ])('%s: it cannot be reverted', (_what, text) => {
    expect(parse(text).down).toBeUndefined();
  });

  it('a text that only speaks of the markers has none there', () => {
    expect(upTexts("-- migrate:up\nSELECT '-- migrate:down'; -- see -- migrate:down\nSELECT 2;")).toEqual([
      "SELECT '-- migrate:down'",
      'SELECT 2',
    ]);
  });

  it.each([
    'SAVEPOINT a',
    'ROLLBACK TO a',
    'ROLLBACK TO SAVEPOINT a',
    'RELEASE a',
    'SET TRANSACTION READ WRITE',
    'PREPARE p AS SELECT 1',
  ])('%s is welcome in a transaction', (statement) => {
    expect(upTexts(`-- migrate:up\n${statement};`)).toEqual([statement]);
  });

  it.each(['ROLLBACK WORK TO SAVEPOINT a', 'ROLLBACK TRANSACTION TO a'])(
    '%s only goes back to a savepoint, so it is welcome too',
    (statement) => {
      expect(upTexts(`-- migrate:up\n${statement};`)).toEqual([statement]);
    },
  );

  it.each([
    ['a dollar quote', 'DO $$ BEGIN COMMIT; END $$'],
    ['a string', "SELECT 'x; COMMIT; y'"],
    ['a comment', 'SELECT /* ; COMMIT; */ 1'],
    ['a body of standard SQL', 'CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END'],
    ['a quoted name', 'SELECT 1 AS "COMMIT;"'],
  ])('a COMMIT inside %s is not transaction control', (_where, statement) => {
    expect(upTexts(`-- migrate:up\n${statement};`)).toEqual([statement]);
  });

  it('without a transaction of ours the file may have its own', () => {
    expect(upTexts('-- migrate:up transaction:false\nBEGIN; SELECT 1; COMMIT;')).toEqual([
      'BEGIN',
      'SELECT 1',
      'COMMIT',
    ]);
  });
});

describe('the data of a COPY in a revision', () => {
  const data = '-- migrate:down\n -- migrate:up\n-- migrate:what\n';
  const text = `-- 🚀\n-- migrate:up\nCOPY t FROM stdin;\n${data}\\.\nSELECT 1;\n-- migrate:down\nCOPY u FROM stdin;\n${data}\\.\n`;

  it('hide no marker', () => {
    const { up, down } = parse(text);
    expect(up.statements.map((statement) => statement.text)).toEqual(['COPY t FROM stdin', 'SELECT 1']);
    expect(down?.statements.map((statement) => statement.text)).toEqual(['COPY u FROM stdin']);
    for (const section of [up, down]) {
      const { offset = 0, end = 0 } = section?.statements[0]?.copyData ?? {};
      expect(section?.text.slice(offset, end)).toBe(data);
    }
  });

  it('are the same when the down is read from the record', () => {
    const { down } = parse(text);
    if (!down) throw new Error('expected a down');
    expect(parseStoredDown(stored('down', down), 'the record').section.statements).toEqual(down.statements);
  });
});

describe('parseSqlRevision refuses', () => {
  it.each([
    ['no marker', 'SELECT 1;', '1:1: there is no "-- migrate:up" line', 'Put `-- migrate:up` above the statements.'],
    ['an empty file', '', '1:1: there is no "-- migrate:up" line', 'Put `-- migrate:up` above the statements.'],
    ['only a down', '-- x\n-- migrate:down\n', '2:1: "-- migrate:down" comes before "-- migrate:up"', undefined],
    ['two ups', '-- migrate:up\n-- migrate:up\n', '2:1: a second "-- migrate:up"', 'Keep one up and one down section.'],
    [
      'two downs',
      '-- migrate:up\n-- migrate:down\n-- migrate:down\n',
      '3:1: a second "-- migrate:down"',
      'Keep one up and one down section.',
    ],
    ['a misspelt marker', '-- migrate:upp\n', '1:1: "migrate:upp" is neither migrate:up nor migrate:down', undefined],
    ['a capital', '-- migrate:Up\n', '1:1: "migrate:Up" is neither migrate:up nor migrate:down', undefined],
    [
      'an unknown option',
      '-- migrate:up transaction=false\n',
      '1:1: unknown option "transaction=false"',
      'Write `transaction:false`, or nothing.',
    ],
    [
      'a comment as an option',
      '-- migrate:up transaction:false -- index\n',
      '1:1: unknown option "transaction:false -- index"',
      'Write `transaction:false`, or nothing.',
    ],
    ['an open string', "-- migrate:up\nSELECT '\n", '2:8: a string is never closed', undefined],
    [
      'a psql command',
      '-- migrate:up\n\\restrict x\n',
      "2:1: psql's command \\restrict is not SQL",
      'Remove it: the file is sent to the server, not to psql.',
    ],
    [
      'data of a COPY that never end, though a marker stands below them',
      '-- migrate:up\n\nCOPY t FROM stdin;\n1\n-- migrate:down\nSELECT 1;\n',
      '3:1: the data of COPY … FROM stdin never end: no line holds \\. alone',
      undefined,
    ],
    [
      'a COMMIT, at its place behind an emoji',
      "-- migrate:up\r\nSELECT '🚀'; COMMIT;\r\n",
      '2:13: COMMIT inside a revision that already runs in a transaction',
      'Remove it, or mark the section `-- migrate:up transaction:false`.',
    ],
  ])('%s', (_what, text, problem, hint) => {
    const { code, exitCode, message, hint: given } = refusal(() => parse(text));
    expect(message.split('\n')[0]).toBe(`${file}:${problem}.`);
    expect({ code, exitCode, hint: given }).toEqual({ code: 'bad-revision-file', exitCode: 2, hint });
  });

  it('with the line and a caret below the place', () => {
    expect(
      refusal(() => parse('-- migrate:up\nSELECT 1; END;'))
        .message.split('\n')
        .slice(1),
    ).toEqual(['2 | SELECT 1; END;', '  |           ^']);
  });

  it.each([
    'BEGIN',
    'begin isolation level serializable',
    'START TRANSACTION',
    'COMMIT',
    'COMMIT AND CHAIN',
    'END',
    'ABORT',
    'ROLLBACK',
    'ROLLBACK WORK',
    'ROLLBACK AND CHAIN',
    '/* quietly */ Commit -- yes',
    "PREPARE TRANSACTION 'x'",
    "COMMIT PREPARED 'x'",
  ])('%s in a transaction of ours', (statement) => {
    expect(refusal(() => parse(`-- migrate:up\nSELECT 1;\n${statement}\n;`)).message).toContain(
      'inside a revision that already runs in a transaction',
    );
  });

  it('a COMMIT in the down section with the marker of that section', () => {
    const { hint } = refusal(() => parse('-- migrate:up\nSELECT 1;\n-- migrate:down\nCOMMIT;'));
    expect(hint).toBe('Remove it, or mark the section `-- migrate:down transaction:false`.');
  });

  it('a COMMIT that hides behind a comment which ends at a lone carriage return', () => {
    expect(refusal(() => parse('-- migrate:up\nSELECT 1; -- x\rCOMMIT;\n')).message).toContain('COMMIT inside');
  });

  it('an open dollar quote called $psql$ without taking it for a psql command', () => {
    expect(refusal(() => parse('-- migrate:up\nDO $psql$ x')).hint).toBeUndefined();
  });

  it('statements above the first marker, which would silently never run', () => {
    expect(refusal(() => parse('CREATE TABLE a ();\n-- migrate:up\nSELECT 1;')).message).toContain(`${file}:1:1: `);
  });

  it.each([' -- migrate:down', '\t-- migrate:down', '-- migrate: down', '-- Migrate:down'])(
    'a near miss of a marker (%j), which would make what it heads a part of up',
    (marker) => {
      expect(refusal(() => parse(`-- migrate:up\nCREATE TABLE a ();\n${marker}\nDROP TABLE a;`)).message).toContain(
        `${file}:3:`,
      );
    },
  );
});

describe('the stored body', () => {
  it.each([
    ['LF', '-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n'],
    ['CRLF', '-- migrate:up\r\nSELECT 1;\r\n-- migrate:down\r\n-- 🚀\r\nSELECT 2;'],
    ['no transaction', '-- migrate:up\nSELECT 1;\n-- migrate:down transaction:false\nBEGIN;\nSELECT 2;\nCOMMIT;\n'],
  ])('of a down with %s is the same down when it is read again', (_what, text) => {
    const { down } = parse(text);
    if (!down) throw new Error('expected a down');
    const again = parseStoredDown(stored('down', down), 'the record');
    expect(again.section.statements).toEqual(down.statements);
    expect(again.section.text).toBe(down.text);
    expect(again.section.transactional).toBe(down.transactional);
    expect(again.text.slice(again.section.offset)).toBe(down.text);
  });

  it('of an up keeps the option, so that it runs as it did', () => {
    const { up } = parse('-- migrate:up transaction:false\nSELECT 1;');
    expect(storedBody('up', up)).toBe('-- migrate:up transaction:false\nSELECT 1;');
  });

  it('without a statement is refused under the name that people are given', () => {
    const { code, message } = refusal(() => parseStoredDown('-- migrate:down\n', 'the record’s copy of a'));
    expect(code).toBe('bad-revision-file');
    expect(message).toContain('the record’s copy of a:1:1: the stored down holds no statement.');
  });
});
