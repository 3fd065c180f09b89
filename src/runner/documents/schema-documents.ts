import * as z from 'zod/mini';

import { described, flag, text, textOrNull, texts } from './fields.ts';

/** How a database differs from what its revisions make. */
export const driftDocument = z.strictObject({
  drifted: flag('whether anything differs'),
  database: text('the database, without secrets'),
  revision: textOrNull('id of the newest applied revision; null at base'),
  comparedWith: text('the scratch server on which the revisions were replayed, or the file of `--against`'),
  differences: described(
    z.readonly(
      z.array(
        z.strictObject({
          change: described(
            z.enum(['missing', 'extra', 'changed']),
            '`missing`: the database has it not; `extra`: no revision makes it',
          ),
          kind: text('table, column, index, …'),
          name: text('quoted, with its schema'),
          properties: described(
            z.readonly(
              z.array(
                z.strictObject({
                  property: text('what is other'),
                  revisions: textOrNull('as the revisions make it'),
                  database: textOrNull('as the database has it'),
                }),
              ),
            ),
            'of a changed object',
          ),
        }),
      ),
    ),
    'what differs',
  ),
  versions: described(
    z.nullable(
      z.strictObject({
        revisions: described(z.number(), 'major version that replayed the revisions'),
        database: described(z.number(), 'major version of the database'),
      }),
    ),
    'when they differ; else null',
  ),
  sql: described(
    z.nullable(
      z.strictObject({
        back: texts('statements that take the difference back'),
        adopt: texts('statements that make a revision of it'),
        proved: flag('each way was tried on a scratch server and led exactly there'),
        objections: texts('why it is not proved'),
        script: text('both, as `--sql` prints them'),
      }),
    ),
    'with `--sql`; else null',
  ),
  notLookedAt: texts('what no comparison sees'),
});

/** Old revisions as one. */
export const squashDocument = z.strictObject({
  baseline: text('name of the baseline'),
  file: text('its path'),
  written: flag('false: a dry run, a check, or not proved'),
  proved: flag('the revisions and the baseline were run on a scratch server and made the same database'),
  replaced: texts('names of the revisions that it takes the place of, in order'),
  staying: texts('paths of scripts that import their neighbours and therefore stay where they are'),
  rows: described(
    z.readonly(z.array(z.strictObject({ table: text('schema and name'), rows: described(z.number(), 'how many') }))),
    'what the replaced revisions write into tables',
  ),
  differences: texts('a line each: - the baseline lacks it, + only the baseline makes it, ~ is other'),
  remarks: texts('what to know of rows and roles'),
  sql: textOrNull('the text of the baseline, of a dry run; else null'),
  server: text('the scratch server'),
});

/** A schema as text. */
export const dumpDocument = z.strictObject({
  source: text('the database, or the revisions'),
  files: texts('paths that were written; none when it was printed'),
  proved: flag('the SQL was run on a scratch server and made the same catalog'),
  objections: texts('what is not in it, or not exactly'),
  text: textOrNull('the SQL or catalog; null when files were written'),
  notLookedAt: texts('what no comparison sees'),
});
