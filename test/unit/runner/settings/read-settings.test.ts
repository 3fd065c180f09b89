import { describe, expect, it } from 'vitest';

import { readSettings } from '../../../../src/runner/settings/read-settings.ts';
import { environmentOnly, settingsTable, variableName } from '../../../../src/runner/settings/settings-table.ts';
import { refusal } from '../../contract/refusal.ts';

const defaults = {
  databaseUrl: undefined,
  migrations: 'migrations',
  historySchema: 'migrations',
  lockWait: 60_000,
  lockTimeout: 5_000,
  lockRetryFor: 120_000,
  statementTimeout: 0,
  scriptTimeout: 1_800_000,
  planHash: undefined,
  budget: 0,
  replicaLag: 10_000,
  editedBackfill: 'refuse',
  atomic: false,
  schema: 'schema',
  role: undefined,
  keepAlembic: false,
  waitForDatabase: 60_000,
  skipWait: false,
  json: false,
  quiet: false,
  verbose: false,
  noColor: false,
};

describe('readSettings', () => {
  it('without options and variables gives the defaults', () => {
    expect(readSettings({}, { PATH: '/bin', PGHOST: 'db', LAUNCH_MIGRATION_X: '1' })).toEqual(defaults);
  });

  it.each([
    ['MIGRATE_DATABASE_URL', 'postgres://db/x', { databaseUrl: 'postgres://db/x' }],
    ['MIGRATE_MIGRATIONS', '/migrations', { migrations: '/migrations' }],
    ['MIGRATE_HISTORY_SCHEMA', 'My "schema"', { historySchema: 'My "schema"' }],
    ['MIGRATE_LOCK_WAIT', '2m', { lockWait: 120_000 }],
    ['MIGRATE_LOCK_TIMEOUT', '500ms', { lockTimeout: 500 }],
    ['MIGRATE_LOCK_RETRY_FOR', '10m', { lockRetryFor: 600_000 }],
    ['MIGRATE_STATEMENT_TIMEOUT', '1h', { statementTimeout: 3_600_000 }],
    ['MIGRATE_PLAN_HASH', 'plan1-x', { planHash: 'plan1-x' }],
    ['MIGRATE_BUDGET', '10m', { budget: 600_000 }],
    ['MIGRATE_REPLICA_LAG', '0', { replicaLag: 0 }],
    ['MIGRATE_EDITED_BACKFILL', 'restart', { editedBackfill: 'restart' }],
    ['MIGRATE_ATOMIC', 'true', { atomic: true }],
    ['MIGRATE_ROLE', 'App Owner', { role: 'App Owner' }],
    ['MIGRATE_WAIT_FOR_DATABASE', '0', { waitForDatabase: 0 }],
    ['MIGRATE_SKIP_WAIT', 'true', { skipWait: true }],
    ['MIGRATE_JSON', '1', { json: true }],
    ['MIGRATE_QUIET', 'YES', { quiet: true }],
    ['MIGRATE_VERBOSE', 'on', { verbose: true }],
    ['MIGRATE_NO_COLOR', 'no', { noColor: false }],
    ['MIGRATE_JSON', '', { json: false }],
  ])('%s=%s', (variable, value, expected) => {
    expect(readSettings({}, { [variable]: value })).toEqual({ ...defaults, ...expected });
  });

  it('an option wins over its variable, even a wrong one', () => {
    expect(readSettings({ lockWait: '1s' }, { MIGRATE_LOCK_WAIT: 'soon' }).lockWait).toBe(1_000);
    expect(readSettings({ json: true }, { MIGRATE_JSON: 'false' }).json).toBe(true);
  });

  it('every setting has a variable, and its own variables are known', () => {
    const own = Object.fromEntries(Object.keys(environmentOnly).map((name) => [name, 'x']));
    expect(readSettings({}, own)).toEqual(defaults);
    expect(Object.keys(settingsTable).map(variableName)).toContain('MIGRATE_WAIT_FOR_DATABASE');
  });

  it.each(Object.values(settingsTable).filter(({ fallback }) => fallback !== undefined))(
    'the default that help shows for $flag is one that the setting takes',
    ({ schema, fallback }) => {
      expect(schema.safeParse(fallback).success).toBe(true);
    },
  );
});

describe('readSettings refuses', () => {
  it.each([
    [{}, { MIGRATE_LOCK_WAIT: 'soon' }, 'MIGRATE_LOCK_WAIT is no duration (500ms, 5s, 2m, 1h).'],
    [{ lockTimeout: '-5s' }, {}, '--lock-timeout is no duration (500ms, 5s, 2m, 1h).'],
    [{ statementTimeout: '' }, {}, '--statement-timeout is no duration (500ms, 5s, 2m, 1h).'],
    [{}, { MIGRATE_JSON: 'maybe' }, 'MIGRATE_JSON is neither true nor false.'],
    [{}, { MIGRATE_WOMBAT: '1' }, 'MIGRATE_WOMBAT is no setting.'],
    [{}, { MIGRATE_LOCK_WAT: '1s' }, 'MIGRATE_LOCK_WAT is no setting; did you mean MIGRATE_LOCK_WAIT?'],
  ])('%j and %j: %s', (flags, environment, message) => {
    expect(refusal(() => readSettings(flags, environment))).toEqual({
      code: 'bad-settings',
      exitCode: 2,
      message,
      hint: 'See `migrate --help`.',
    });
  });

  it.each([
    [{}, { MIGRATE_MIGRATIONS: '' }, 'MIGRATE_MIGRATIONS is empty.'],
    [{ historySchema: '' }, {}, '--history-schema is empty.'],
    [{ databaseUrl: '' }, {}, '--database-url is empty.'],
  ])('an empty text in words: %j and %j: %s', (flags, environment, message) => {
    expect(refusal(() => readSettings(flags, environment)).message).toBe(message);
  });

  it('all problems at once', () => {
    const flags = { lockWait: 'soon' };
    const environment = { MIGRATE_JSON: 'maybe', MIGRATE_LOCK_WAT: '1s', MIGRATE_WOMBAT: '1' };
    expect(refusal(() => readSettings(flags, environment)).message).toBe(
      [
        '4 settings are wrong:',
        '  --lock-wait is no duration (500ms, 5s, 2m, 1h)',
        '  MIGRATE_JSON is neither true nor false',
        '  MIGRATE_LOCK_WAT is no setting; did you mean MIGRATE_LOCK_WAIT?',
        '  MIGRATE_WOMBAT is no setting',
      ].join('\n'),
    );
  });

  it('without the value, which may be a secret under the wrong name', () => {
    const environment = {
      MIGRATE_DATABASE_URI: 'postgres://u:s3cret@db/x',
      MIGRATE_LOCK_WAIT: 's3cret',
      MIGRATE_JSON: 's3cret',
    };
    expect(refusal(() => readSettings({ lockTimeout: 's3cret' }, environment)).message).not.toContain('s3cret');
  });
});

it.each([
  ['json', 'MIGRATE_JSON'],
  ['waitForDatabase', 'MIGRATE_WAIT_FOR_DATABASE'],
])('%s is %s', (setting, variable) => {
  expect(variableName(setting)).toBe(variable);
});
