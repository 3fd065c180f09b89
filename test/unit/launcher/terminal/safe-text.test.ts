import { describe, expect, it } from 'vitest';
import { workflowCommands } from '../../../support/workflow-interpreter.ts';
import { jsonWithoutCommands, safeText } from '../../../../src/launcher/terminal/safe-text.ts';

const file = { colours: false, githubActions: false };

describe('safeText', () => {
  it('shows control characters, keeps tabs and everything that SQL is made of', () => {
    expect(safeText('\tSELECT 1::int; -- ##[x] \u001b]0;title\u0007', file)).toBe(
      '\tSELECT 1::int; -- ##[x] ␛]0;title␇',
    );
  });

  it('lets colours and nothing else through to a terminal', () => {
    expect(safeText('\u001b[31mred\u001b[0m\u001b[2J', { ...file, colours: true })).toBe('\u001b[31mred\u001b[0m␛[2J');
  });

  it.each([
    '::error::x',
    '  ::set-output name=a::b',
    '::stop-commands::t',
    'a ##[add-mask]b',
    'first\n::error::second',
  ])('takes the command out of %j in GitHub Actions', (line) => {
    const text = safeText(line, { ...file, githubActions: true });
    expect(workflowCommands(text)).toEqual([]);
    expect(text).not.toContain('##[');
  });

  it('leaves a line of SQL that begins with a cast alone', () => {
    expect(safeText("SELECT 'a'\n::text;\n  ::int", { ...file, githubActions: true })).toBe(
      "SELECT 'a'\n::text;\n  ::int",
    );
  });

  it('changes no meaning of JSON', () => {
    const json = JSON.stringify({ message: '##[error]x' });
    expect(jsonWithoutCommands(json)).not.toContain('##[');
    expect(JSON.parse(jsonWithoutCommands(json))).toEqual({ message: '##[error]x' });
  });
});
