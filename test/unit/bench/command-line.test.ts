import { describe, expect, it } from 'vitest';

import { parseInvocation } from '../../../bench/command-line.ts';

const refusal = (...args: readonly string[]): string => {
  const invocation = parseInvocation(args);
  return invocation.kind === 'refused' ? invocation.problem : `not refused: ${invocation.kind}`;
};

describe('npm run bench', () => {
  it('measures every part in full unless parts are named', () => {
    const all = parseInvocation([]);
    expect(all).toMatchObject({ kind: 'measure', size: 'full', isForReadme: false });
    expect(all.kind === 'measure' && all.parts.map(({ name }) => name)).toEqual([
      'nothing-pending',
      'empty-database',
      'large-revision',
      'authoring',
      'launcher',
      'image',
    ]);
    const some = parseInvocation(['launcher', 'authoring', '--quick']);
    expect(some).toMatchObject({ size: 'quick', parts: [{ name: 'authoring' }, { name: 'launcher' }] });
  });

  it('names the part, or the option, that was probably meant', () => {
    expect(refusal('lancher')).toBe('There is no part "lancher". Did you mean "launcher"?');
    expect(refusal('everything')).toMatch(/^There is no part "everything". The parts are: nothing-pending, /);
    expect(refusal('--quik')).toBe('There is no option "--quik". Did you mean "--quick"?');
  });

  it('refuses to show small measurements in the README', () => {
    expect(refusal('--quick', '--write')).toBe('The README shows full measurements: leave out --quick or --write.');
    expect(refusal('--tiny', '--write')).toContain('leave out --tiny or --write');
  });
});
