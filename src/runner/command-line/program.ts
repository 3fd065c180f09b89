import { Command, CommanderError, Option } from 'commander';

import { exitCodes, type ExitCode } from '../../contract/exit-codes.ts';
import { version } from '../../contract/version.ts';
import { addAdoptCommand } from './adopt-arguments.ts';
import { addAuthoringCommands } from './authoring-commands.ts';
import { helpEnd, shownSettings } from './command-help.ts';
import type { Invocation } from './invocation.ts';
import { readLegacyFlags } from './legacy-flags.ts';
import { settingsTable, variableName, type Flags } from '../settings/settings-table.ts';
import { unknownCommand, usageError, wrongArguments } from './usage-error.ts';

export type ParsedCommandLine =
  | { readonly kind: 'run'; readonly invocation: Invocation; readonly flags: Flags }
  /** `--help`, `--version`: printed already. */
  | { readonly kind: 'answered'; readonly exitCode: ExitCode };

interface Writers {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/**
 * Reads the arguments of `migrate`; help and version are written at once.
 * @throws AppError `bad-usage` (2).
 */
export function parseCommandLine(args: readonly string[], writers: Writers): ParsedCommandLine {
  return parseQuickly(args) ?? parseWith(args, writers, () => true);
}

/**
 * Reads arguments in which nothing is wrong and which ask for no help with those commands alone that they could name: describing
 * all of them to commander takes longer than reading the files of 100 revisions. Anything else is read anew, by the whole program.
 */
function parseQuickly(args: readonly string[]): ParsedCommandLine | undefined {
  if (!args.some((arg) => /^[a-z]/.test(arg))) return undefined;
  const answered: string[] = [];
  const keep = (text: string): void => void answered.push(text);
  try {
    const parsed = parseWith(args, { writeOut: keep, writeErr: keep }, (name) => args.includes(name));
    return parsed.kind === 'run' && answered.length === 0 ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function parseWith(
  args: readonly string[],
  { writeOut, writeErr }: Writers,
  isWanted: (command: string) => boolean,
): ParsedCommandLine {
  let invocation: Invocation | undefined;
  const ask = (asked: Invocation): void => {
    invocation = asked;
  };
  const program = buildProgram(ask, isWanted);
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeOut, writeErr, outputError: () => undefined });
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'answered', exitCode: exitCodes.done };
    throw wrongArguments(error, program);
  }
  if (!invocation) throw usageError('No command was given');
  if ('target' in invocation && invocation.target.includes('://'))
    throw usageError('A target is no URL; name the database with --database-url or DATABASE_URL');
  return { kind: 'run', invocation, flags: readFlags(program) };
}

/** commander keeps `--no-color` as `color: false`. */
function readFlags(program: Command): Flags {
  const { color, ...flags } = program.opts<Flags & { color?: boolean }>();
  return color === false ? { ...flags, noColor: true } : flags;
}

const examples = `
Examples:
  migrate upgrade                    apply all pending revisions
  migrate upgrade --sql              print the SQL that upgrade would run; base:head --sql needs no database
  migrate check                      exit 0 when up to date, 3 when revisions are pending
  migrate downgrade -1               revert the newest revision
  migrate history -v                 all revisions, newest first, with what the record says
  migrate revision -m "add phone"    write a new revision; with --autogenerate from schema/*.sql
  migrate test                       try every revision up, down and up on a scratch server
  migrate stamp head --reason "restored from a snapshot that was ahead of the record"

Targets: head, base, a revision id or the beginning of one, a part of a name, +N, -N, <rev>+N, <rev>-N.
`;

function buildProgram(ask: (invocation: Invocation) => void, isWanted: (command: string) => boolean): Command {
  const program = new Command('migrate')
    .description('Change the schema of a PostgreSQL database, one revision after the other.')
    .usage('[command] [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: (command) => (command.parent === null ? [] : [...shownSettings(command)]),
    })
    .addHelpText('after', examples)
    .argument('[command]')
    .addOption(new Option('--check-only', 'the old script’s word for `check`').hideHelp())
    .addOption(new Option('--downgrade <n>', 'the old script’s word for `downgrade -N`').hideHelp())
    .action((word: string | undefined, options: { checkOnly?: boolean; downgrade?: string }) => {
      if (word !== undefined) throw unknownCommand(word, program);
      const legacy = readLegacyFlags(options);
      ask(
        legacy.command === 'upgrade'
          ? { ...legacy, target: legacy.target, command: 'upgrade', sql: false, allowOutOfOrder: false }
          : ({ ...legacy, sql: false } as Invocation),
      );
    });
  program.hook('preAction', (_program, command) => {
    const { checkOnly, downgrade } = program.opts<{ checkOnly?: boolean; downgrade?: string }>();
    if (command !== program && (checkOnly || downgrade !== undefined))
      throw usageError(
        `--${checkOnly ? 'check-only' : 'downgrade'} stands for a command of its own and cannot be used with "${command.name()}"`,
      );
  });
  for (const [name, { flag, fallback, help }] of Object.entries(settingsTable)) {
    const shownDefault = fallback === undefined || fallback === 'false' ? '' : `, default ${fallback}`;
    const option = new Option(
      name === 'noColor' ? '--no-color' : flag,
      `${help} (${variableName(name)}${shownDefault})`,
    );
    // A list: given several times it grows.
    if (name === 'ignore')
      option.argParser((value, before?: string) => (before === undefined ? value : `${before},${value}`));
    program.addOption(option);
  }
  const add = (name: string, description: string): Command =>
    isWanted(name) ? program.command(name).description(description).addHelpText('after', helpEnd(name)) : unwanted;

  add('upgrade', 'apply pending revisions up to and including the target')
    .argument('[target]', 'how far', 'head')
    .option('--sql', 'print the SQL that would run, as a script for psql, and run nothing')
    .option('--allow-out-of-order', 'also apply a pending revision that sorts before an applied one; recorded')
    .action((target: string, options: { sql?: boolean; allowOutOfOrder?: boolean }) => {
      const sql = options.sql === true;
      refuseRange(target, { sql });
      ask({ command: 'upgrade', target, sql, allowOutOfOrder: options.allowOutOfOrder === true });
    });
  add('downgrade', 'revert revisions down to the target, which stays applied')
    .argument('<target>', 'where to stop: a revision, base, or -N for N revisions')
    .option('--sql', 'print the SQL that would run, as a script for psql, and run nothing')
    .action((target: string, options: { sql?: boolean }) => {
      const sql = options.sql === true;
      refuseRange(target, { sql });
      ask({ command: 'downgrade', target, sql });
    });
  add('plan', 'say what upgrade would do to this database: locks, sizes, who is in the way, and a hash to hold it to')
    .argument('[target]', 'how far', 'head')
    .option('--allow-out-of-order', 'also plan a pending revision that sorts before an applied one')
    .action((target: string, { allowOutOfOrder }: { allowOutOfOrder?: boolean }) => {
      refuseRange(target, { sql: false });
      ask({ command: 'plan', target, allowOutOfOrder: allowOutOfOrder === true });
    });
  add('check', 'say whether revisions are pending: exit 0 or 3').action(() => ask({ command: 'check' }));
  add('current', 'print the newest applied revision').action(() => ask({ command: 'current' }));
  add('heads', 'print the newest revision of the files').action(() => ask({ command: 'heads' }));
  add('history', 'list the revisions, newest first')
    .option('-r, --rev-range <range>', 'only these: <from>:<to>, <from>: or :<to>')
    .option('-v, --details', 'all that is known of each, the record included')
    .option('-i, --indicate-current', 'mark the current revision')
    .action((options: { revRange?: string; details?: boolean; indicateCurrent?: boolean }) =>
      ask({
        command: 'history',
        range: options.revRange,
        detailed: options.details === true,
        indicateCurrent: options.indicateCurrent === true,
      }),
    );
  add('show', 'print all that is known of one revision')
    .argument('<revision>')
    .action((target: string) => ask({ command: 'show', target }));
  add('stamp', 'make the record say that the target is current, without running anything')
    .argument('<target>')
    .requiredOption('--reason <text>', 'why; kept in the event log')
    .option('--dry-run', 'say what would be recorded, and change nothing')
    .action((target: string, { reason, dryRun }: { reason: string; dryRun?: boolean }) => {
      if (reason.trim() === '') throw usageError('--reason is empty');
      ask({ command: 'stamp', target, reason, dryRun: dryRun === true });
    });
  addAdoptCommand({ add, ask, usageError });
  addAuthoringCommands({ add, ask, usageError });
  add('rebase', 'give a pending revision a new timestamp, so that it sorts last')
    .argument('<revision>')
    .action((target: string) => ask({ command: 'rebase', target }));
  add('lock', 'rewrite migrations.lock from the files').action(() => ask({ command: 'lock' }));
  add('doctor', 'look for what would stop an upgrade: settings, connection, rights, record, files').action(() =>
    ask({ command: 'doctor' }),
  );
  return program;
}

/** Takes every description and keeps none. */
const unwanted: Command = new Proxy({} as Command, { get: () => () => unwanted });

function refuseRange(target: string, { sql }: { readonly sql: boolean }): void {
  if (!sql && target.includes(':') && !target.includes('://'))
    throw usageError(`"${target}" is a range of revisions, which is for --sql only`);
}
