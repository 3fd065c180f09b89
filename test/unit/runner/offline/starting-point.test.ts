import { describe, expect, it } from 'vitest';

import { assumedRecord, parseRange } from '../../../../src/runner/offline/starting-point.ts';
import { refusal } from '../../contract/refusal.ts';

const known = ['20260101000001_a', '20260101000002_b', '20260101000003_c'].map((name) => ({
  id: name.slice(0, 14),
  name,
  checksum: name,
}));
const idsAt = (from: string, to: string, command: 'upgrade' | 'downgrade'): readonly string[] =>
  assumedRecord({ from, to }, known, command).map(({ name }) => name);

describe('a range', () => {
  it.each([
    ['head', undefined],
    ['base:head', { from: 'base', to: 'head' }],
    ['20260101000001:+1', { from: '20260101000001', to: '+1' }],
  ])('%s', (target, range) => {
    expect(parseRange(target)).toEqual(range);
  });

  it.each([['a:'], [':b'], ['a:b:c'], ['-1:head']])('%s is none', (target) => {
    expect(refusal(() => parseRange(target))).toMatchObject({ code: 'bad-range', exitCode: 2 });
  });

  it('starts from a record that holds everything up to its beginning', () => {
    expect(idsAt('base', 'head', 'upgrade')).toEqual([]);
    expect(idsAt('20260101000002', '+1', 'upgrade')).toEqual(['20260101000001_a', '20260101000002_b']);
    expect(idsAt('head', '-2', 'downgrade')).toHaveLength(3);
  });

  it.each([
    ['head', 'base', 'upgrade'],
    ['base', 'head', 'downgrade'],
  ] as const)('%s:%s is no %s', (from, to, command) => {
    expect(refusal(() => idsAt(from, to, command))).toMatchObject({ code: 'wrong-direction', exitCode: 2 });
  });
});
