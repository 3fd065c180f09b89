import { describe, expect, it } from 'vitest';
import { chooseTask, isWholeName, type Choice } from '../../../../src/launcher/tasks/task-choice.ts';
import { task } from '../support.ts';

const cluster = 'arn:aws:ecs:us-east-1:123456789012:task/staging-wumbo-cluster';
const idOf = (start: string): string => start.padEnd(32, '0');
const named = (start: string, lastStatus: string) => task({ arn: `${cluster}/${idOf(start)}`, lastStatus });
const running = named('abc', 'RUNNING');
const stopping = named('abd', 'DEPROVISIONING');
const newest = named('b1', 'STOPPED');
const oldest = named('b2', 'STOPPED');

function choose(tasks: Parameters<typeof chooseTask>[0], purpose: Choice['purpose'], wanted?: string) {
  return () => chooseTask(tasks, { environment: 'staging', purpose, wanted });
}

describe('chooseTask', () => {
  it('by a full ARN, a whole id, and the beginning of one', () => {
    for (const wanted of [oldest.arn, idOf('b2'), 'b2'])
      expect(choose([running, newest, oldest], 'attach', wanted)()).toBe(oldest);
  });

  it('without a name: the task that runs, before those that are over', () => {
    expect(choose([newest, running, oldest], 'attach')()).toBe(running);
    expect(choose([newest, running, oldest], 'stop')()).toBe(running);
  });

  it('counts a task that is being stopped among those that run', () => {
    expect(choose([running, stopping], 'attach')).toThrow('2 migration tasks of staging could be meant');
  });

  it('attach takes the only task there is, though it is over; stop does not', () => {
    expect(choose([newest], 'attach')()).toBe(newest);
    expect(choose([newest], 'stop')).toThrow('No migration task runs in staging');
  });

  it('logs takes the last task, however many there are', () => {
    expect(choose([newest, running, oldest], 'logs')()).toBe(newest);
  });

  it('exit 2 with the list when the beginning of an id fits several', () => {
    expect(choose([running, stopping, oldest], 'stop', 'ab')).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          /^2 migration tasks .*\n {4}abc0{29} {2}RUNNING.*\n {4}abd0{29} {2}DEPROV[^\n]*$/,
        ),
        hint: expect.stringContaining('launch-migration stop staging abc00000'),
      }),
    );
  });

  it('exit 2 with the last ones when no task has that name', () => {
    expect(choose([newest], 'logs', 'ffff')).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/no migration task ffff[^]*b10{30}/) }),
    );
  });

  it('says that ECS forgets when there is none at all', () => {
    expect(choose([], 'attach')).toThrow(/forgets one about an hour after its end/);
  });

  it('cuts a long list short', () => {
    const many = Array.from({ length: 14 }, (_, index) => named(`c${index + 10}`, 'STOPPED'));
    expect(choose(many, 'attach')).toThrow(/and 4 older ones$/);
  });
});

describe('isWholeName', () => {
  it('is true of an ARN and of 32 hexadecimal digits only', () => {
    expect([oldest.arn, idOf('b2'), 'b2', '', `${idOf('b2')}0`].map(isWholeName)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
