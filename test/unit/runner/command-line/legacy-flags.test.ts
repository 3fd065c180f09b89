import { describe, expect, it } from 'vitest';

import { readLegacyFlags } from '../../../../src/runner/command-line/legacy-flags.ts';
import { refusal } from '../../contract/refusal.ts';

describe('the flags of the old script', () => {
  it.each([
    [{}, { command: 'upgrade', target: 'head' }],
    [{ checkOnly: true }, { command: 'check' }],
    [{ checkOnly: false }, { command: 'upgrade', target: 'head' }],
    [{ downgrade: '1' }, { command: 'downgrade', target: '-1' }],
    [{ downgrade: '12' }, { command: 'downgrade', target: '-12' }],
  ])('%j means %j', (flags, command) => {
    expect(readLegacyFlags(flags)).toEqual(command);
  });

  it.each(['0', '', '-1', '+1', '01', '1.5', '1e1', 'x', ' 1', '1 ', '0x1', 'head', '١'])(
    '--downgrade %j is refused: in the old script 0 ran an upgrade',
    (downgrade) => {
      expect(refusal(() => readLegacyFlags({ downgrade }))).toEqual({
        code: 'bad-usage',
        exitCode: 2,
        message: `--downgrade ${downgrade} is not a number of revisions from 1 up.`,
        hint: 'Write e.g. `--downgrade 1`, or `migrate downgrade <target>`.',
      });
    },
  );

  it('both at once are refused', () => {
    expect(refusal(() => readLegacyFlags({ checkOnly: true, downgrade: '1' }))).toEqual({
      code: 'bad-usage',
      exitCode: 2,
      message: '--check-only and --downgrade cannot be used together.',
      hint: 'Choose one of them.',
    });
  });
});
