import { z } from 'zod/mini';

import { described, flag, text, textOrNull, texts } from './document-fields.ts';
import { upgradePlan } from './plan/plan-document.ts';
import { driftDocument, dumpDocument } from './schema-documents.ts';

/**
 * The shapes of what commands answer: the document of `--json` and the result of the library's function are the same.
 * docs/json.md is written from here (`npm run docs`), and a test holds the built program's output against it.
 * A field is never left out: what is not known is null.
 */
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
  checksum: text('sha256 of the normalised text'),
  applied: described(z.nullable(z.boolean()), 'whether the record has it; null when no database was asked'),
  appliedAt: textOrNull('when it was applied, ISO 8601 in UTC'),
  appliedChecksum: textOrNull('sha256 of the text that was applied; another one means that the file was edited since'),
  durationMs: described(z.nullable(z.number()), 'how long it took'),
  lateAfter: textOrNull('id of the newest revision behind it that was applied before it; null unless it was late'),
  halfway: textOrNull('how far a run of it came that stopped half-way, in words; null when none did'),
});

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
export const documents = {
  check: z.strictObject({
    upToDate: flag('nothing is pending'),
    current,
    pending: texts('names of the revisions that upgrade would apply, in order'),
  }),
  upgradePlan,
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
  drift: driftDocument,
  dump: dumpDocument,
  rebase: z.strictObject({
    changed: flag('false: it sorted last already'),
    from: text('its name before'),
    to: text('its name now'),
    file: text('its path now'),
  }),
  doctor: z.strictObject({
    healthy: flag('no problem was found'),
    exitCode: described(z.number(), 'how a run would end: the code of the worst problem, 0 without one'),
    findings: described(
      z.readonly(
        z.array(
          z.strictObject({
            level: described(z.enum(['ok', 'warning', 'problem']), 'how bad'),
            what: text('what was looked at'),
            message: text('what was found'),
            next: described(z.optional(z.string()), 'what to do about it'),
            exitCode: described(z.optional(z.number()), 'of a problem: how a command that meets it would end'),
          }),
        ),
      ),
      'everything that was looked at, in order',
    ),
  }),
  stamp: z.strictObject({
    from: textOrNull('name of the newest revision that the record has now; null at base'),
    to: textOrNull('name of the newest one that it would have; null at base'),
    recorded: texts('names of the revisions that would be recorded as applied'),
    removed: texts('names of those that would no longer be'),
    corrected: texts('names of those that would be recorded with the text that their files have now'),
    warnings: texts('what the record would not keep, or lose, in words'),
  }),
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
  sql: z.strictObject({
    command: described(z.enum(['upgrade', 'downgrade']), 'which direction'),
    from: textOrNull('name of the newest applied revision that the script starts from; null at base'),
    revisions: texts('names of the revisions in the script, in order'),
    incomplete: texts('names of those that only a database can tell: the script stops there'),
    sql: text('the script, for `psql -X -f`'),
  }),
  error: z.strictObject({
    error: described(
      z.strictObject({
        code: text('stable name of the problem'),
        exitCode: described(z.number(), 'exit code of the program'),
        message: text('what happened to what'),
        hint: textOrNull('what to do about it'),
      }),
      'why there is no answer',
    ),
  }),
} as const;

export type DocumentName = keyof typeof documents;
export type AnswerDocument<Name extends DocumentName> = Readonly<z.infer<(typeof documents)[Name]>>;
export type RevisionDocument = AnswerDocument<'show'>;

/** A revision that an upgrade would apply. */
export interface PendingRevision {
  readonly revision: string;
  readonly name: string;
  readonly file: string;
  /** Whether it runs in a transaction of its own. */
  readonly transactional: boolean;
  /** Statements of a `.sql` revision; null for a script, which says so only by running. */
  readonly statements: number | null;
}
