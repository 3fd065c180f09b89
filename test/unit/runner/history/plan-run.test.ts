import { describe, expect, it } from 'vitest';

import { planDowngrade, planUpgrade } from '../../../../src/runner/history/plan-run.ts';
import { refusal } from '../../contract/refusal.ts';
import { applied, drop, email, index, known, names, phone, users } from './revisions.ts';

const files = names.map((name) => known(name, name === phone ? { alembicId: '68b324aa3d62' } : {}));
const up = (target: string, ...record: readonly string[]): readonly string[] =>
  planUpgrade(target, files, applied(...record)).map(({ name }) => name);
const down = (target: string, ...record: readonly string[]): readonly string[] =>
  planDowngrade(target, files, applied(...record)).map(({ name }) => name);

/** Target, what is applied, what the plan is, what that means. */
type Planned = readonly [string, readonly string[], readonly string[], string];

describe('planUpgrade', () => {
  it.each<Planned>([
    ['head', [], names, 'everything from base'],
    ['head', [users, phone], [email, drop, index], 'what is pending'],
    ['head', names, [], 'nothing at head'],
    ['base', [users], [], 'nothing, as with Alembic'],
    [phone, [users, phone, email], [], 'nothing for a target that is applied'],
    [email, [users], [phone, email], 'up to and including the target'],
    ['68b3', [], [users, phone], 'up to an id of Alembic'],
    ['+1', [users], [phone], 'one'],
    ['+2', [], [users, phone], 'two from base'],
    ['+0', [users], [], 'none'],
    ['email+1', [users], [phone, email, drop], 'one beyond a revision'],
    ['head-1', [users, phone, email], [drop], 'all but the last'],
    ['head', [users, email], [phone, drop, index], 'a late one too, in the order of the files'],
  ])('upgrade %s at %j applies %j: %s', (target, record, planned) => {
    expect(up(target, ...record)).toEqual(planned);
  });

  it.each(['-1', `${email}-2`, 'head-4'])('upgrade %s points back', (target) => {
    expect(refusal(() => up(target, users, phone, email))).toEqual({
      code: 'wrong-direction',
      exitCode: 2,
      message: `Target "${target}" points the wrong way for upgrade.`,
      hint: `Use \`migrate downgrade ${target}\`, or another target.`,
    });
  });

  it.each([
    ['+3', 'overshoot'],
    ['-4', 'overshoot'],
    ['nothing_like_it', 'unknown-revision'],
    ['add', 'ambiguous-revision'],
  ])('upgrade %s is refused: %s', (target, code) => {
    expect(refusal(() => up(target, users, phone, email)).code).toBe(code);
  });
});

describe('planDowngrade', () => {
  it.each<Planned>([
    ['-1', [users, phone, email], [email], 'the newest'],
    ['-2', [users, phone, email], [email, phone], 'two, newest first'],
    ['-3', [users, phone, email], [email, phone, users], 'all'],
    ['base', [users, phone], [phone, users], 'all by name'],
    ['base', [], [], 'nothing at base, as with Alembic'],
    [phone, [users, phone, email, drop], [drop, email], 'down to the target, which stays'],
    [phone, [users, phone], [], 'nothing when the target is current'],
    ['68b3', [users, phone, email], [email], 'down to an id of Alembic'],
    ['email-1', [users, phone, email], [email], 'down to one before a revision'],
    ['create+1', [users, phone, email], [email], 'down to one after a revision'],
    ['-0', [users], [], 'none'],
    ['base', [users, email, phone], [phone, email, users], 'against the order of application when one was late'],
    ['-3', [users, email, phone], [phone, email, users], 'the same as base'],
    ['-2', [users, email, phone], [phone, email], 'the last two that were applied'],
    ['-1', [users, email, phone], [phone], 'the one that was applied last, although it is not the newest'],
    ['create', [users, email, phone], [phone, email], 'all behind the target, last applied first'],
    ['phone', [users, email, phone], [email], 'what stands behind the target, applied before it or not'],
  ])('downgrade %s at %j reverts %j: %s', (target, record, planned) => {
    expect(down(target, ...record)).toEqual(planned);
  });

  it('a revision whose file is gone can be reverted, and can be a target', () => {
    const record = applied(users, phone, email);
    expect(planDowngrade('-2', [known(users)], record).map(({ name }) => name)).toEqual([email, phone]);
    expect(planDowngrade('phone', [known(users)], record).map(({ name }) => name)).toEqual([email]);
  });

  it.each(['+1', '+9'])('downgrade %s points forward', (target) => {
    expect(refusal(() => down(target, users))).toEqual({
      code: 'wrong-direction',
      exitCode: 2,
      message: `Target "${target}" points the wrong way for downgrade.`,
      hint: `Use \`migrate upgrade ${target}\`, or another target.`,
    });
  });

  it.each([drop, 'drop', '20260104', 'drop+1'])('downgrade %s, which is pending, is refused', (target) => {
    expect(refusal(() => down(target, users, phone))).toMatchObject({ code: 'not-applied', exitCode: 2 });
  });

  it('a pending target is named', () => {
    expect(refusal(() => down('drop', users, phone))).toEqual({
      code: 'not-applied',
      exitCode: 2,
      message: `Revision ${drop} is not applied, so it is no target for a downgrade.`,
      hint: 'See `migrate history`; `migrate upgrade` goes forward.',
    });
  });

  it('head is pending, so it is no target: nothing is applied down to it', () => {
    expect(refusal(() => down('head', users, phone)).code).toBe('not-applied');
  });

  it('head is the newest file, so an image that is older than the database goes back to its own head', () => {
    const older = [users, phone].map((name) => known(name));
    expect(planDowngrade('head', older, applied(users, phone, email)).map(({ name }) => name)).toEqual([email]);
  });

  it('head as a target is where the database is already when everything is applied', () => {
    expect(down('head', ...names)).toEqual([]);
  });

  it('a target relative to a pending revision blames that one, not the applied one it leads to', () => {
    const { message } = refusal(() => down('email-1', users, phone));
    expect(message).toBe(`Revision ${email} is not applied, so it is no target for a downgrade.`);
  });

  it.each([
    ['-3', 'overshoot'],
    ['nothing_like_it', 'unknown-revision'],
    ['2026', 'ambiguous-revision'],
  ])('downgrade %s is refused: %s', (target, code) => {
    expect(refusal(() => down(target, users, phone)).code).toBe(code);
  });

  it('at base every step back goes too far, and says so', () => {
    expect(refusal(() => down('-1')).message).toBe(
      'Target "-1" goes too far: there are no revisions from the current one down to base.',
    );
  });
});
