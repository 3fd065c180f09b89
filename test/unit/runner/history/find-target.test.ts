import { describe, expect, it } from 'vitest';

import { findTarget } from '../../../../src/runner/history/find-target.ts';
import { refusal, type Refusal } from '../../contract/refusal.ts';
import { known, names } from './revisions.ts';

const revisions = names.map((name, at) => known(name, at === 0 ? { alembicId: '68b324aa3d62' } : {}));
const find = (target: string, currentIndex = 2): number => findTarget(target, { revisions, currentIndex });
const refusalFor = (target: string, currentIndex = 2): Refusal => refusal(() => find(target, currentIndex));

describe('a target', () => {
  it.each([
    ['head', 5, 'the newest'],
    ['heads', 5, 'Alembic’s plural'],
    ['base', 0, 'before the first'],
    ['20260103000000', 3, 'an id'],
    ['20260103000000_add_email', 3, 'a whole name'],
    ['202602', 5, 'the beginning of an id'],
    ['20260201000000_index', 5, 'a part of a name with its id'],
    ['email', 3, 'a part of a name'],
    ['ema', 3, 'a shorter part'],
    ['68b324aa3d62', 1, 'an id of Alembic'],
    ['68b3', 1, 'the beginning of an id of Alembic'],
    ['6', 1, 'one character that only one id begins with'],
    ['+1', 3, 'one forward'],
    ['+3', 5, 'forward to the end'],
    ['-1', 1, 'one back'],
    ['-2', 0, 'back to base'],
    ['+0', 2, 'nowhere'],
    ['-0', 2, 'nowhere either'],
    ['20260102000000+2', 4, 'forward of a revision'],
    ['drop-1', 3, 'back of a part of a name'],
    ['68b3+1', 2, 'forward of an id of Alembic'],
    ['head-1', 4, 'back of head'],
    ['base+1', 1, 'forward of base'],
    ['email-3', 0, 'back to base'],
  ])('%s is position %i: %s', (target, position) => {
    expect(find(target)).toBe(position);
  });

  it('an exact name wins over the longer one that contains it', () => {
    const both = [known('20260101000000_a'), known('20260101000001_a'), known('20260102000000_a_b')];
    expect(findTarget('20260102000000_a_b', { revisions: both, currentIndex: 0 })).toBe(3);
    expect(findTarget('20260101000000_a', { revisions: both, currentIndex: 0 })).toBe(1);
  });

  it('the beginning of an id wins over the same digits inside a name', () => {
    const both = [known('20260101000000_a'), known('20270101000000_copy_of_2026')];
    expect(findTarget('2026', { revisions: both, currentIndex: 0 })).toBe(1);
  });

  it('without revisions head is base', () => {
    expect(findTarget('head', { revisions: [], currentIndex: 0 })).toBe(0);
  });
});

describe('an ambiguous target', () => {
  it.each([
    ['phone', ['20260102000000_add_phone', '20260104000000_drop_phone']],
    ['add', ['20260102000000_add_phone', '20260103000000_add_email']],
    ['phone-1', ['20260102000000_add_phone', '20260104000000_drop_phone']],
    ['2', names],
  ])('%s lists what it fits', (target, candidates) => {
    expect(refusalFor(target)).toEqual({
      code: 'ambiguous-revision',
      exitCode: 2,
      message: `"${target.replace(/-1$/, '')}" fits ${candidates.length} revisions:\n${candidates.map((name) => `  ${name}`).join('\n')}`,
      hint: 'Give more of the id or of the name.',
    });
  });

  it('lists ten at most, and says how many there are', () => {
    const many = Array.from({ length: 12 }, (_, at) => known(`202601010000${10 + at}_step`));
    const { message } = refusal(() => findTarget('step', { revisions: many, currentIndex: 0 }));
    expect(message.split('\n')).toHaveLength(11);
    expect(message).toContain('"step" fits 12 revisions:');
  });
});

describe('an unknown target', () => {
  const grammar = 'See `migrate history`; targets are head, base, an id, a part of a name, +N or -N.';

  it.each([
    ['haed', 'Did you mean "head"?'],
    ['add_phnoe', 'Did you mean "add_phone"?'],
    ['20260102000001', 'Did you mean "20260102000000"?'],
    ['Email', grammar],
    ['nothing_like_it', grammar],
    ['x', grammar],
    ['', grammar],
    ['head@main', grammar],
    ['%', grammar],
    ['.*', grammar],
    ['+', grammar],
    ['+1+', grammar],
    ['1.5', grammar],
  ])('%j: %s', (target, hint) => {
    expect(refusalFor(target)).toEqual({
      code: 'unknown-revision',
      exitCode: 2,
      message: `No revision is named "${target}".`,
      hint,
    });
  });

  it.each(['1', '12'])('of a bare number the steps are meant: %s', (count) => {
    expect(refusalFor(count).hint).toBe(`Did you mean "-${count}" or "+${count}"?`);
  });

  it('of a relative target the unknown part is named', () => {
    expect(refusalFor('nothing_like_it+1').message).toBe('No revision is named "nothing_like_it".');
  });
});

describe('a target that goes too far', () => {
  const back = 'Use `base`, or a smaller step; `migrate history` lists the revisions.';
  const forward = 'Use `head`, or a smaller step; `migrate history` lists the revisions.';

  it.each([
    ['+4', 2, 'there are 3 revisions after the current one', forward],
    ['+2', 4, 'there is 1 revision after the current one', forward],
    ['+99999999999999999999', 5, 'there are no revisions after the current one', forward],
    ['-3', 2, 'there are 2 revisions from the current one down to base', back],
    ['-1', 0, 'there are no revisions from the current one down to base', back],
    ['head+1', 2, 'there are no revisions after head', forward],
    ['base-1', 2, 'there are no revisions up to base', back],
    ['email+3', 2, 'there are 2 revisions after email', forward],
  ])('%s from position %i', (target, currentIndex, room, hint) => {
    expect(refusalFor(target, currentIndex)).toEqual({
      code: 'overshoot',
      exitCode: 2,
      message: `Target "${target}" goes too far: ${room}.`,
      hint,
    });
  });
});
