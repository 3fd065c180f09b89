import { describe, expect, it } from 'vitest';

import { parseSqlRevision, RevisionFileError } from '../../../../src/runner/files/parse-sql-revision.ts';

const sectionWith = (statement: string, options = ''): string => `-- migrate:up${options}\nSELECT 1;\n${statement};\n`;

describe('standard_conforming_strings', () => {
  it.each([
    'SET standard_conforming_strings = off',
    'SET LOCAL standard_conforming_strings TO off',
    'set session Standard_Conforming_Strings to false',
    "SET standard_conforming_strings = 'off'",
    'SET standard_conforming_strings = 0',
  ])('%s is refused: strings would end elsewhere', (statement) => {
    for (const options of ['', ' transaction:false']) {
      const parse = (): unknown => parseSqlRevision(sectionWith(statement, options), 'migrations/a.sql');
      expect(parse).toThrow(RevisionFileError);
      expect(parse).toThrow('migrations/a.sql:3:1: standard_conforming_strings is on here');
    }
  });

  it.each([
    'SET standard_conforming_strings = on',
    'SET standard_conforming_strings TO DEFAULT',
    "SET search_path = 'standard_conforming_strings'",
    'ALTER ROLE someone SET standard_conforming_strings = off',
  ])('%s is let through', (statement) => {
    expect(parseSqlRevision(sectionWith(statement), 'a.sql').up.statements).toHaveLength(2);
  });
});
