import type { AuthoringProgram } from './authoring-commands.ts';
import type { SquashInvocation } from './invocation.ts';

/** The commands that look at the schema as a whole: what a database and its revisions make of it. */
export function addSchemaCommands({ add, ask, usageError }: AuthoringProgram): void {
  add('drift', 'compare the database, which is only read, with what its applied revisions make: exit 0 or 11')
    .option('--sql', 'print the statements that take the difference back, and those that make a revision of it')
    .option(
      '--against <file>',
      'compare with a catalog that `migrate dump --revisions --catalog` wrote; no scratch server',
    )
    .addHelpText(
      'after',
      `
Examples:
  migrate drift
  migrate drift --sql
  migrate drift --ignore "audit.*,extension pg_stat_statements"
  migrate drift --against schema/catalog.json
`,
    )
    .action(({ sql = false, against }: { sql?: boolean; against?: string }) => {
      if (sql && against !== undefined)
        throw usageError('--sql tries its statements on a scratch server, and --against does without one');
      ask({ command: 'drift', sql, against });
    });
  add(
    'squash',
    'replace old revisions by one baseline, proved to make the same database; every database still upgrades',
  )
    .option('--to <revision>', 'the last revision to replace; `-10` keeps the last ten')
    .option('-m, --message <text>', 'what the baseline is, in words')
    .option('--dry-run', 'prove it, print the baseline, and write nothing')
    .option('--check', 'prove the baseline that is there once more: exit 0 or 11')
    .option('--without-data', 'leave out the rows that the revisions write into tables')
    .option('--append <file>', 'SQL for the end of the baseline: what no dump can write')
    .action((flags: SquashFlags) => ask(readSquashFlags(flags, usageError)));
  add('dump', 'print the schema of the database as SQL, in one order whatever the order of creation')
    .option('--revisions', 'of what the revisions make, instead of the database')
    .option('--catalog', 'as the catalog that `migrate drift --against` reads, instead of SQL')
    .option('-o, --output <path>', 'into a folder, a file per group of objects; with --catalog into a file')
    .option('--force', 'write over what is there')
    .action(({ revisions, catalog, output, force = false }: DumpFlags) =>
      ask({
        command: 'dump',
        source: revisions === true ? 'revisions' : 'database',
        form: catalog === true ? 'catalog' : 'sql',
        output,
        force,
      }),
    );
}

interface SquashFlags {
  readonly to?: string;
  readonly message?: string;
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly withoutData?: boolean;
  readonly append?: string;
}

function readSquashFlags(
  { to, message, dryRun = false, check = false, withoutData = false, append }: SquashFlags,
  usageError: AuthoringProgram['usageError'],
): SquashInvocation {
  const data = withoutData ? 'left out' : 'carried';
  if (check) {
    if (to !== undefined || message !== undefined || dryRun || append !== undefined)
      throw usageError(
        '--check proves the baseline that is there, and takes no other option but --without-data',
        'squash',
      );
    return { command: 'squash', action: 'check', to: '', message: '', data, append };
  }
  if (to === undefined) throw usageError('`migrate squash` needs --to <revision>', 'squash');
  if (message === undefined) throw usageError('`migrate squash` needs -m, --message <text>', 'squash');
  return { command: 'squash', action: dryRun ? 'dry run' : 'write', to, message, data, append };
}

interface DumpFlags {
  readonly revisions?: boolean;
  readonly catalog?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}
