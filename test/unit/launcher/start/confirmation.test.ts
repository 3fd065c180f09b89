import { describe, expect, it } from 'vitest';
import { requiredConfirmation, requiredToStop } from '../../../../src/launcher/start/confirmation.ts';

const question = { environment: 'production', command: undefined, interactive: false, yes: false };

describe('requiredConfirmation', () => {
  it('lets a pipeline upgrade production', () => {
    expect(requiredConfirmation(question)).toBe('none');
  });

  it.each([
    [['downgrade', '-1']],
    [['--json', 'downgrade', 'base']],
    [['--downgrade', '1']],
    [['--downgrade=1']],
    [['stamp', 'head', '--reason', 'x']],
  ])('wants a yes before %j in production', (command) => {
    expect(requiredConfirmation({ ...question, command })).toBe('needs-yes');
    expect(requiredConfirmation({ ...question, command, yes: true })).toBe('none');
    expect(requiredConfirmation({ ...question, command, environment: 'staging' })).toBe('none');
  });

  it('asks a person for the name before a change, not before a question', () => {
    expect(requiredConfirmation({ ...question, interactive: true })).toBe('type-the-name');
    expect(requiredConfirmation({ ...question, interactive: true, command: ['check'] })).toBe('none');
    expect(requiredConfirmation({ ...question, interactive: true, command: ['downgrade', '-1', '--sql'] })).toBe(
      'none',
    );
  });
});

describe('requiredToStop', () => {
  it.each([
    ['staging', false, false, 'none'],
    ['production', false, false, 'needs-yes'],
    ['production', true, false, 'type-the-name'],
    ['production', true, true, 'none'],
    ['production', false, true, 'none'],
  ] as const)('in %s, a person there: %j, --yes: %j → %s', (environment, interactive, yes, needed) => {
    expect(requiredToStop({ environment, interactive, yes })).toBe(needed);
  });
});
