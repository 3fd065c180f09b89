import { describe, expect, it } from 'vitest';
import { showsHyperlinks } from '../../../../src/launcher/terminal/hyperlink.ts';

describe('showsHyperlinks', () => {
  it.each([
    [{ TERM_PROGRAM: 'iTerm.app' }, true],
    [{ VTE_VERSION: '6003' }, true],
    [{ VTE_VERSION: '4000' }, false],
    [{ TERM: 'xterm-kitty' }, true],
    [{ TERM: 'xterm-256color' }, false],
    [{ TERM_PROGRAM: 'vscode', TMUX: '/tmp/tmux' }, false],
    [{ TERM_PROGRAM: 'vscode', CI: 'true' }, false],
    [{ FORCE_HYPERLINK: '1' }, true],
    [{ FORCE_HYPERLINK: '0', WT_SESSION: 'x' }, false],
    [{}, false],
  ])('%j: %s', (env, expected) => expect(showsHyperlinks(env)).toBe(expected));
});
