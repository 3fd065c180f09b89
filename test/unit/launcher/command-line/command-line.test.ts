import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../../src/launcher/command-line/command-line.ts';

describe('readCommandLine', () => {
  it('takes everything after -- as arguments for migrate, options included', () => {
    expect(readCommandLine(['staging', '--yes', '--', 'upgrade', '--sql'])).toMatchObject({
      kind: 'launch',
      environment: 'staging',
      migrateArguments: ['upgrade', '--sql'],
      flags: { yes: true },
    });
  });

  it('leaves the command to the task when nothing follows --', () => {
    expect(readCommandLine(['staging', '--'])).toMatchObject({ migrateArguments: undefined });
  });

  it('prints help with examples', () => {
    const help = readCommandLine(['--help']);
    expect(help).toMatchObject({
      kind: 'print',
      text: expect.stringContaining('launch-migration production --sql > migration.sql'),
    });
  });

  it('reads doctor', () => {
    expect(readCommandLine(['doctor', 'staging', '--json'])).toMatchObject({
      kind: 'task',
      word: 'doctor',
      environment: 'staging',
    });
  });

  it.each([
    [[], 'No environment'],
    [['Production'], 'cannot be an environment'],
    [['2nd'], 'cannot be an environment'],
    [['staging', 'upgrade'], '"upgrade" was not expected'],
    [['staging', '--chek-only'], "Unknown option '--chek-only'"],
    [['staging', '--reset'], '--reset is only for the environment local'],
    [['local', '--reset', '--stop'], 'exclude each other'],
    [['staging', '--timeout'], 'argument missing'],
  ])('refuses %j with one sentence, exit 2', (argv, sentence) => {
    expect(() => readCommandLine(argv)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(sentence), hint: expect.any(String) }),
    );
  });

  it('reads the commands on tasks', () => {
    expect(readCommandLine(['tasks', 'staging', '--json'])).toMatchObject({
      kind: 'task',
      word: 'tasks',
      environment: 'staging',
      task: undefined,
      flags: { json: true },
    });
    expect(readCommandLine(['stop', 'production', '0123', '--yes'])).toMatchObject({ word: 'stop', task: '0123' });
  });

  it.each([
    [['tasks'], 'No environment', 'launch-migration development'],
    [['tasks', 'logs'], '"logs" is a command', 'launch-migration logs development'],
    [['tasks', 'doctor'], '"doctor" is a command', 'launch-migration doctor development'],
    [['doctor', 'staging', 'x'], '"x" was not expected after the environment', 'launch-migration doctor staging'],
    [['doctor', 'local'], 'nothing to look at', 'launch-migration local -- doctor'],
    [['tasks', 'staging', '--reason', 'x'], '--reason is the reason of `stop`', '-- stamp'],
    [['tasks', 'staging', 'x'], '"x" was not expected after the environment', 'launch-migration tasks staging'],
    [['logs', 'staging', 'x', 'y'], '"y" was not expected after the task', 'launch-migration logs staging x'],
    [['attach', 'staging', '--check-only'], '--check-only cannot be combined', 'launch-migration attach staging'],
    [['attach', 'staging', 'x', '--', 'check'], 'Arguments after `--`', 'launch-migration attach staging x'],
    [['staging', 'logs', 'x'], '"logs" was not expected', 'launch-migration logs staging x'],
    [['local', 'doctor'], 'nothing to look at', 'launch-migration local -- doctor'],
    [['local', 'logs', 'x'], 'has no task to work on', 'launch-migration local -- history -v'],
    [['stop', 'local'], 'the stand-in for AWS forgets', 'launch-migration local --stop'],
  ])('refuses %j, with the command that was meant', (argv, sentence, way) => {
    expect(() => readCommandLine(argv)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining(sentence),
        hint: expect.stringContaining(way),
      }),
    );
  });

  it('suggests the name that was meant', () => {
    expect(() => readCommandLine(['Production'])).toThrow(
      expect.objectContaining({ hint: 'Did you mean production?' }),
    );
    expect(() => readCommandLine(['staging', '--chek-only'])).toThrow(
      expect.objectContaining({ hint: 'Did you mean --check-only?' }),
    );
  });

  it('knows what to do with the stand-in of local', () => {
    expect(readCommandLine(['local'])).toMatchObject({ standIn: 'start' });
    expect(readCommandLine(['local', '--reset'])).toMatchObject({ standIn: 'reset' });
    expect(readCommandLine(['local', '--stop'])).toMatchObject({ standIn: 'stop' });
    expect(readCommandLine(['staging'])).toMatchObject({ standIn: undefined });
  });
});
