import { expect, it } from 'vitest';
import { personName, stopReason } from '../../../src/launcher/person.ts';

it('names the person and the machine, in characters that AWS takes', () => {
  expect(personName({ USER: 'ada' }, 'laptop')).toBe('ada@laptop');
  expect(personName({ USER: 'runner', GITHUB_ACTOR: 'grace' }, 'ci')).toBe('grace@ci');
  expect(personName({ USER: 'a\u001b b' }, 'h')).toBe('a__b@h');
  expect(personName({}, 'h')).toBe('somebody@h');
});

it('the reason says who it was even when the words are far too long for ECS', () => {
  expect(stopReason('ada@laptop')).toBe('ada@laptop via launch-migration');
  const long = stopReason('ada@laptop', 'x'.repeat(2_000));
  expect(long).toHaveLength(1_024);
  expect(long.endsWith('xx (ada@laptop via launch-migration)')).toBe(true);
});
