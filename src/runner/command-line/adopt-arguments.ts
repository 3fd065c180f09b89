import type { Command } from 'commander';

import { suggestion } from '../../contract/suggestion.ts';
import { foreignTools } from '../adoption/tools.ts';
import type { AdoptInvocation, Invocation } from './invocation.ts';

interface AdoptFlags {
  readonly dryRun?: boolean;
  readonly versionTable?: string;
  readonly acceptDifferences?: boolean;
  readonly proof: boolean;
  readonly reason?: string;
  readonly import?: string;
  readonly linearize?: boolean;
  readonly alembicCommand: string;
  readonly writeCatalog?: boolean;
  readonly release?: boolean;
}

interface AdoptProgram {
  readonly add: (usage: string, description: string) => Command;
  readonly ask: (invocation: Invocation) => void;
  readonly usageError: (message: string) => Error;
}

/** `migrate adopt [tool]`. */
export function addAdoptCommand({ add, ask, usageError }: AdoptProgram): void {
  add('adopt', 'take over a database that another tool manages; without a tool: say which one does')
    .argument('[tool]', foreignTools.map(({ name }) => name).join(', '))
    .option('--dry-run', 'prove and say what would be recorded, and change nothing')
    .option('--version-table <name>', 'the table of the tool, when it has another name: [schema.]table')
    .option('--accept-differences', 'record although the schema is another than the revisions build; with --reason')
    .option('--no-proof', 'record without comparing the schema with the revisions; with --reason')
    .option('--reason <text>', 'why; kept in the event log')
    .option('--import <dir>', 'write revisions from the folder of the tool’s migrations; changes no database')
    .option('--linearize', 'with --import of Alembic: put branches one behind the other')
    .option('--alembic-command <line>', 'with --import of Alembic: how Alembic is started', 'alembic')
    .option('--write-catalog', 'write migrations/adopt.catalog.json, the proof for where no scratch server can run')
    .option('--release', 'with alembic: keep alembic_version no longer in step; with --reason')
    .addHelpText(
      'after',
      `
Examples:
  migrate adopt                                     which tool's table is there
  migrate adopt alembic --import ../backend         write revisions from Alembic's
  migrate adopt alembic --dry-run                   prove, and record nothing
  migrate adopt alembic --keep-alembic              take over; alembic_version is kept in step
  migrate adopt flyway --no-proof --reason "compared by hand on 2026-03-01"
`,
    )
    .action((tool: string | undefined, flags: AdoptFlags) => ask(readAdoptFlags(tool, flags, usageError)));
}

function readAdoptFlags(
  tool: string | undefined,
  flags: AdoptFlags,
  usageError: (message: string) => Error,
): AdoptInvocation {
  const { dryRun = false, versionTable, acceptDifferences = false, proof, reason, linearize = false } = flags;
  const names = foreignTools.map(({ name }) => name);
  if (tool !== undefined && !names.includes(tool)) {
    const near = suggestion(tool, names);
    throw usageError(
      `"${tool}" is no tool that can be taken over from; ${near === undefined ? `known are ${names.join(', ')}` : `did you mean "${near}"?`}`,
    );
  }
  const chosen = [
    ...(flags.import === undefined ? [] : (['import'] as const)),
    ...(flags.writeCatalog === true ? (['write-catalog'] as const) : []),
    ...(flags.release === true ? (['release'] as const) : []),
  ];
  if (chosen.length > 1) throw usageError(`--${chosen[0] ?? ''} and --${chosen[1] ?? ''} exclude each other`);
  const action = chosen[0] ?? (tool === undefined ? 'detect' : 'record');
  if ((action === 'import' || action === 'release') && tool === undefined)
    throw usageError(`--${action} needs the tool: migrate adopt <tool> --${action}`);
  if (action === 'release' && tool !== 'alembic') throw usageError('--release goes with alembic');
  if (action === 'import' && flags.import?.trim() === '') throw usageError('--import names no folder');
  if (action !== 'record' && action !== 'detect' && dryRun)
    throw usageError(`--dry-run goes with the takeover itself, not with --${action}`);
  if (acceptDifferences && !proof) throw usageError('--accept-differences and --no-proof exclude each other');
  const needsReason = acceptDifferences ? '--accept-differences' : proof ? undefined : '--no-proof';
  if (action === 'detect' && (dryRun || needsReason !== undefined || versionTable !== undefined))
    throw usageError('Name the tool: migrate adopt <tool>; `migrate adopt` alone says which one it is');
  const asker = action === 'release' ? '--release' : needsReason;
  if (asker !== undefined && (reason ?? '').trim() === '')
    throw usageError(`${asker} needs --reason "…", which is kept in the event log`);
  return {
    command: 'adopt',
    action,
    tool: tool ?? '',
    dryRun,
    versionTable,
    unproved: acceptDifferences ? 'differences-accepted' : proof ? 'refused' : 'no-proof',
    reason,
    importFrom: flags.import,
    linearize,
    alembicCommand: flags.alembicCommand,
  };
}
