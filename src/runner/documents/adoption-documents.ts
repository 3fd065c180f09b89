import * as z from 'zod/mini';

import { described, flag, text, textOrNull, texts } from './fields.ts';

/** What the commands that take over from another tool answer. */
export const adoptionDocuments = {
  adopt: z.strictObject({
    tool: text('the other tool'),
    table: text('its table: schema and name'),
    at: textOrNull('what it says is newest; null when it has applied nothing'),
    alreadyAdopted: flag('the record knew it all before'),
    from: textOrNull('name of the newest revision that the record has now; null at base'),
    to: textOrNull('name of the newest one that it would have; null at base'),
    recorded: texts('names of the revisions that would be recorded as applied'),
    removed: texts('names of those that would no longer be, since the other tool has reverted them'),
    proof: described(
      z.enum(['matches', 'differs', 'skipped', 'not-needed']),
      'whether the schema is the one that the revisions build; `differs`: accepted, `skipped`: --no-proof',
    ),
    provedOn: textOrNull('what the schema was compared with: a scratch server or the catalog file'),
    differences: texts('a line each: + is there and should not be, - is missing, ~ is other'),
    keepsAlembic: flag('alembic_version is kept in step by every run'),
    warnings: texts('what the record would not keep, or lose, in words'),
  }),
  'adopt-detect': z.strictObject({
    found: described(
      z.readonly(z.array(z.strictObject({ tool: text('name'), table: text('schema and name') }))),
      'tables of other migration tools in the database',
    ),
  }),
  'adopt-import': z.strictObject({
    files: texts('paths of the new revisions, in order'),
    skipped: texts('what was not imported, and why'),
    stubs: texts('names of revisions that stop with an error until a person has written their SQL'),
    proved: texts('names of those that went up, down and up again on a scratch server without a difference'),
    problems: texts('what went wrong in that proof, in words'),
    server: textOrNull('the scratch server; null when nothing was tried'),
  }),
  'adopt-catalog': z.strictObject({
    file: text('path of the catalog file'),
    revisions: texts('names of the revisions at which it knows the schema'),
    server: text('the scratch server'),
  }),
} as const;
