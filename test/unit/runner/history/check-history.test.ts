import { describe, expect, it } from 'vitest';

import { checkHistory, refuseUnsoundHistory } from '../../../../src/runner/history/check-history.ts';
import { refusal } from '../../contract/refusal.ts';
import { applied, drop, email, index, known, names, phone, users } from './revisions.ts';

const files = (...given: readonly string[]): ReturnType<typeof known>[] => given.map((name) => known(name));
const namesOf = (revisions: readonly { readonly name: string }[]): readonly string[] =>
  revisions.map(({ name }) => name);

describe('checkHistory', () => {
  it.each([
    ['nothing is applied', files(users, phone), applied(), {}],
    ['all is applied', files(users, phone), applied(users, phone), {}],
    ['some are pending at the end', files(users, phone, email), applied(users), {}],
    ['no files, nothing applied', [], applied(), {}],
    ['the record knows a newer one', files(users), applied(users, phone), { ahead: [phone] }],
    ['no file at all', [], applied(users, phone), { ahead: [users, phone] }],
    ['a file in the middle is gone', files(users, email), applied(users, phone, email), { missing: [phone] }],
    ['a file is gone that pending ones follow', files(users, email), applied(users, phone), { missing: [phone] }],
    ['a file was edited', [known(users), known(phone, { checksum: 'x' })], applied(users, phone), { edited: [phone] }],
    ['a pending file was edited, which is no matter', [known(users, { checksum: 'x' })], applied(), {}],
    ['one was merged late', files(users, phone, email), applied(users, email), { outOfOrder: [phone] }],
    [
      'everything at once',
      [known(users, { checksum: 'x' }), known(email), known(drop)],
      applied(users, phone, drop, index),
      { ahead: [index], missing: [phone], edited: [users], outOfOrder: [email] },
    ],
  ])('%s', (_what, revisions, record, expected) => {
    const { ahead, missing, edited, outOfOrder } = checkHistory(revisions, record);
    const found = {
      ahead: namesOf(ahead),
      missing: namesOf(missing),
      edited: namesOf(edited),
      outOfOrder: namesOf(outOfOrder),
    };
    expect(found).toEqual({ ahead: [], missing: [], edited: [], outOfOrder: [], ...expected });
  });

  it('a renamed file with the same text is the same revision', () => {
    const renamed = [known('20260101000000_users', { checksum: `text of ${users}` })];
    expect(checkHistory(renamed, applied(users))).toEqual({ ahead: [], missing: [], edited: [], outOfOrder: [] });
  });
});

describe('refuseUnsoundHistory', () => {
  const sound = { ahead: [], missing: [], edited: [], outOfOrder: [] };
  const strict = { allowOutOfOrder: false };

  it('a sound history passes', () => {
    expect(() => refuseUnsoundHistory(sound, strict)).not.toThrow();
  });

  it.each([
    [
      'a missing file',
      { ...sound, missing: applied(phone) },
      'revision-missing',
      5,
      `Revision ${phone} is applied (since 2026-03-01T12:00:00.000Z), but its file is missing.`,
      'Restore the file from git; `migrate history` shows what is applied.',
    ],
    [
      'an edited file',
      { ...sound, edited: applied(phone) },
      'revision-edited',
      5,
      `Revision ${phone} was edited after it was applied (2026-03-01T12:00:00.000Z).`,
      'Restore the file from git and put the change into a new revision: `migrate revision -m "…"`.',
    ],
    [
      'a database that is ahead',
      { ...sound, ahead: applied(email, drop) },
      'database-ahead',
      4,
      `The database is ahead of these files: it has ${email}, ${drop}, which is newer than every file here.`,
      'Run a newer image or check out a newer commit; `migrate downgrade` can revert it from the record.',
    ],
    [
      'a revision that was merged late',
      { ...sound, outOfOrder: files(phone) },
      'out-of-order',
      5,
      `Pending revision ${phone} sorts before a revision that is already applied.`,
      `Give it a new timestamp: \`migrate rebase ${phone.slice(0, 14)}\`; or run \`migrate upgrade --allow-out-of-order\`.`,
    ],
  ])('%s', (_what, findings, code, exitCode, message, hint) => {
    expect(refusal(() => refuseUnsoundHistory(findings, strict))).toEqual({ code, exitCode, message, hint });
  });

  it('a late revision is let through when that was asked for, the other findings are not', () => {
    const lenient = { allowOutOfOrder: true };
    expect(() => refuseUnsoundHistory({ ...sound, outOfOrder: files(phone) }, lenient)).not.toThrow();
    for (const finding of ['ahead', 'missing', 'edited'] as const)
      expect(() => refuseUnsoundHistory({ ...sound, [finding]: applied(phone) }, lenient)).toThrow(phone);
  });

  it('what is lost comes first: missing, then edited, then ahead, then late', () => {
    const all = { ahead: applied(index), missing: applied(phone), edited: applied(users), outOfOrder: files(email) };
    const order = [
      all,
      { ...all, missing: [] },
      { ...all, missing: [], edited: [] },
      { ...sound, outOfOrder: files(email) },
    ];
    expect(order.map((findings) => refusal(() => refuseUnsoundHistory(findings, strict)).code)).toEqual([
      'revision-missing',
      'revision-edited',
      'database-ahead',
      'out-of-order',
    ]);
  });

  it('of many revisions five are named', () => {
    const many = applied(...names, '20260202000000_x', '20260203000000_y');
    const { message } = refusal(() => refuseUnsoundHistory({ ...sound, ahead: many }, strict));
    expect(message).toContain(`it has ${names.join(', ')} and 2 more, which`);
  });
});
