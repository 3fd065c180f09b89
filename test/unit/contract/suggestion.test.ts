import { expect, it } from 'vitest';

import { suggestion } from '../../../src/contract/suggestion.ts';

const commands = ['upgrade', 'downgrade', 'check', 'current', 'heads', 'history', 'show', 'stamp', 'revision', 'lock'];

it.each([
  ['upgarde', 'upgrade', 'two neighbours swapped'],
  ['upgrad', 'upgrade', 'a letter left out'],
  ['upgraade', 'upgrade', 'a letter doubled'],
  ['UPGRADE', 'upgrade', 'the case'],
  ['chekc', 'check', 'a swap at the end'],
  ['hsow', 'show', 'a swap in a short word'],
  ['heds', 'heads', 'one edit of a four-letter word'],
  ['stmap', 'stamp', 'a swap in the middle'],
])('"%s" suggests "%s": %s', (word, candidate) => {
  expect(suggestion(word, commands)).toBe(candidate);
});

it.each(['', 'x', 'up', 'shwo wo', 'migrate', 'rollback', 'deploy'])('"%s" is too far from everything', (word) => {
  expect(suggestion(word, commands)).toBeUndefined();
});

it('the nearest wins, and of equally near ones the first', () => {
  expect(suggestion('haed', ['headed', 'heads', 'head'])).toBe('head');
  expect(suggestion('pase', ['base', 'case'])).toBe('base');
});

it('a word of two letters suggests nothing: any other is near it', () => {
  expect(suggestion('ab', ['a', 'b', 'abc', 'ba'])).toBeUndefined();
});
