import { Option, type Command } from 'commander';

import type { AuthoringInvocation, Invocation } from './invocation.ts';
import { addSchemaCommands } from './schema-commands.ts';

interface RevisionFlags {
  readonly message?: string;
  readonly ts?: boolean;
  readonly autogenerate?: boolean;
  readonly check?: boolean;
  readonly fromDatabase?: boolean;
  readonly rename?: readonly string[];
  readonly renames: boolean;
  readonly using?: readonly string[];
  readonly plain?: boolean;
}

interface LintFlags {
  readonly since?: string;
  readonly failOn?: string;
  readonly postgres?: string;
  readonly format?: 'text' | 'github' | 'sarif';
  readonly trace: boolean;
  readonly queries?: string;
}

export interface AuthoringProgram {
  readonly add: (usage: string, description: string) => Command;
  readonly ask: (invocation: Invocation) => void;
  readonly usageError: (message: string, command?: string) => Error;
}

/** The commands for the laptop and CI: they write revision files or try them on a scratch server. */
export function addAuthoringCommands({ add, ask, usageError }: AuthoringProgram): void {
  const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];
  add('revision', 'write a new revision: empty, or with --autogenerate what leads to the desired schema')
    .option('-m, --message <text>', 'what it changes, in words')
    .option('--ts', 'TypeScript instead of SQL')
    .option('--autogenerate', 'compare the desired schema with what the revisions build, and write up and down')
    .option('--check', 'with --autogenerate: write nothing, exit 11 when there is a difference')
    .option('--from-database', 'with --autogenerate: compare with the database instead of the revisions; read only')
    .option('--rename <old=new>', 'what was renamed, e.g. users.mail=email; can be repeated', collect)
    .option('--no-renames', 'nothing else was renamed: what looks like it was dropped and added')
    .option('--using <column=expression>', 'how values become another type; can be repeated', collect)
    .option('--plain', 'the short form of every statement, whatever it locks')
    .addHelpText(
      'after',
      `
Examples:
  migrate revision -m "add phone"                     an empty revision
  migrate revision --autogenerate -m "add phone"      from schema/*.sql
  migrate revision --autogenerate --check             exit 11 when schema/*.sql and the revisions differ
  migrate revision --autogenerate -m "mail is email" --rename users.mail=email
  migrate revision --autogenerate -m "from models" --schema-command "python print_ddl.py"
`,
    )
    .action((flags: RevisionFlags) => ask(readRevisionFlags(flags, usageError)));
  add('test', 'take every revision up, down and up again on a scratch server; the schemas must match')
    .option('--since <revision>', 'test only the revisions behind this one')
    .action(({ since }: { since?: string }) => ask({ command: 'test', since }));
  add('lint [files...]', 'look for what would lock, rewrite or break production: rules, and a run on a scratch server')
    .option('--since <revision>', 'only what comes behind this revision')
    .option('--fail-on <severity>', 'exit 11 from there on: error, warning or notice (default: warning)')
    .option('--postgres <versions>', 'versions that the revisions must run on, e.g. 16 or 14-18 (default: 14-18)')
    .addOption(
      new Option('--format <name>', 'how findings are printed; github when GITHUB_ACTIONS is true').choices([
        'text',
        'github',
        'sarif',
      ]),
    )
    .option(
      '--queries <path>',
      'queries of the running application, which must go on working: .sql files, or an export of pg_stat_statements (.json, .csv)',
    )
    .option('--no-trace', 'judge the text alone, without a scratch server')
    .action((files: readonly string[], { since, failOn, postgres, format, queries, trace }: LintFlags) =>
      ask({
        command: 'lint',
        files,
        since,
        failOn,
        postgres,
        format,
        queries,
        trace: trace ? 'when possible' : 'never',
      }),
    );
  addSchemaCommands({ add, ask, usageError });
}

function readRevisionFlags(
  flags: RevisionFlags,
  usageError: (message: string, command?: string) => Error,
): AuthoringInvocation {
  const { message, ts, autogenerate, check = false } = flags;
  if (autogenerate !== true) {
    const stray = Object.entries({
      '--check': check,
      '--from-database': flags.fromDatabase,
      '--rename': flags.rename !== undefined,
      '--no-renames': !flags.renames,
      '--using': flags.using !== undefined,
      '--plain': flags.plain,
    }).find(([, given]) => given === true);
    if (stray !== undefined) throw usageError(`${stray[0]} goes with --autogenerate`, 'revision');
    if (message === undefined) throw usageError('`migrate revision` needs -m, --message <text>', 'revision');
    return { command: 'revision', message, format: ts === true ? 'ts' : 'sql' };
  }
  if (ts === true) throw usageError('--ts cannot be used with --autogenerate, which writes SQL', 'revision');
  if (message === undefined && !check) throw usageError('`migrate revision` needs -m, --message <text>', 'revision');
  return {
    command: 'autogenerate',
    message: message ?? '',
    check,
    fromDatabase: flags.fromDatabase === true,
    renames: flags.rename ?? [],
    noRenames: !flags.renames,
    usings: flags.using ?? [],
    plain: flags.plain === true,
  };
}
