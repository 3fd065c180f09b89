import { describe, expect, it } from 'vitest';

import { judgeBudgets } from '../../../bench/budgets.ts';

const verdictOf = (figures: Parameters<typeof judgeBudgets>[0], what: RegExp): string | undefined =>
  judgeBudgets(figures).find((line) => what.test(line.what))?.verdict;

describe('the budgets', () => {
  it('are met up to and including their limit, and not beyond it', () => {
    expect(verdictOf({ 'check-over-bare-node': 1.3 }, /bare Node/)).toBe('met');
    expect(verdictOf({ 'check-over-bare-node': 1.301 }, /bare Node/)).toBe('not met');
  });

  it('that demand less than psql are not met by as much as psql', () => {
    expect(verdictOf({ 'distant-over-psql': 0.99 }, /5 ms/)).toBe('met');
    expect(verdictOf({ 'distant-over-psql': 1 }, /5 ms/)).toBe('not met');
  });

  it('without a figure are named as not measured, all of them', () => {
    expect(new Set(judgeBudgets({}).map(({ verdict }) => verdict))).toEqual(new Set(['not measured']));
  });

  it('never show a figure beyond the limit as the limit', () => {
    const line = judgeBudgets({ 'tiny-over-psql': 1.2500001 }).find(({ verdict }) => verdict === 'not met');
    expect(line).toMatchObject({ budget: '≤ 1.25×', measured: '1.2500001×' });
  });
});
