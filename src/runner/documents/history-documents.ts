import * as z from 'zod/mini';

import { described, flag, text, textOrNull, texts } from './fields.ts';

const current = textOrNull('name of the newest applied revision; null at base');

/** One revision, as the files and the record know it together. */
export const revisionDocument = z.strictObject({
  revision: text('id: the leading digits of the name'),
  name: text('file name without its extension'),
  previous: textOrNull('id of the revision before it; null for the first'),
  isHead: flag('whether it is the newest of the files'),
  isCurrent: described(
    z.nullable(z.boolean()),
    'whether it is the newest applied one; null when no database was asked',
  ),
  file: textOrNull('path; null when only the record has the revision'),
  alembicId: textOrNull('id that it had in Alembic'),
  replaces: texts('names of the revisions that it stands for, when `squash` wrote it'),
  checksum: text('sha256 of the normalised text'),
  applied: described(z.nullable(z.boolean()), 'whether the record has it; null when no database was asked'),
  appliedAt: textOrNull('when it was applied, ISO 8601 in UTC'),
  appliedChecksum: textOrNull('sha256 of the text that was applied; another one means that the file was edited since'),
  durationMs: described(z.nullable(z.number()), 'how long it took'),
  lateAfter: textOrNull('id of the newest revision behind it that was applied before it; null unless it was late'),
  halfway: textOrNull('how far a run of it came that stopped half-way, in words; null when none did'),
});

/** What the commands that read or change the record answer. */
export const historyDocuments = {
  check: z.strictObject({
    upToDate: flag('nothing is pending'),
    current,
    pending: texts('names of the revisions that upgrade would apply, in order'),
  }),
  current: z.strictObject({
    current,
    revision: textOrNull('its id'),
    isHead: flag('whether it is the newest of the files'),
    appliedAt: textOrNull('when it was applied, ISO 8601 in UTC'),
    halfway: texts('revisions that stopped half-way, and how far they came, in words'),
  }),
  heads: z.strictObject({
    heads: described(
      z.readonly(z.array(z.strictObject({ revision: text('id'), name: text('name') }))),
      'the newest revision of the files: one, or none when there are no files',
    ),
  }),
  history: z.strictObject({
    revisions: described(z.readonly(z.array(revisionDocument)), 'newest first, each as `show` describes it'),
  }),
  show: revisionDocument,
  lock: z.strictObject({
    file: text('path of the lock file'),
    written: flag('false: it was up to date'),
    changes: texts('what was different, in words'),
    revisions: described(
      z.readonly(z.array(z.strictObject({ name: text('name'), checksum: text('sha256 of the normalised text') }))),
      'what the lock file holds now',
    ),
  }),
  rebase: z.strictObject({
    changed: flag('false: it sorted last already'),
    from: text('its name before'),
    to: text('its name now'),
    file: text('its path now'),
  }),
  stamp: z.strictObject({
    from: textOrNull('name of the newest revision that the record has now; null at base'),
    to: textOrNull('name of the newest one that it would have; null at base'),
    recorded: texts('names of the revisions that would be recorded as applied'),
    removed: texts('names of those that would no longer be'),
    corrected: texts('names of those that would be recorded with the text that their files have now'),
    warnings: texts('what the record would not keep, or lose, in words'),
  }),
  sql: z.strictObject({
    command: described(z.enum(['upgrade', 'downgrade']), 'which direction'),
    from: textOrNull('name of the newest applied revision that the script starts from; null at base'),
    revisions: texts('names of the revisions in the script, in order'),
    incomplete: texts('names of those that only a database can tell: the script stops there'),
    sql: text('the script, for `psql -X -f`'),
  }),
} as const;
