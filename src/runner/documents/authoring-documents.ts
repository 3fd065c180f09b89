import * as z from 'zod/mini';

import { described, flag, text, textOrNull, texts } from './fields.ts';

const findingFields = {
  rule: text('name of the rule; docs/lint.md tells all'),
  severity: described(z.enum(['error', 'warning', 'notice']), 'how bad'),
  file: text('path, as the working directory sees it'),
  line: described(z.number(), 'from 1'),
  column: described(z.number(), 'from 1, in code points'),
  revision: text('name of the revision'),
  statement: described(z.number(), 'number of the statement in its section, from 1; 0 when it is about the file'),
  message: text('what happens to what'),
  locks: described(
    z.readonly(
      z.array(
        z.strictObject({
          relation: text('schema and name'),
          mode: text('lock mode, as PostgreSQL’s documentation has it'),
          effect: described(z.enum(['instant', 'scan', 'build', 'rewrite']), 'what is done while it is held'),
        }),
      ),
    ),
    'locks on what was there before the revision',
  ),
  recipe: textOrNull('the safe way to the same end, as SQL with comments'),
};

/** What the commands that write and judge revisions answer. */
export const authoringDocuments = {
  revision: z.strictObject({ file: text('path of the new revision') }),
  autogenerate: z.strictObject({
    files: texts('paths of the new revisions; none when nothing was written'),
    differences: texts('from the present schema to the desired one, a line each: + comes, - goes, ~ changes'),
    proved: flag('up and down were run on a scratch server and led exactly where they should'),
    objections: texts('why it is not proved; such a revision stops with an error until a person has looked at it'),
    openTypeChanges: described(
      z.readonly(z.array(z.strictObject({ column: text('schema, table and column'), type: text('the new type') }))),
      'columns whose values the server does not convert by itself; `--using` says how',
    ),
    destructive: described(z.number(), 'number of statements that lose data'),
    server: text('the scratch server'),
    notLookedAt: texts('what no comparison sees'),
  }),
  test: z.strictObject({
    passed: flag('no revision failed'),
    revisions: described(
      z.readonly(
        z.array(
          z.strictObject({
            name: text('name'),
            outcome: described(z.enum(['proved', 'irreversible', 'failed']), '`irreversible`: it has no down'),
            problems: texts('what went wrong, in words'),
            remarks: texts('what is no fault of it: rows that its up drops'),
          }),
        ),
      ),
      'each revision that was tested, in order',
    ),
    heads: described(
      z.strictObject({
        tried: texts('`base`, and names of revisions from which an upgrade to the head was tried in one run'),
        problems: texts('where it failed or made another schema, in words'),
      }),
      'whether every way leads to one schema',
    ),
    server: text('the scratch server'),
  }),
  lint: z.strictObject({
    passed: flag('nothing at or above the severity of `--fail-on` was found'),
    findings: described(z.readonly(z.array(z.strictObject(findingFields))), 'in the order of files and lines'),
    allowed: described(
      z.readonly(
        z.array(
          z.strictObject({ ...findingFields, reason: text('why, as it stands in the file or the configuration') }),
        ),
      ),
      'what would be findings, had nobody allowed it',
    ),
    files: texts('paths of the files that were looked at'),
    statements: described(z.number(), 'number of statements in them'),
    server: textOrNull('the scratch server on which they were run; null when they were judged by their text alone'),
    remarks: texts('what could not be done, in words'),
  }),
} as const;
