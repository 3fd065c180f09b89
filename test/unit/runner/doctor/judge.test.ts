import { describe, expect, it } from 'vitest';

import type { ConnectionSettings } from '../../../../src/runner/database/connection/connection-settings.ts';
import type { Health } from '../../../../src/runner/database/inspect/read-health.ts';
import { exitCodeOf, formatFinding, ok, problem, warning } from '../../../../src/runner/doctor/finding.ts';
import { judgeConnection } from '../../../../src/runner/doctor/judge-connection.ts';
import { judgeLeftovers } from '../../../../src/runner/doctor/judge-history.ts';
import { judgeRecordFormat, judgeRights } from '../../../../src/runner/doctor/judge-rights.ts';

const healthy: Health = {
  version: '16.4',
  versionNumber: 160_004,
  tls: 'TLSv1.3',
  role: 'wumbo',
  isSuperuser: false,
  mayCreateSchemas: true,
  currentSchema: 'public',
  mayCreateInCurrentSchema: true,
  record: { exists: true, isUsable: true, comment: 'wumbo-migrations: the record of applied revisions, format 1' },
  lockTimeout: '5s',
  statementTimeout: '0',
  idleTimeout: '10min',
  serverTimeMs: 1_000_000,
  invalidIndexes: [],
  unfinished: [],
  lockHolder: undefined,
};
const rds: ConnectionSettings = {
  host: 'db.abc.eu-west-1.rds.amazonaws.com',
  port: 5432,
  database: 'wumbo',
  user: 'wumbo',
  password: 'x',
  tls: { verify: 'full', roots: undefined },
  source: 'DATABASE_URL',
};

describe('what doctor says of the connection', () => {
  const judged = (
    health: Partial<Health>,
    connection: Partial<ConnectionSettings> = {},
    clientTimeMs = 1_000_000,
  ): readonly string[] =>
    judgeConnection({ ...healthy, ...health }, { connection: { ...rds, ...connection }, clientTimeMs }).map(
      ({ level, what, message }) => `${level} ${what}: ${message}`,
    );

  it('is all well on RDS with full verification', () => {
    expect(judged({}).filter((line) => !line.startsWith('ok'))).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    [
      'warning TLS: not used: the password and the data cross the network in the clear',
      judged({ tls: null }, { tls: false }),
    ],
    ['ok TLS: not used; the server is this machine', judged({ tls: null }, { tls: false, host: '127.0.0.1' })],
    [
      'warning TLS: TLSv1.3, but the certificate is not verified',
      judged({}, { tls: { verify: 'none', roots: undefined } }),
    ],
    [
      'problem version: PostgreSQL 13.9 is older than 14, the oldest that is known to work',
      judged({ version: '13.9', versionNumber: 130_009 }),
    ],
    [
      'warning version: PostgreSQL 19beta1 is newer than 18, the newest that is known to work',
      judged({ version: '19beta1', versionNumber: 190_000 }),
    ],
    [
      'warning pooler: the host is an RDS Proxy, which pins a session that takes locks and sets options',
      judged({}, { host: 'wumbo.proxy-abc.eu-west-1.rds.amazonaws.com' }),
    ],
    [
      'warning endpoint: the host is a reader endpoint, which leads to the writer only while the cluster has no reader',
      judged({}, { host: 'wumbo.cluster-ro-abc.eu-west-1.rds.amazonaws.com' }),
    ],
    ["ok clock: 5.0 s apart from the server's", judged({}, {}, 1_005_000)],
    ['warning clock: this machine is 5.1 s ahead of the server', judged({}, {}, 1_005_100)],
    ['warning clock: this machine is 1 min 0 s behind the server', judged({}, {}, 940_000)],
  ])('%s', (line, lines) => {
    expect(lines).toContain(line);
  });
});

describe('what doctor says of rights and record', () => {
  const none = { exists: false, isUsable: true, comment: null };
  it.each<[string, Partial<Health>]>([
    ['problem rights', { record: none, mayCreateSchemas: false }],
    ['problem rights', { record: { ...healthy.record, isUsable: false } }],
    ['ok rights', { record: none }],
    ['ok rights', { record: { ...none, comment: '' }, mayCreateSchemas: false }],
    ['warning schema', { currentSchema: null }],
    ['warning schema', { mayCreateInCurrentSchema: false }],
  ])('%s: %j', (expected, health) => {
    expect(judgeRights({ ...healthy, ...health }, 'migrations').map(({ level, what }) => `${level} ${what}`)).toContain(
      expected,
    );
  });

  it.each([
    ['ok', healthy.record],
    ['ok', none],
    ['warning', { ...healthy.record, comment: 'somebody else’s' }],
    ['warning', { ...healthy.record, comment: null }],
    ['problem', { ...healthy.record, comment: 'wumbo-migrations: the record of applied revisions, format 99' }],
  ])('%s: %j', (level, record) => {
    expect(judgeRecordFormat(record, 'migrations').level).toBe(level);
  });

  it('names what earlier runs left behind', () => {
    const left = judgeLeftovers({
      ...healthy,
      unfinished: [{ revision: '20260101000001', direction: 'down', finished: 2 }],
      invalidIndexes: ['"public"."a"', '"public"."b"'],
      lockHolder: 'wumbo-migrations/1 x (pid 7)',
    }).map(formatFinding);
    expect(left).toEqual([
      'problem  journal: revision 20260101000001 stopped half-way (down, 2 statements finished)\n         Mend the cause and run `migrate downgrade` again: it goes on where it stopped.',
      'warning  lock: held by wumbo-migrations/1 x (pid 7)\n         A run would wait for it (--lock-wait).',
      'warning  indexes: INVALID, so kept up but never used: "public"."a", "public"."b"\n         Remove them and build again: DROP INDEX CONCURRENTLY "public"."a";',
    ]);
  });
});

describe('the exit code of doctor', () => {
  it('is that of the worst problem; warnings are none', () => {
    const of = (exitCode: 2 | 5 | 8): ReturnType<typeof problem> =>
      problem('x', { message: 'm', hint: undefined, exitCode });
    expect(exitCodeOf([])).toBe(0);
    expect(exitCodeOf([ok('a', 'b'), warning('a', 'b')])).toBe(0);
    expect(exitCodeOf([of(5), of(8), of(2)])).toBe(8);
  });
});
