import { expect, test } from 'vitest';

import { AppError } from '../../../src/contract/app-error.ts';
import { help, readSettings } from '../../../src/local-aws/settings.ts';

const place = { workingDirectory: '/project', defaultMigrate: '/dist/migrate.js', env: {} };

test('without options everything has its default', () => {
  expect(readSettings([], place)).toStrictEqual({
    action: 'run',
    directory: '/project/.wumbo-local',
    port: 0,
    environments: ['local', 'development', 'staging', 'production'],
    project: '/project',
    migrate: '/dist/migrate.js',
    logDelayMs: 5_000,
    paceMs: 300,
    reset: false,
    untilStdinCloses: false,
    faults: { faults: [], seed: 1 },
  });
});

test('options are read in both spellings, and paths become absolute', () => {
  const args = ['--directory=d', '--port', '4566', '--log-delay', '20ms', '--pace=0', '--until-stdin-closes'];
  expect(readSettings(args, place)).toMatchObject({
    directory: '/project/d',
    port: 4_566,
    logDelayMs: 20,
    paceMs: 0,
    untilStdinCloses: true,
  });
  expect(readSettings(['--docker', 'wumbo-migrations'], place)).toMatchObject({ docker: 'wumbo-migrations' });
});

test.each([
  [['--prot', '1'], 'Unknown option --prot. Did you mean --port?'],
  [['--zzzzzzzzzz'], 'Unknown option --zzzzzzzzzz.'],
  [['--port'], 'Option --port needs a value.'],
  [['--port', '70000'], '--port 70000 is not a port number (0 to 65535).'],
  [['--reset=yes'], 'Option --reset takes no value.'],
  [['--pace', 'fast'], '--pace fast is not a duration: write 500ms, 5s or 2m.'],
  [['--environments', 'a,B'], '"B" is not the name of an environment: lower-case letters, digits and hyphens.'],
  [['--fault', 'throtle *'], 'did you mean throttle?'],
  [['--fault-seed', 'x'], 'The fault seed x is not a whole number.'],
  [['production'], 'local-aws takes no argument "production".'],
])('%j is a usage error with one sentence', (args, message) => {
  const read = (): unknown => readSettings(args, place);
  expect(read).toThrow(AppError);
  expect(read).toThrow(message);
  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('faults come from the environment and from options, the seed from the option first', () => {
  const env = { LOCAL_AWS_FAULTS: 'lose RunTask once; fail * 5%;', LOCAL_AWS_FAULT_SEED: '3' };
  const { faults } = readSettings(['--fault', 'late-lines 1s', '--fault-seed', '9'], { ...place, env });
  expect(faults).toEqual({ faults: ['lose RunTask once', 'fail * 5%', 'late-lines 1s'], seed: 9 });
  expect(readSettings([], { ...place, env }).faults.seed).toBe(3);
});

test('the help names every option', () => {
  const options = ['directory', 'port', 'environments', 'project', 'migrate', 'log-delay', 'pace', 'reset', 'stop'];
  for (const option of [...options, 'docker', 'until-stdin-closes', 'fault', 'fault-seed', 'help'])
    expect(help).toContain(`--${option}`);
});
