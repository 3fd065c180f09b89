import { describe, expect, it } from 'vitest';

import { listRevisions } from '../../../../src/runner/history/list-revisions.ts';
import { applied, email, known, phone, users } from './revisions.ts';

const file = (name: string): ReturnType<typeof known> & { file: string } => ({
  ...known(name),
  file: `migrations/${name}.sql`,
});

describe('listRevisions', () => {
  it('chains the files, marks the head and adds what the record knows', () => {
    const listed = listRevisions([file(users), file(phone), file(email)], applied(users));
    expect(listed.map(({ previous }) => previous)).toEqual([undefined, users.slice(0, 14), phone.slice(0, 14)]);
    expect(listed.map(({ isHead }) => isHead)).toEqual([false, false, true]);
    expect(listed.map(({ record }) => record?.name)).toEqual([users, undefined, undefined]);
  });

  it('a revision without a file takes its place by its id, and is not the head', () => {
    const listed = listRevisions([file(users), file(email)], applied(users, phone, '20270101000000_newer'));
    expect(listed.map(({ name, file, isHead }) => [name, file === undefined, isHead])).toEqual([
      [users, false, false],
      [phone, true, false],
      [email, false, true],
      ['20270101000000_newer', true, false],
    ]);
    expect(listed[1]?.record?.name).toBe(phone);
    expect(listed[2]?.previous).toBe(phone.slice(0, 14));
  });

  it('of an edited revision the file’s checksum is listed beside the record’s', () => {
    const [only] = listRevisions([{ ...file(users), checksum: 'new' }], applied(users));
    expect([only?.checksum, only?.record?.checksum]).toEqual(['new', `text of ${users}`]);
  });

  it('nothing is an empty list', () => {
    expect(listRevisions([], [])).toEqual([]);
  });
});
