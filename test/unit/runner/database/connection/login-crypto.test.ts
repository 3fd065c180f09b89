import { createRequire } from 'node:module';

import { expect, test } from 'vitest';

import * as login from '../../../../../src/runner/database/connection/login-crypto.ts';

const ours: Readonly<Record<string, (...given: never[]) => Buffer | string>> = { ...login };

/** What node-postgres itself logs in by; the build puts ours in its place. */
const theirs = createRequire(import.meta.url)('pg/lib/crypto/utils') as Record<
  string,
  (...given: readonly unknown[]) => Promise<ArrayBuffer | string>
>;

const salt = Buffer.from('QSXCR+Q6sek8bf92', 'base64');
const cases: readonly [string, ...unknown[]][] = [
  ['md5', 'pencil'],
  ['md5', Buffer.from([0, 255])],
  ['postgresMd5PasswordHash', 'useré', 'pencil', Buffer.from([1, 2, 3, 254])],
  ['sha256', salt],
  ['hashByName', 'SHA-256', salt],
  ['hashByName', 'SHA-384', salt],
  ['hashByName', 'SHA-512', salt],
  ['hmacSha256', salt, 'Client Key'],
  ['hmacSha256', salt, 'n=é,r=1'],
  ['deriveKey', 'pencil', salt, 4096],
  ['deriveKey', 'ß€', salt, 1],
];

test('has every function that node-postgres logs in by', () => {
  expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted());
});

test.each(cases)('%s answers what that of node-postgres answers', async (name, ...given) => {
  const answer = ours[name]?.(...(given as never[]));
  const expected = await theirs[name]?.(...given);
  expect(answer).toEqual(expected instanceof ArrayBuffer ? Buffer.from(expected) : expected);
});

test('what a login begins with is of the asked length, and never the same', () => {
  expect(login.randomBytes(18)).toHaveLength(18);
  expect(login.randomBytes(18)).not.toEqual(login.randomBytes(18));
});
