import { describe, expect, it } from 'vitest';

import { parseRevisionName, revisionIdAt, revisionTitle, slugOf } from '../../../../src/runner/files/revision-name.ts';

describe('parseRevisionName', () => {
  it.each(['sql', 'ts', 'js', 'mjs'])('the id and the name of a .%s file are the same as of any other', (extension) => {
    expect(parseRevisionName(`20260102030405_add_phone.${extension}`)).toEqual({
      id: '20260102030405',
      name: '20260102030405_add_phone',
      extension,
    });
  });

  it.each([
    ['no digits', 'add_phone.sql'],
    ['13 digits', '2026010203040_a.sql'],
    ['15 digits', '202601020304050_a.sql'],
    ['no words', '20260102030405.sql'],
    ['no words behind the underscore', '20260102030405_.sql'],
    ['capitals, which macOS and Linux read differently', '20260102030405_Add.sql'],
    ['a capital extension', '20260102030405_a.SQL'],
    ['a hyphen', '20260102030405_a-b.sql'],
    ['a declaration file', '20260102030405_a.d.ts'],
    ['a test', '20260102030405_a.test.ts'],
    ['a source map', '20260102030405_a.js.map'],
    ['CommonJS', '20260102030405_a.cjs'],
    ['a backup', '20260102030405_a.sql~'],
    ['a path', 'old/20260102030405_a.sql'],
    ['a newline at the end', '20260102030405_a.sql\n'],
    ['digits of another script', '٢٠٢٦٠١٠٢٠٣٠٤٠٥_a.sql'],
    ['nothing', ''],
  ])('no revision: %s', (_what, fileName) => {
    expect(parseRevisionName(fileName)).toBeUndefined();
  });
});

it.each([
  ['20260102030405_add_phone_number', 'add phone number'],
  ['20260102030405_2fa_codes', '2fa codes'],
])('the title of %s is "%s"', (name, title) => {
  expect(revisionTitle(name)).toBe(title);
});

describe('slugOf', () => {
  it.each([
    ['Add user preferences!', 'add_user_preferences'],
    ['  add   phone  ', 'add_phone'],
    ['Größe für Ärger', 'gro_e_fur_arger'],
    ['café', 'cafe'],
    ['ﬁx ①', 'fix_1'],
    ['a/../b.sql', 'a_b_sql'],
    ['--_--', ''],
    ['漢字', ''],
    ['🚀', ''],
    ['', ''],
    ['two\nlines', 'two_lines'],
  ])('%j → %j', (message, slug) => {
    expect(slugOf(message)).toBe(slug);
  });

  it('a long message is cut at 60 characters, never right behind an underscore', () => {
    expect(slugOf(`${'a'.repeat(59)} tail`)).toBe('a'.repeat(59));
    expect(slugOf('word '.repeat(40))).toHaveLength(59);
  });

  it.each(['Add user preferences!', 'ﬁx ①', 'İstanbul', 'ŉ', 'word '.repeat(40)])(
    'the slug of %j is the words of a revision’s name',
    (message) => {
      expect(parseRevisionName(`20260102030405_${slugOf(message)}.sql`)?.name).toBe(
        `20260102030405_${slugOf(message)}`,
      );
    },
  );
});

it('a revision id is the moment in UTC, whatever the zone of the machine', () => {
  expect(revisionIdAt(new Date('2026-01-02T00:30:05.999+01:00'))).toBe('20260101233005');
});
