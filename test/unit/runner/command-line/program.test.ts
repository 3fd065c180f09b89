import { describe, expect, it } from 'vitest';

import { parseCommandLine, type ParsedCommandLine } from '../../../../src/runner/command-line/program.ts';
import { settingsTable, variableName } from '../../../../src/runner/settings/settings-table.ts';
import { refusal } from '../../contract/refusal.ts';

interface Answer {
  readonly parsed: ParsedCommandLine;
  readonly out: string;
  readonly err: string;
}

function answer(...args: readonly string[]): Answer {
  let [out, err] = ['', ''];
  const parsed = parseCommandLine(args, {
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  return { parsed, out, err };
}

const history = { command: 'history', range: undefined, detailed: false, indicateCurrent: false };
const upgrade = { command: 'upgrade', target: 'head', sql: false, allowOutOfOrder: false };

describe('parseCommandLine', () => {
  it.each([
    [[], upgrade],
    [['upgrade'], upgrade],
    [['upgrade', '+1'], { ...upgrade, target: '+1' }],
    [['upgrade', '-1'], { ...upgrade, target: '-1' }],
    [['upgrade', '--allow-out-of-order', 'add_phone'], { ...upgrade, target: 'add_phone', allowOutOfOrder: true }],
    [['upgrade', 'base:head', '--sql'], { ...upgrade, target: 'base:head', sql: true }],
    [['downgrade', '-1'], { command: 'downgrade', target: '-1', sql: false }],
    [['downgrade', '-1', '--sql'], { command: 'downgrade', target: '-1', sql: true }],
    [['downgrade', '-12'], { command: 'downgrade', target: '-12' }],
    [['downgrade', '20260102000000-1'], { command: 'downgrade', target: '20260102000000-1' }],
    [['downgrade', '--', '-1'], { command: 'downgrade', target: '-1' }],
    [['downgrade', 'base'], { command: 'downgrade', target: 'base' }],
    [['check'], { command: 'check' }],
    [['current'], { command: 'current' }],
    [['heads'], { command: 'heads' }],
    [['lock'], { command: 'lock' }],
    [['doctor'], { command: 'doctor' }],
    [['rebase', 'add_phone'], { command: 'rebase', target: 'add_phone' }],
    [['show', '-1'], { command: 'show', target: '-1' }],
    [['history'], history],
    [['history', '-r', '-2:'], { ...history, range: '-2:' }],
    [['history', '-r:head', '-vi'], { ...history, range: ':head', detailed: true, indicateCurrent: true }],
    [
      ['history', '--rev-range', 'base:head', '--details', '--indicate-current'],
      { ...history, range: 'base:head', detailed: true, indicateCurrent: true },
    ],
    [
      ['stamp', 'head', '--reason', 'restored'],
      { command: 'stamp', target: 'head', reason: 'restored', dryRun: false },
    ],
    [['stamp', 'head', '--dry-run', '--reason', 'x'], { command: 'stamp', target: 'head', reason: 'x', dryRun: true }],
    [['stamp', '-1', '--reason=x y'], { command: 'stamp', target: '-1', reason: 'x y', dryRun: false }],
    [['revision', '-m', 'add phone'], { command: 'revision', message: 'add phone', format: 'sql' }],
    [['revision', '--ts', '--message', 'x'], { command: 'revision', message: 'x', format: 'ts' }],
    [['--check-only'], { command: 'check' }],
    [['--downgrade', '2'], { command: 'downgrade', target: '-2' }],
    [['--skip-wait'], upgrade],
  ])('migrate %j', (args, invocation) => {
    expect(answer(...args)).toMatchObject({ parsed: { kind: 'run', invocation }, out: '', err: '' });
  });

  it.each([
    [['check', '--json', '--no-color'], { json: true, noColor: true }],
    [['--json', '--no-color', 'check'], { json: true, noColor: true }],
    [['upgrade', '--lock-wait', '5s', '--lock-timeout=1s'], { lockWait: '5s', lockTimeout: '1s' }],
    [['history', '-v', '--verbose'], { verbose: true }],
    [
      ['--skip-wait', '--migrations', 'm', '--history-schema', 'h'],
      { skipWait: true, migrations: 'm', historySchema: 'h' },
    ],
    [['current', '--database-url', 'postgres://db/x', '--quiet'], { databaseUrl: 'postgres://db/x', quiet: true }],
    [
      ['check', '--statement-timeout', '0', '--wait-for-database', '1m'],
      { statementTimeout: '0', waitForDatabase: '1m' },
    ],
    [['check'], {}],
  ])('options stand before and behind the command: migrate %j', (args, flags) => {
    expect(answer(...args).parsed).toMatchObject({ kind: 'run' });
    expect((answer(...args).parsed as { flags?: unknown }).flags).toEqual(flags);
  });
});

describe('help and version', () => {
  it.each([['--help'], ['-h']])('%s lists every command and every setting with its variable', (flag) => {
    const { parsed, out, err } = answer(flag);
    expect({ parsed, err }).toEqual({ parsed: { kind: 'answered', exitCode: 0 }, err: '' });
    const commands = [
      'upgrade',
      'downgrade',
      'check',
      'current',
      'heads',
      'history',
      'show',
      'stamp',
      'revision',
      'rebase',
      'lock',
      'doctor',
    ];
    const settings = Object.entries(settingsTable).flatMap(([name, { flag: option }]) => [option, variableName(name)]);
    for (const word of [...commands, ...settings, 'Examples:', 'Targets:']) expect(out).toContain(word);
  });

  it('the words of the old script stay hidden: they are for muscle memory', () => {
    expect(answer('--help').out).not.toMatch(/--check-only|--downgrade/);
  });

  it('the help of a command has its own and the common options', () => {
    const { out } = answer('history', '--help');
    for (const word of ['--rev-range', '--indicate-current', '--database-url', 'MIGRATE_JSON'])
      expect(out).toContain(word);
  });

  it('shows the settings that make a difference to the command, and no others', () => {
    expect(answer('check', '--help').out).not.toMatch(/--atomic|--schema-command|--lock-timeout|--version/);
    expect(answer('upgrade', '--help').out).toMatch(/--atomic[^]*--role/);
    expect(answer('lock', '--help').out).not.toContain('--database-url');
  });

  it.each([[['help', 'stamp']], [['stamp', '-h']]])('migrate %j is the same as stamp --help', (args) => {
    expect(answer(...args)).toEqual(answer('stamp', '--help'));
  });

  it('every example in every help is a command line that is understood', () => {
    const commands = [...answer('help').out.matchAll(/^ {2}([a-z]+)(?: [[<].*?)? {2,}\S/gm)].map(
      ([, name = '']) => name,
    );
    expect(commands).toContain('revision');
    const lines = ['', ...commands].flatMap((name) =>
      [
        ...answer(...(name === '' ? ['--help'] : [name, '--help'])).out.matchAll(/^ {2}migrate (.*?)(?: {2,}.*)?$/gm),
      ].map(([, line = '']) => line),
    );
    expect(lines.length).toBeGreaterThan(25);
    for (const line of lines) {
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
      expect(answer(...words).parsed, line).toMatchObject({ kind: 'run' });
    }
  });

  it.each([['--version'], ['-V']])('%s prints the version alone', (flag) => {
    expect(answer(flag)).toEqual({ parsed: { kind: 'answered', exitCode: 0 }, out: '0.0.0-source\n', err: '' });
  });
});

describe('a usage error', () => {
  it.each([
    [['upgrad'], 'There is no command "upgrad"; did you mean "upgrade"?'],
    [['rollback'], 'There is no command "rollback"; did you mean "downgrade"?'],
    [['status'], 'There is no command "status"; did you mean "check"?'],
    [['check', '--lock-wait'], '--lock-wait needs a value: --lock-wait <duration>.'],
    [['wombat'], 'There is no command "wombat".'],
    [['--jsno'], 'There is no option --jsno; did you mean --json?'],
    [['--wombat'], 'There is no option --wombat.'],
    [['upgrade', 'base:head'], '"base:head" is a range of revisions, which is for --sql only.'],
    [['downgrade', 'head:base'], '"head:base" is a range of revisions, which is for --sql only.'],
  ])('migrate %j: %s', (args, message) => {
    expect(refusal(() => answer(...args))).toEqual({
      code: 'bad-usage',
      exitCode: 2,
      message,
      hint: 'See `migrate --help`.',
    });
  });

  it.each([
    [['check', '--jsno'], 'There is no option --jsno; did you mean --json?'],
    [['check', '--wombat'], 'There is no option --wombat.'],
    [['check', '--json=true'], '--json takes no value: it stands alone.'],
    [['upgrade', '--atomc'], 'There is no option --atomc; did you mean --atomic?'],
    [['downgrade'], '`migrate downgrade` needs a <target>.'],
    [['show'], '`migrate show` needs a <revision>.'],
    [['rebase'], '`migrate rebase` needs a <revision>.'],
    [['upgrade', 'a', 'b'], '`migrate upgrade` takes 1 argument, but got a, b.'],
    [['check', 'x'], '`migrate check` takes 0 arguments, but got x.'],
    [['stamp', 'head'], '`migrate stamp` needs --reason <text>.'],
    [['revision'], '`migrate revision` needs -m, --message <text>.'],
  ])('of a command points to its own help: migrate %j: %s', (args, message) => {
    expect(refusal(() => answer(...args))).toEqual({
      code: 'bad-usage',
      exitCode: 2,
      message,
      hint: `See \`migrate ${args[0] ?? ''} --help\`.`,
    });
  });

  it.each([
    [['--downgrade', '0'], '--downgrade 0 is not a number of revisions from 1 up.'],
    [['--downgrade', '-1'], '--downgrade -1 is not a number of revisions from 1 up.'],
    [['--check-only', '--downgrade', '1'], '--check-only and --downgrade cannot be used together.'],
  ])('of the old script’s flags: migrate %j', (args, message) => {
    expect(refusal(() => answer(...args))).toMatchObject({ code: 'bad-usage', exitCode: 2, message });
  });

  it.each([
    [['upgrade', '--check-only']],
    [['--check-only', 'upgrade']],
    [['upgrade', '--downgrade', '1']],
    [['--downgrade', '1', 'check']],
    [['downgrade', '-1', '--check-only']],
  ])('is an old flag beside a command, which would run as if it were not there: migrate %j', (args) => {
    expect(refusal(() => answer(...args))).toMatchObject({ code: 'bad-usage', exitCode: 2 });
  });

  it.each([[['upgrad', 'head']], [['downgrad', '-1']]])(
    'names the command that was meant, with arguments too: migrate %j',
    (args) => {
      expect(refusal(() => answer(...args)).message).toContain(`There is no command "${args[0] ?? ''}"; did you mean`);
    },
  );

  it.each([[['stamp', 'head', '--reason', '']], [['stamp', 'head', '--reason', ' ']]])(
    'is a stamp with an empty reason: migrate %j',
    (args) => {
      expect(refusal(() => answer(...args))).toMatchObject({ code: 'bad-usage', exitCode: 2 });
    },
  );

  it.each([
    [['--databse-url=postgres://app:s3cret@db/wumbo', 'check']],
    [['check', '--databse-url', 'postgres://app:s3cret@db/wumbo']],
    [['postgres://app:s3cret@db/wumbo']],
    [['check', 'postgres://app:s3cret@db/wumbo']],
    [['upgrade', 'postgres://app:s3cret@db/wumbo']],
  ])('shows no password: migrate %j', (args) => {
    const { message, hint } = refusal(() => answer(...args));
    expect(`${message} ${hint ?? ''}`).not.toContain('s3cret');
  });
});
