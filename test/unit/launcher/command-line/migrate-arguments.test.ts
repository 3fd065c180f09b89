import { describe, expect, it } from 'vitest';
import { checkOverrideSize, readMigrateArguments } from '../../../../src/launcher/command-line/migrate-arguments.ts';

describe('readMigrateArguments', () => {
  it('overrides nothing when nothing is asked for', () => {
    expect(readMigrateArguments({}, [])).toBeUndefined();
  });

  it.each([
    [{ checkOnly: true }, ['check']],
    [{ downgrade: '3' }, ['downgrade', '-3']],
    [{ plan: true }, ['plan']],
    [{ sql: true }, ['upgrade', 'head', '--sql']],
  ])('knows what %j is short for', (flags, expected) => {
    expect(readMigrateArguments(flags, [])).toEqual(expected);
  });

  it('passes arguments of one’s own on as they are', () => {
    expect(readMigrateArguments({}, ['stamp', 'head', '--reason', 'a b'])).toEqual([
      'stamp',
      'head',
      '--reason',
      'a b',
    ]);
  });

  it('refuses two short forms, and one beside arguments', () => {
    expect(() => readMigrateArguments({ plan: true, sql: true }, [])).toThrow('--plan and --sql exclude each other');
    expect(() => readMigrateArguments({ sql: true }, ['check'])).toThrow('--sql cannot be combined');
  });

  it.each(['0', '-1', '1.5', '', 'all'])('refuses to downgrade "%s" revisions', (downgrade) => {
    expect(() => readMigrateArguments({ downgrade }, [])).toThrow(/1 or more/);
  });

  it.each([
    'postgres://admin:hunter2@db/wumbo',
    '--database-url=postgresql://admin:hunter2@db:5432/wumbo',
    'postgresql+psycopg://:hunter2@db/wumbo',
    'postgres://db/wumbo?user=a&password=hunter2',
    'host=db password=hunter2',
    'https://ada:hunter2@example.com/dump.sql',
    'PGPASSWORD=hunter2',
    '--password=hunter2',
    '{"password":"hunter2"}',
    'aws_secret_access_key = hunter2',
  ])('refuses the password in %s without repeating it', (argument) => {
    expect(() => readMigrateArguments({}, ['upgrade', argument])).toThrow(/hold a password or key/);
    expect(() => readMigrateArguments({}, ['upgrade', argument])).not.toThrow(/hunter2/);
  });

  it('refuses the flag that a password follows, and an AWS key', () => {
    expect(() => readMigrateArguments({}, ['upgrade', '--password', 'hunter2'])).toThrow(/password or key/);
    expect(() => readMigrateArguments({}, [`AKIA${'A'.repeat(16)}`])).toThrow(/password or key/);
  });

  it.each([
    ['stamp', 'head', '--reason', 'the password column was added by hand: see #12'],
    ['upgrade', 'add_password_reset'],
  ])('accepts %s %s, which only speak of one', (...words) => {
    expect(readMigrateArguments({}, words)).toEqual(words);
  });

  it('accepts a URL without a password', () => {
    expect(readMigrateArguments({}, ['--database-url', 'postgres://admin@db:5432/wumbo'])).toHaveLength(2);
  });
});

describe('checkOverrideSize', () => {
  it('refuses what ECS would refuse: 8192 characters, JSON included', () => {
    expect(() => checkOverrideSize('MigrationContainer', ['x'.repeat(8_100)])).not.toThrow();
    expect(() => checkOverrideSize('MigrationContainer', ['x'.repeat(8_192)])).toThrow(/8192/);
  });
});
