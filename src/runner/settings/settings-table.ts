import * as z from 'zod/mini';

import { parseDuration } from '../../contract/duration.ts';

const text = z.string().check(z.minLength(1, 'is empty'));
/** PostgreSQL cuts a longer name off without a word, and then two records could be one. */
const schemaName = text.check(
  z.refine((name) => Buffer.byteLength(name) <= 63, 'is longer than the 63 bytes of a PostgreSQL name'),
  z.refine((name) => !/^(?:pg_|information_schema$)/.test(name), 'is a schema of PostgreSQL itself'),
);
const durationMs = z.pipe(
  z.string(),
  z.transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined) return ms;
    context.issues.push({ code: 'custom', message: 'is no duration (500ms, 5s, 2m, 1h)', input: value });
    return z.NEVER;
  }),
);
const yesOrNo = z.pipe(
  z.string(),
  z.transform((value, context) => {
    if (/^(1|true|yes|on)$/i.test(value)) return true;
    if (/^(0|false|no|off|)$/i.test(value)) return false;
    context.issues.push({ code: 'custom', message: 'is neither true nor false', input: value });
    return z.NEVER;
  }),
);

/**
 * Every setting of `migrate`: its option, its variable and its default. The options, `--help`, the check for unknown
 * `MIGRATE_…` names and the README's table all come from here.
 */
export const settingsTable = {
  databaseUrl: {
    flag: '--database-url <url>',
    schema: z.optional(text),
    fallback: undefined,
    help: 'where the database is; also DATABASE_URL, DATABASE_SECRET (Secrets Manager JSON) or PG*',
  },
  databaseAuth: {
    flag: '--database-auth <method>',
    schema: z.optional(z.enum(['password', 'iam'], 'is neither password nor iam')),
    fallback: undefined,
    help: 'how to log in: password, or iam for a token of RDS; also DATABASE_AUTH',
  },
  migrations: { flag: '--migrations <dir>', schema: text, fallback: 'migrations', help: 'folder of the revisions' },
  historySchema: {
    flag: '--history-schema <name>',
    schema: schemaName,
    fallback: 'migrations',
    help: 'schema that holds the record',
  },
  lockWait: {
    flag: '--lock-wait <duration>',
    schema: durationMs,
    fallback: '60s',
    help: 'how long to wait while another runner holds the lock',
  },
  lockTimeout: {
    flag: '--lock-timeout <duration>',
    schema: durationMs,
    fallback: '5s',
    help: 'how long a statement may wait for a table lock',
  },
  lockRetryFor: {
    flag: '--lock-retry-for <duration>',
    schema: durationMs,
    fallback: '2m',
    help: 'how long all tries of a revision together may wait for table locks',
  },
  statementTimeout: {
    flag: '--statement-timeout <duration>',
    schema: durationMs,
    fallback: '0',
    help: 'how long a statement may run; 0 is without limit',
  },
  scriptTimeout: {
    flag: '--script-timeout <duration>',
    schema: durationMs,
    fallback: '30m',
    help: 'how long a .ts revision may neither query nor log before it is taken for stuck; 0 is without limit',
  },
  budget: {
    flag: '--budget <duration>',
    schema: durationMs,
    fallback: '0',
    help: 'how long a run may go on with backfills; the next one goes on where it paused (exit 10); 0 is without limit',
  },
  replicaLag: {
    flag: '--replica-lag <duration>',
    schema: durationMs,
    fallback: '10s',
    help: 'how far a standby may be behind before the next batch of a backfill waits; 0 does not look',
  },
  editedBackfill: {
    flag: '--edited-backfill <what>',
    schema: z.enum(['refuse', 'continue', 'restart'], 'is neither refuse, continue nor restart'),
    fallback: 'refuse',
    help: 'a half-done backfill whose text was edited: refuse, continue behind its last row, or restart at the first',
  },
  planHash: {
    flag: '--plan-hash <hash>',
    schema: z.optional(text),
    fallback: undefined,
    help: 'upgrade: only the plan that `migrate plan` printed with this hash; refused (5) when files or database differ',
  },
  atomic: {
    flag: '--atomic',
    schema: yesOrNo,
    fallback: 'false',
    help: 'upgrade, downgrade: the whole run in one transaction, all of it or nothing',
  },
  role: {
    flag: '--role <name>',
    schema: z.optional(text),
    fallback: undefined,
    help: 'role that revisions run as (SET ROLE), so that it owns what they make; the record says who logged in',
  },
  keepAlembic: {
    flag: '--keep-alembic',
    schema: yesOrNo,
    fallback: 'false',
    help: 'keep the table alembic_version in step, while both tools are in use; remembered until `adopt alembic --release`',
  },
  waitForDatabase: {
    flag: '--wait-for-database <duration>',
    schema: durationMs,
    fallback: '60s',
    help: 'how long to wait for a database that is starting',
  },
  schema: {
    flag: '--schema <dir>',
    schema: text,
    fallback: 'schema',
    help: 'folder of the desired schema, for --autogenerate',
  },
  schemaCommand: {
    flag: '--schema-command <line>',
    schema: z.optional(text),
    fallback: undefined,
    help: 'command that prints the desired schema as SQL, instead of that folder',
  },
  ignore: {
    flag: '--ignore <patterns>',
    schema: z.optional(text),
    fallback: undefined,
    help: 'objects that drift leaves out, e.g. "audit.*,extension pg_stat_statements"',
  },
  shadowUrl: {
    flag: '--shadow-url <url>',
    schema: z.optional(text),
    fallback: undefined,
    help: 'an empty database of a scratch server; by default an embedded PostgreSQL is started',
  },
  scratchSetup: {
    flag: '--scratch-setup <file>',
    schema: z.optional(text),
    fallback: undefined,
    help: 'SQL for the scratch server before anything else, e.g. CREATE ROLE of roles that revisions grant to',
  },
  skipWait: { flag: '--skip-wait', schema: yesOrNo, fallback: 'false', help: 'do not wait for the database' },
  json: { flag: '--json', schema: yesOrNo, fallback: 'false', help: 'print JSON: run events, or one document' },
  quiet: { flag: '--quiet', schema: yesOrNo, fallback: 'false', help: 'print errors and the answer only' },
  verbose: {
    flag: '--verbose',
    schema: yesOrNo,
    fallback: 'false',
    help: 'print the notices of the server too',
  },
  noColor: {
    flag: '--no-color',
    schema: yesOrNo,
    fallback: 'false',
    help: 'print without colours; also NO_COLOR, and FORCE_COLOR for the opposite',
  },
} as const;

/** Variables beside the options; they say who and what runs, for the record. */
export const environmentOnly = {
  MIGRATE_LAUNCHED_BY: 'who started this run, for the record (default: GITHUB_ACTOR, else USER)',
  MIGRATE_GIT_SHA: 'commit of the revision files, for the record (default: GITHUB_SHA)',
  MIGRATE_CONTAINER: '`true` in the image: write run events, one JSON object per line, on stdout',
} as const;

export type SettingName = keyof typeof settingsTable;
export type Settings = { readonly [Name in SettingName]: z.infer<(typeof settingsTable)[Name]['schema']> };
/** Options as the command line gave them. */
export type Flags = Readonly<Partial<Record<SettingName, string | boolean>>>;

/** `lockWait` → `MIGRATE_LOCK_WAIT`. */
export function variableName(setting: string): string {
  return `MIGRATE_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
