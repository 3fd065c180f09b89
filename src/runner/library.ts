/**
 * The package's entry, `import { upgrade } from 'wumbo-migrations'`: what `migrate` does, as functions. docs/library.md tells how
 * to use it. Nothing here touches the process: no exit, no signal handler, no console, no environment but the one that is given.
 */
import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { check as checkCommand } from './commands/check.ts';
import { current as currentCommand } from './commands/current.ts';
import type { DoctorAnswer } from './commands/doctor.ts';
import { heads as headsCommand } from './commands/heads.ts';
import { history as historyCommand } from './commands/history.ts';
import { lock as lockCommand } from './commands/lock.ts';
import type { RunContext } from './commands/run-context.ts';
import type { RunState } from './commands/run/run-state.ts';
import { show as showCommand } from './commands/show.ts';
import type { AnswerDocument, PendingRevision, RevisionDocument } from './documents/documents.ts';
import { execute } from './library/execute.ts';
import type { MigrateOptions } from './library/options.ts';
import type { Run } from './library/run.ts';

export type { AppErrorFields } from '../contract/app-error.ts';
export type { ExitCode } from '../contract/exit-codes.ts';
export type { Blocker, RunEvent, RunEventName } from '../contract/run-events.ts';
export type { RevisionFailure } from './database/run/revision-error.ts';
export type { ScriptGuard, ScriptWatch } from './database/script/script-guard.ts';
export type { AnswerDocument, PendingRevision, RevisionDocument } from './documents/documents.ts';
export type {
  Batch,
  BatchKey,
  BatchOptions,
  BatchResult,
  RevisionClient,
  RevisionContext,
  RevisionModule,
  Row,
  SqlFragment,
  SqlTag,
} from './files/revision-module.ts';
export type { DatabaseConfig, MigrateOptions } from './library/options.ts';
export type { Run } from './library/run.ts';

/** Every failure that a person can act on, with `code`, `exitCode` and `hint`; anything else that is thrown is a bug. */
export { AppError as MigrateError } from '../contract/app-error.ts';
/** A revision failed: where, why and what holds now are in its `failure`. */
export { RevisionError } from './database/run/revision-error.ts';

/** What a run that changes the database did. Names of revisions, in order. */
export interface RunResult {
  readonly applied: readonly string[];
  readonly reverted: readonly string[];
  readonly pending: readonly string[];
  /** The newest applied revision; null at base. */
  readonly current: string | null;
}

export interface TargetOptions extends MigrateOptions {
  /** `head`, `base`, an id or the beginning of one, a part of a name, `+N`, `-N`, `<rev>+N`, `<rev>-N`. */
  readonly target: string;
}

export interface UpgradeOptions extends Partial<TargetOptions> {
  /** Also apply a pending revision that sorts before an applied one; recorded. Default false. */
  readonly allowOutOfOrder?: boolean | undefined;
}

export interface StampOptions extends TargetOptions {
  /** Why; kept in the event log. */
  readonly reason: string;
}

export interface HistoryOptions extends MigrateOptions {
  /** `<from>:<to>`, `<from>:` or `:<to>`; default all. */
  readonly range?: string | undefined;
  /** Whether to ask the database what is applied; default `if-named`. A range that counts from the current revision asks in any case. */
  readonly record?: 'not-read' | 'if-named' | 'required' | undefined;
}

export interface SqlOptions extends UpgradeOptions {
  readonly command: 'upgrade' | 'downgrade';
  /** Where the script goes: a log turns control characters of its own lines into escapes. Default `file`. */
  readonly medium?: 'file' | 'log' | undefined;
}

/** Applies the pending revisions up to and including the target, by default all. */
export function upgrade({ target = 'head', allowOutOfOrder = false, ...options }: UpgradeOptions = {}): Run<RunResult> {
  return execute(options, {
    run: async (context, state) => {
      const commands = await import('./command-line/planning-commands.ts');
      await commands.upgrade(context, state, { target, allowOutOfOrder });
      return resultOf(state);
    },
  });
}

/** Reverts revisions down to the target, which stays applied. */
export function downgrade({ target, ...options }: TargetOptions): Run<RunResult> {
  return execute(options, {
    run: async (context, state) => {
      const commands = await import('./command-line/planning-commands.ts');
      await commands.downgrade(context, state, { target });
      return resultOf(state);
    },
  });
}

/** Makes the record say that the target is current, without running anything. */
export function stamp({ target, reason, ...options }: StampOptions): Run<RunResult> {
  return execute(options, {
    run: async (context, state) => {
      if (reason.trim() === '') throw badUsage('A stamp needs a reason.', 'Say why in the option `reason`.');
      const commands = await import('./command-line/planning-commands.ts');
      await commands.stamp(context, state, { target, reason });
      return resultOf(state);
    },
  });
}

/** What {@link stamp} would change in the record. Reads only, as all functions below do. */
export function stampPlan({ target, ...options }: TargetOptions): Run<AnswerDocument<'stamp'>> {
  return execute(options, {
    run: async (context, state) => {
      const commands = await import('./command-line/planning-commands.ts');
      return commands.readStampPlan(context, state, { target });
    },
  });
}

/** Says whether revisions are pending, and which. */
export function check(options: MigrateOptions = {}): Run<AnswerDocument<'check'>> {
  const exitCodeOf = ({ upToDate }: AnswerDocument<'check'>): 0 | 3 => (upToDate ? exitCodes.done : exitCodes.pending);
  return execute(options, { run: checkCommand, exitCodeOf });
}

/** The revisions that {@link upgrade} with the same options would apply, in order; their files are read and parsed. */
export function pending({ target = 'head', allowOutOfOrder = false, ...options }: UpgradeOptions = {}): Run<
  readonly PendingRevision[]
> {
  return execute(options, {
    run: async (context, state) => {
      const commands = await import('./command-line/planning-commands.ts');
      return commands.listPending(context, state, { target, allowOutOfOrder });
    },
  });
}

/** What {@link upgrade} with the same options would do to this database as it is now, and the hash that holds it to that. */
export function plan({ target = 'head', allowOutOfOrder = false, ...options }: UpgradeOptions = {}): Run<
  AnswerDocument<'upgradePlan'>
> {
  return execute(options, {
    run: async (context, state) => {
      const [commands, { judgePlan: judge }] = await Promise.all([
        import('./command-line/planning-commands.ts'),
        import('./load-judge.ts'),
      ]);
      return commands.plan(context, state, { target, allowOutOfOrder, judge });
    },
  });
}

/** The newest applied revision. */
export function current(options: MigrateOptions = {}): Run<AnswerDocument<'current'>> {
  return execute(options, { run: currentCommand });
}

/** The newest revision of the files. Needs no database. */
export function heads(options: MigrateOptions = {}): Run<AnswerDocument<'heads'>> {
  return execute(options, { run: headsCommand });
}

/** The revisions, newest first. */
export function history({ range, record = 'if-named', ...options }: HistoryOptions = {}): Run<
  AnswerDocument<'history'>
> {
  return execute(options, { run: (context, state) => historyCommand(context, state, { range, record }) });
}

/** All that is known of one revision. */
export function show({ target, ...options }: TargetOptions): Run<RevisionDocument> {
  return execute(options, { run: (context, state) => showCommand(context, state, { target }) });
}

/** What an upgrade or downgrade would run, as a script for psql. Without a database the target is a range, `base:head`. */
export function printSql({
  command,
  target = 'head',
  allowOutOfOrder = false,
  medium = 'file',
  ...options
}: SqlOptions): Run<AnswerDocument<'sql'>> {
  return execute(options, {
    run: async (context, state) => {
      const commands = await import('./command-line/planning-commands.ts');
      return commands.printSql(context, state, { command, target, allowOutOfOrder, medium });
    },
  });
}

/** Looks for everything that would stop an upgrade. What it finds is its answer: it does not fail for it. */
export function doctor(options: MigrateOptions = {}): Run<AnswerDocument<'doctor'>> {
  return execute<DoctorAnswer>(options, { run: diagnose, exitCodeOf: ({ exitCode }) => exitCode });
}

/** Rewrites `migrations.lock` from the files. Needs no database. */
export function lock(options: MigrateOptions = {}): Run<AnswerDocument<'lock'>> {
  return execute(options, { run: lockCommand });
}

async function diagnose(context: RunContext, state: RunState): Promise<DoctorAnswer> {
  const commands = await import('./command-line/planning-commands.ts');
  return commands.doctor(context, state);
}

function resultOf({ applied, reverted, pending, current }: RunState): RunResult {
  return { applied: [...applied], reverted: [...reverted], pending: [...pending], current };
}

function badUsage(message: string, hint: string): AppError {
  return new AppError({ code: 'bad-usage', exitCode: exitCodes.usage, message, hint });
}
