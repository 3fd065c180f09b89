import { describe, expect, it } from 'vitest';

import { planStamp } from '../../../../src/runner/history/plan-stamp.ts';
import type { KnownRevision } from '../../../../src/runner/history/record.ts';
import { refusal } from '../../contract/refusal.ts';
import { applied, email, known, names, phone, users } from './revisions.ts';

const newer = '20270101000000_of_a_newer_image';
const files: readonly KnownRevision[] = names.map((name) => known(name));

describe('planStamp', () => {
  it.each([
    ['forward', 'email', [users], { insert: [phone, email] }],
    ['back', 'create', [users, phone, email], { remove: [phone, email] }],
    ['to where it is', 'add_phone', [users, phone], {}],
    ['to base', 'base', [users, phone], { remove: [users, phone] }],
    ['to base from base', 'base', [], {}],
    ['one on', '+1', [users], { insert: [phone] }],
    ['one back', '-1', [users, phone], { remove: [phone] }],
    ['a gap closes', 'email', [users, email], { insert: [phone] }],
    ['a record that is ahead comes back', 'add_phone', [users, phone, newer], { remove: [newer] }],
    [
      'a record of a lost file is cleared',
      'head',
      [...names, '20260102000001_lost'],
      { remove: ['20260102000001_lost'] },
    ],
  ])('%s: stamp %s at %j', (_what, target, record, expected) => {
    const { insert, remove, correct } = planStamp(target, files, applied(...record));
    const plan = {
      insert: insert.map(({ name }) => name),
      remove: remove.map(({ name }) => name),
      correct: correct.map(({ name }) => name),
    };
    expect(plan).toEqual({ insert: [], remove: [], correct: [], ...expected });
  });

  it('a record with another text than the file takes the file’s; one beyond the target goes', () => {
    const edited = [known(users, { checksum: 'x' }), known(phone), known(email, { checksum: 'x' })];
    const { insert, remove, correct } = planStamp('phone', edited, applied(users, phone, email));
    expect([insert, remove.map(({ name }) => name), correct.map(({ name }) => name)]).toEqual([[], [email], [users]]);
  });

  it('afterwards the record is what it would be after an upgrade to the target', () => {
    for (const target of ['base', 'create', 'email', 'head', '+1', '-2']) {
      const record = applied(users, phone, newer).filter(({ name }) => target === 'base' || name !== newer);
      const { insert, remove } = planStamp(target, files, record);
      const removed = new Set(remove.map(({ id }) => id));
      const after = [...record.filter(({ id }) => !removed.has(id)), ...insert].map(({ name }) => name).toSorted();
      expect(after).toEqual(names.slice(0, after.length));
    }
  });

  it.each([
    ['nothing_like_it', 'unknown-revision'],
    ['add', 'ambiguous-revision'],
    ['+9', 'overshoot'],
  ])('stamp %s is refused: %s', (target, code) => {
    expect(refusal(() => planStamp(target, files, applied(users)))).toMatchObject({ code, exitCode: 2 });
  });
});
