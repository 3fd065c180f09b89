import { describe, expect, it } from 'vitest';

import { formatDuration, parseDuration } from '../../../src/contract/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['5s', 5_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['60', 60_000],
    ['0', 0],
    ['0s', 0],
    ['1.5s', 1_500],
    ['0.25h', 900_000],
    [' 5s ', 5_000],
    ['007', 7_000],
  ])('"%s" is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    ' ',
    '5 s',
    '-5s',
    '+5s',
    '5S',
    '5sec',
    '1d',
    's',
    '1.',
    '.5s',
    '1,5s',
    '1e3',
    '0x10',
    'Infinity',
    '٥s',
    '5s5m',
  ])('"%s" is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [12.4, '12 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [1_234, '1.2 s'],
    [59_900, '59.9 s'],
    [60_000, '1 min 0 s'],
    [200_000, '3 min 20 s'],
    [3_599_999, '59 min 59 s'],
    [3_600_000, '1 h 0 min'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '25 h 0 min'],
  ])('%d ms reads "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [999.6, '1.0 s'],
    [59_960, '1 min 0 s'],
  ])('%d ms, rounded up, takes the next unit: "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
