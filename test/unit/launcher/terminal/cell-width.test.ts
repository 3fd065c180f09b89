import { describe, expect, it } from 'vitest';
import { cellWidth, fitToCells } from '../../../../src/launcher/terminal/cell-width.ts';

describe('cellWidth', () => {
  it.each([
    ['plain', 5],
    ['日本', 4],
    ['🚀', 2],
    ['👩‍👩‍👧', 2],
    ['e\u0301', 1],
    ['é ✓ …', 5],
    ['ﾊﾝｶｸ', 4],
  ])('%j takes %i cells', (text, cells) => expect(cellWidth(text)).toBe(cells));
});

describe('fitToCells', () => {
  it.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['x', 0, ''],
  ])('%j in %i cells is %j', (text, cells, expected) => expect(fitToCells(text, cells)).toBe(expected));
});
