import type { Command, Option } from 'commander';

import { settingsTable, type SettingName } from '../settings/settings-table.ts';

const output = ['json', 'quiet', 'verbose', 'noColor'] as const;
const connection = ['databaseUrl', 'databaseAuth', 'waitForDatabase', 'skipWait'] as const;
const reading = ['migrations', ...connection, 'historySchema', ...output] as const;
const running = [
  ...reading,
  'lockWait',
  'lockTimeout',
  'lockRetryFor',
  'statementTimeout',
  'scriptTimeout',
  'budget',
  'replicaLag',
  'editedBackfill',
  'atomic',
  'role',
] as const;
const files = ['migrations', ...output] as const;

/** The settings that make a difference to a command; one that is missing here is shown all of them. */
const settingsOf: Readonly<Record<string, readonly SettingName[]>> = {
  upgrade: [...running, 'planHash'],
  plan: [...reading, 'atomic', 'lockTimeout', 'statementTimeout'],
  downgrade: running,
  check: reading,
  current: reading,
  heads: files,
  history: reading,
  show: reading,
  stamp: [...reading, 'lockWait'],
  rebase: reading,
  lock: files,
  doctor: running,
  test: ['migrations', 'historySchema', 'shadowUrl', ...output],
  lint: ['migrations', 'historySchema', 'shadowUrl', 'lockTimeout', 'statementTimeout', ...output],
  drift: [...reading, 'ignore', 'shadowUrl'],
  dump: [...reading, 'shadowUrl'],
  squash: ['migrations', 'historySchema', 'shadowUrl', ...output],
};

const examplesOf: Readonly<Record<string, readonly (readonly [line: string, meaning: string])[]>> = {
  upgrade: [
    ['migrate upgrade', 'all pending revisions'],
    ['migrate upgrade +1', 'the next one only'],
    ['migrate upgrade add_phone', 'up to the revision of that name, or of that id'],
    ['migrate upgrade --atomic', 'all or nothing'],
    ['migrate upgrade --sql', 'print what would run'],
    ['migrate upgrade base:head --sql', 'the same for an empty database, without one'],
  ],
  downgrade: [
    ['migrate downgrade -1', 'the revision that was applied last'],
    ['migrate downgrade add_phone', 'everything after that revision, which stays'],
    ['migrate downgrade base', 'everything'],
    ['migrate downgrade -1 --sql', 'print what would run'],
  ],
  plan: [
    ['migrate plan', 'what all pending revisions would do'],
    ['migrate plan +1 --json', 'the next one, as one document'],
  ],
  check: [['migrate check --json', 'one document, with the names']],
  current: [['migrate current --json', 'one document']],
  history: [
    ['migrate history -v', 'with what the record says of each'],
    ['migrate history -i', 'mark the current one'],
    ['migrate history -r current:head', 'what is pending, and the current one'],
    ['migrate history -r -3:', 'the last three that are applied, and what is pending'],
  ],
  show: [
    ['migrate show head', 'the newest file'],
    ['migrate show add_phone', 'by a part of its name'],
  ],
  stamp: [
    ['migrate stamp head --reason "made by the old tool" --dry-run', 'say what would change'],
    ['migrate stamp 20260102000000 --reason "made by the old tool"', 'up to this one'],
    ['migrate stamp base --reason "begin anew"', 'nothing is applied'],
  ],
  test: [['migrate test --since add_phone', 'what is behind that revision']],
  dump: [
    ['migrate dump', 'of the database'],
    ['migrate dump --revisions -o schema', 'as a desired schema, a file per group'],
    ['migrate dump --revisions --catalog -o schema/catalog.json', 'for drift --against'],
  ],
  squash: [
    ['migrate squash --to -10 -m "baseline"', 'all but the last ten'],
    ['migrate squash --to add_phone -m "baseline" --dry-run', 'prove it, and print it'],
    ['migrate squash --check', 'prove the baseline again, in CI'],
  ],
  rebase: [['migrate rebase add_phone', 'so that it runs behind what others have merged']],
  lock: [['migrate lock', 'after the last edit of a pending revision']],
  lint: [
    ['migrate lint', 'every revision'],
    ['migrate lint --since 20260301090000', 'what is newer than this one'],
    ['migrate lint migrations/20260301090000_add_phone.sql', 'one file, judged by what is there before it'],
    ['migrate lint --format sarif > lint.sarif', 'for code scanning'],
  ],
  doctor: [['migrate doctor', 'before the first deployment, and when one fails']],
};

/** The settings of the program that the help of a command shows. */
export function shownSettings(command: Command): readonly Option[] {
  const wanted = settingsOf[command.name()];
  return (command.parent?.options ?? []).filter((option) => {
    if (option.hidden || option.long === '--version') return false;
    return wanted === undefined || wanted.some((name) => settingsTable[name].flag.split(' ')[0] === option.long);
  });
}

/** What stands at the end of a command's help: examples, and where the rest is. */
export function helpEnd(name: string): string {
  const examples = examplesOf[name] ?? [];
  const width = Math.max(0, ...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`);
  return [
    ...(lines.length > 0 ? ['', 'Examples:', ...lines] : []),
    ...(settingsOf[name] === undefined ? [] : ['', 'All settings and what a target can be: `migrate --help`.']),
  ].join('\n');
}
