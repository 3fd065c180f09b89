import { expect, it } from 'vitest';

import { currentRevision, pendingRevisions } from '../../../../src/runner/history/record.ts';
import { applied, email, known, phone, users } from './revisions.ts';

it('the current revision is the newest one by id, in whatever order the record gives them', () => {
  expect(currentRevision(applied(email, users, phone))?.name).toBe(email);
});

it('at base there is no current revision', () => {
  expect(currentRevision([])).toBeUndefined();
});

it('pending are the files that are not applied, in their order; a gap is pending too', () => {
  const files = [users, phone, email].map((name) => known(name));
  expect(pendingRevisions(files, applied(users)).map(({ name }) => name)).toEqual([phone, email]);
  expect(pendingRevisions(files, applied(users, email)).map(({ name }) => name)).toEqual([phone]);
  expect(pendingRevisions(files, applied(users, phone, email))).toEqual([]);
});

it('an applied revision is not pending when its file has another name by now', () => {
  expect(pendingRevisions([known('20260101000000_renamed')], applied(users))).toEqual([]);
});
