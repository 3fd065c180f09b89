import { Command, CommanderError, Option } from 'commander';
import { suggestion } from '../../contract/suggestion.ts';
import { version } from '../../contract/version.ts';
import { checkEnvironmentName } from './environment-name.ts';
import { readMigrateArguments } from './migrate-arguments.ts';
import {
  isTaskWord,
  nothingLocal,
  readTaskCommand,
  reasonWithoutStop,
  type TaskCommandLine,
} from './task-command-line.ts';
import type { Flags } from './flags.ts';
import { usageError } from './usage-error.ts';

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: 'print'; readonly text: string }
  | {
      readonly kind: 'launch';
      readonly environment: string;
      /** `undefined`: the task runs its own default command. */
      readonly migrateArguments: readonly string[] | undefined;
      /** What to do with the stand-in of `local`; `start` is the usual. */
      readonly standIn: 'start' | 'reset' | 'stop' | undefined;
      readonly flags: Flags;
    }
  | TaskCommandLine;

const examples = `
Commands on tasks that were started before:
  tasks <environment>           list them: those that run, and those that ended in the last hour
  logs <environment> [task]     the log of one (default: the last), followed while it runs
  attach <environment> [task]   follow one as if it had been started here: log, verdict, exit code
  stop <environment> [task]     stop one (SIGTERM), and follow it to its end
  doctor <environment>          what a launch would use and meet: values with sources, checks, rights; starts nothing
A task is an ARN, an id, or the beginning of an id.

Examples:
  launch-migration local                                    try it: a stand-in for AWS, a real PostgreSQL
  launch-migration development                              upgrade to head
  launch-migration production --check-only                  is anything pending? exit code 3 says yes
  launch-migration production --sql > migration.sql         the SQL for review; nothing runs
  launch-migration staging --downgrade 1                    revert the last revision
  launch-migration staging -- stamp head --reason "restored from a snapshot"

Every option with a value can also be set in the environment: --start-timeout is LAUNCH_MIGRATION_START_TIMEOUT.
The exit code is the container's own; 124 and 125 are ours, and the task may still run after 124, 130 and 143.`;

/** Reads the arguments after the program's name. Throws a usage error (exit 2) for anything that it does not understand. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const dashes = argv.indexOf('--');
  const own = dashes === -1 ? argv : argv.slice(0, dashes);
  const migrateArguments = dashes === -1 ? [] : argv.slice(dashes + 1);
  let printed = '';
  const program = buildProgram((text) => (printed += text));
  try {
    program.parse(own, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: printed };
    throw explained(error, program);
  }
  const flags = program.opts<Flags>();
  const [name, ...others] = program.args;
  if (isTaskWord(name)) return readTaskCommand(name, others, { flags, migrateArguments });
  if (flags['reason'] !== undefined) throw reasonWithoutStop();
  if (name === 'local' && isTaskWord(others[0])) throw nothingLocal(others[0]);
  const environment = checkEnvironmentName(name, others);
  return {
    kind: 'launch',
    environment,
    migrateArguments: readMigrateArguments(flags, migrateArguments),
    standIn: readStandIn(environment, flags),
    flags,
  };
}

/** The options that the help shows, for the documentation. */
export function visibleOptions(): readonly { readonly flags: string; readonly description: string }[] {
  return buildProgram(() => undefined).options.filter(({ hidden }) => !hidden);
}

function buildProgram(print: (text: string) => void): Command {
  return (
    new Command('launch-migration')
      .description(
        'Run the database migrations of an environment as one ECS Fargate task, show its log, end with its exit code.',
      )
      .usage(
        '<environment> [options] [-- <migrate arguments>]\n       launch-migration tasks|logs|attach|stop|doctor <environment> [task] [options]',
      )
      .argument('[words...]')
      .optionsGroup('What the task runs (default: its own command, upgrade head):')
      .option('--check-only', 'only say whether revisions are pending (-- check)')
      // Hidden until the runner has the command.
      .addOption(new Option('--plan', 'what an upgrade would do to this database (-- plan)'))
      .option('--sql', 'print the SQL of an upgrade and run nothing (-- upgrade head --sql)')
      .option('--downgrade <n>', 'revert the last n revisions (-- downgrade -n)')
      .optionsGroup('Where (default: found in the stacks of the environment):')
      .option('--config <file>', 'configuration (default: launch-migration.config.json, or package.json, upwards)')
      .option('--region <region>', 'AWS region')
      .option('--profile <name>', 'AWS profile')
      .option('--cluster <name>', 'ECS cluster')
      .option('--task-definition <arn>', 'task definition, family:revision or ARN')
      .option('--latest', 'run the newest revision of the task definition, not the one that the stack names')
      .option('--subnets <ids>', 'subnets, comma-separated')
      .option('--security-groups <ids>', 'security groups, comma-separated')
      .option('--container <name>', 'the container that runs migrate')
      .option('--log-group <name>', 'log group, when it is not the one in the task definition')
      .optionsGroup('How:')
      .option('--timeout <duration>', 'stop waiting after this long; the task goes on (default: wait for ever)')
      .option(
        '--start-timeout <duration>',
        'stop waiting when the container has not started after this long (default: 10m)',
      )
      .option(
        '--on-interrupt <what>',
        'Ctrl-C and SIGTERM: detach (the task goes on) or stop (the task) (default: a terminal is asked, else detach)',
      )
      .option('--run-id <id>', 'makes the launch idempotent: the same id is the same task')
      .option('--reason <text>', 'stop: why, for ECS to keep')
      .option('--force', 'go on although a stack of production is being changed')
      .option('--yes', 'answer the question before a change in production')
      .optionsGroup('Local:')
      .option('--reset', 'local: begin with an empty database')
      .option('--stop', 'local: stop the server')
      .optionsGroup('Output:')
      .option('--json', 'NDJSON on stdout')
      .option('--verbose', 'say where each value was found')
      .option('--quiet', 'only the log, warnings and failures')
      .option('--logs-on-failure', 'print the log only when the launch does not succeed')
      .option('--no-color', 'no colours')
      .version(version, '--version', 'print the version')
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', examples)
      .exitOverride()
      .configureOutput({ writeOut: print, writeErr: () => {} })
      .configureHelp({ visibleArguments: () => [] })
  );
}

function explained(error: CommanderError, program: Command): Error {
  const text = error.message.replace(/^error: /, '').split('\n')[0] ?? '';
  const message = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  const unknown = /unknown option '(--?[^'=]+)/.exec(text)?.[1];
  const similar =
    unknown &&
    suggestion(
      unknown,
      program.options.map(({ long }) => long ?? ''),
    );
  return usageError(message, similar ? `Did you mean ${similar}?` : 'See launch-migration --help.');
}

function readStandIn(environment: string, { reset, stop }: Flags): 'start' | 'reset' | 'stop' | undefined {
  if (reset && stop) throw usageError('--reset and --stop exclude each other.', 'Give one of them.');
  if (environment !== 'local') {
    if (!reset && !stop) return undefined;
    const flag = reset ? '--reset' : '--stop';
    throw usageError(
      `${flag} is only for the environment local, not for ${environment}.`,
      `launch-migration local ${flag}`,
    );
  }
  if (reset) return 'reset';
  return stop ? 'stop' : 'start';
}
