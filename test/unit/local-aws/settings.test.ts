import { expect, test } from 'vitest';

import { AppError } from '../../../src/contract/app-error.ts';
import { help, readSettings } from '../../../src/local-aws/settings.ts';

const place = { workingDirectory: '/project', defaultMigrate: '/dist/migrate.js' };

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
});

test.each([
  [['--prot', '1'], 'Unknown option --prot. Did you mean --port?'],
  [['--zzzzzzzzzz'], 'Unknown option --zzzzzzzzzz.'],
  [['--port'], 'Option --port needs a value.'],
  [['--port', '70000'], '--port 70000 is not a port number (0 to 65535).'],
  [['--reset=yes'], 'Option --reset takes no value.'],
  [['--pace', 'fast'], '--pace fast is not a duration: write 500ms, 5s or 2m.'],
  [['--environments', 'a,B'], '"B" is not the name of an environment: lower-case letters, digits and hyphens.'],
  [['production'], 'local-aws takes no argument "production".'],
])('%j is a usage error with one sentence', (args, message) => {
  const read = (): unknown => readSettings(args, place);
  expect(read).toThrow(AppError);
  expect(read).toThrow(message);
  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('the help names every option', () => {
  const options = ['directory', 'port', 'environments', 'project', 'migrate', 'log-delay', 'pace', 'reset', 'stop'];
  for (const option of [...options, 'until-stdin-closes', 'help']) expect(help).toContain(`--${option}`);
});
