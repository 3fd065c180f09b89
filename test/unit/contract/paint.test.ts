import { describe, expect, it } from 'vitest';

import { createPaint, wantsColour } from '../../../src/contract/paint.ts';

describe('createPaint', () => {
  it('off leaves every text as it is', () => {
    expect(Object.values(createPaint('off')).map((paint) => paint('x'))).toEqual(['x', 'x', 'x', 'x', 'x']);
  });

  it('on gives every tone its own colour and ends it', () => {
    const painted = Object.values(createPaint('on')).map((paint) => paint('x'));
    expect(new Set(painted).size).toBe(5);
    for (const text of painted) expect(text.endsWith('x\u001b[0m')).toBe(true);
  });
});

describe('wantsColour', () => {
  it.each([
    ['a terminal', true, undefined, {}, true],
    ['no terminal', false, undefined, {}, false],
    ['no terminal, though asked for', false, true, {}, false],
    ['--no-color', true, false, {}, false],
    ['NO_COLOR', true, undefined, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which says nothing (no-color.org)', true, undefined, { NO_COLOR: '' }, true],
    ['CI', true, undefined, { CI: 'true' }, false],
    ['FORCE_COLOR', false, undefined, { FORCE_COLOR: '1', CI: 'true' }, true],
    ['FORCE_COLOR=0', true, undefined, { FORCE_COLOR: '0' }, false],
    ['NO_COLOR beside FORCE_COLOR', true, undefined, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['a terminal that knows no colours', true, undefined, { TERM: 'dumb' }, false],
  ])('%s', (_what, isTerminal, flag, env, wanted) => {
    expect(wantsColour(isTerminal, flag, env)).toBe(wanted);
  });
});
