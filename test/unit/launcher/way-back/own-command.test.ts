import { expect, it } from 'vitest';
import { ownCommand } from '../../../../src/launcher/way-back/own-command.ts';
import { taskArn } from '../support.ts';

it('ownCommand names the task by its id, with the flags that found its environment', () => {
  expect(ownCommand('attach', 'staging', {}, taskArn)).toBe('launch-migration attach staging 0123456789abcdef');
  expect(ownCommand('tasks', 'staging', { profile: 'ops', region: 'eu-west-1', cluster: 'other' })).toBe(
    'launch-migration tasks staging --region eu-west-1 --profile ops --cluster other',
  );
});
