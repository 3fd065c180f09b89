import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';

import { AppError } from '../contract/app-error.ts';
import { exitCodes, type ExitCode } from '../contract/exit-codes.ts';
import { wantsColour } from '../contract/paint.ts';
import { version } from '../contract/version.ts';
import { monotonicMs } from '../contract/monotonic.ts';
import { readSettingsFile } from './settings/config-file.ts';
import { emptyRunState, runFinished } from './commands/run/run-state.ts';
import type { Machine } from '../authoring/scratch/machine.ts';
import { isRun } from './command-line/invocation.ts';
import { countLines } from './line-count.ts';
import type { MigrateOptions } from './library/options.ts';
import type { Output } from './output.ts';
import { loadAuthoring } from './load-authoring.ts';
import { createProcessGuard } from './process-guard.ts';
import { parseCommandLine } from './command-line/program.ts';
import { readSettings } from './settings/read-settings.ts';
import { settingsTable, variableName, type Settings } from './settings/settings-table.ts';
import { createOutput, type OutputMode } from './terminal-output.ts';

const { env, stdout, stderr } = process;
// Who runs this cannot act on what a library of ours should no longer call.
process.noDeprecation = true;
const runId = randomUUID();
/** Whether what goes to stdout is what the command was run for. */
const answers = { isProduct: true };
const written = { out: countLines(stdout), err: countLines(stderr) };
const printed = { events: 0, lines: () => written.out.lines() + written.err.lines() };
const inContainer =
  (env['MIGRATE_CONTAINER'] === 'true' || env['ECS_CONTAINER_METADATA_URI_V4'] !== undefined) && !stdout.isTTY;

// First of all: as PID 1 of a container a process without handlers does not even notice SIGTERM.
const interruption = new AbortController();
for (const [name, exitCode] of [
  ['SIGTERM', exitCodes.terminated],
  ['SIGINT', exitCodes.interrupted],
] as const) {
  process.on(name, () => {
    const message = `Interrupted by ${name}.`;
    const hint = 'Run it again: it goes on with the revisions that are pending.';
    interruption.abort(new AppError({ code: 'interrupted', exitCode, message, hint }));
  });
}
// `migrate history | head` closes the pipe early: that must not become a failed migration.
const unwritten: { error?: NodeJS.ErrnoException } = {};
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') unwritten.error ??= error;
});
stderr.on('error', () => undefined);

/** When the command is over; the process ends right after it. */
export const ended = main()
  .catch(reportEarlyFailure)
  // A timer or socket that a script revision left behind must not keep the task alive: exit as soon as all is written.
  .then((exitCode) => void stdout.write('', () => setImmediate(() => leave(exitCode))));

/** An answer or a script that a full disk cut short is no success; a run has changed the database, whatever became of its log. */
function leave(code: ExitCode): void {
  const isCutShort = unwritten.error !== undefined && answers.isProduct && code === exitCodes.done;
  const text = `error: The answer is not complete: standard output cannot be written (${unwritten.error?.code ?? ''}).\n  Make room, or send it elsewhere, and run this again.\n`;
  stderr.write(isCutShort ? text : '', () => process.exit(isCutShort ? exitCodes.usage : code));
}

async function main(): Promise<ExitCode> {
  const parsed = parseCommandLine(process.argv.slice(2), {
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
  });
  if (parsed.kind === 'answered') return parsed.exitCode;
  const settings = readSettings(parsed.flags, env, readSettingsFile(process.cwd()));
  answers.isProduct = !isRun(parsed.invocation);
  const { runCommand } = await import('./run-command.ts');
  const output = outputIn({
    events: inContainer ? 'json' : settings.json && isRun(parsed.invocation) ? 'json-and-errors' : 'text',
    documents: settings.json,
    quiet: settings.quiet,
    verbose: settings.verbose,
    colour: wantsColour(stderr.isTTY, settings.noColor ? false : undefined, env),
  });
  const options: MigrateOptions = {
    migrations: settings.migrations,
    historySchema: settings.historySchema,
    lockWaitMs: settings.lockWait,
    lockTimeoutMs: settings.lockTimeout,
    lockRetryForMs: settings.lockRetryFor,
    statementTimeoutMs: settings.statementTimeout,
    scriptTimeoutMs: settings.scriptTimeout,
    budgetMs: settings.budget,
    replicaLagMs: settings.replicaLag,
    editedBackfill: settings.editedBackfill,
    planHash: settings.planHash,
    atomic: settings.atomic,
    role: settings.role,
    keepAlembic: settings.keepAlembic,
    waitForDatabaseMs: settings.skipWait ? 0 : settings.waitForDatabase,
    env: environmentOf(settings),
    signal: interruption.signal,
    runId,
    scriptGuard: createProcessGuard(process, console),
  };
  return runCommand({
    invocation: parsed.invocation,
    inContainer,
    output,
    options,
    authoring: loadAuthoring({
      settings,
      options,
      scratch: { environment: env, machine: thisMachine(), temporaryDirectory: tmpdir() },
      isInteractive: () => process.stdin.isTTY && stderr.isTTY && !env['CI'],
    }),
  });
}

function thisMachine(): Machine {
  const { platform, arch, pid } = process;
  const isAlive = (other: number): boolean => {
    try {
      return process.kill(other, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  };
  return { platform, arch, uid: process.getuid?.(), pid, isAlive };
}

/** The environment without the settings: they have been read, and options went before variables. */
function environmentOf({ databaseUrl, databaseAuth }: Settings): Readonly<Record<string, string | undefined>> {
  const unset = Object.keys(settingsTable).map((name) => [variableName(name), undefined]);
  const where = { [variableName('databaseUrl')]: databaseUrl, [variableName('databaseAuth')]: databaseAuth };
  return { ...env, ...Object.fromEntries(unset), ...where };
}

function outputIn(mode: OutputMode): Output {
  // A script revision may have left a line of its own without an end: an event that is glued to it would be lost.
  const writeOut = (line: string): void => void stdout.write(`${written.out.isWithinLine() ? '\n' : ''}${line}\n`);
  const writeErr = (line: string): void => void stderr.write(`${line}\n`);
  return createOutput({ writeOut, writeErr }, mode, { runId, printed, now: () => new Date() });
}

/** What went wrong before a command began, or a bug. In a container even that ends the log with `run.finished`. */
function reportEarlyFailure(error: unknown): ExitCode {
  const isForPeople = error instanceof AppError;
  const code = isForPeople ? error.exitCode : exitCodes.bug;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const hint = isForPeople && error.hint !== undefined ? `\n${error.hint}` : '';
  const text = isForPeople ? `${error.message}${hint}` : `A bug in migrate ${version}, please report it:\n${stack}`;
  const output = outputIn({
    events: inContainer ? 'json' : 'text',
    documents: process.argv.includes('--json') || /^(1|true|yes|on)$/i.test(env['MIGRATE_JSON'] ?? ''),
    quiet: true,
    verbose: false,
    colour: false,
  });
  output.emit({ event: 'message', level: 'error', text, code: isForPeople ? error.code : 'bug' });
  if (isForPeople) output.refuse(error);
  if (inContainer) output.emit(runFinished(emptyRunState(), code, monotonicMs()));
  return code;
}
