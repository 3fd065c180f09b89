import { randomUUID } from 'node:crypto';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes, type ExitCode } from '../../contract/exit-codes.ts';
import type { RunEvent, RunEventBody } from '../../contract/run-events.ts';
import { version } from '../../contract/version.ts';
import { monotonicMs } from '../../contract/monotonic.ts';
import type { RunContext } from '../commands/run-context.ts';
import { emptyRunState, runFinished, type RunState } from '../commands/run/run-state.ts';
import { BackfillPaused } from '../database/backfill/backfill-paused.ts';
import { RevisionError } from '../database/run/revision-error.ts';
import { readDatabaseOption } from './database-option.ts';
import { fileFailure } from './file-failure.ts';
import { interruptedBy } from './interruption.ts';
import type { MigrateOptions } from './options.ts';
import { startRun, type Run } from './run.ts';
import { settingsOf } from './settings-of.ts';

/** A command's work, and the exit code that its answer stands for; without one it is 0. */
export interface Work<Result> {
  readonly run: (context: RunContext, state: RunState) => Promise<Result>;
  readonly exitCodeOf?: (result: Result) => ExitCode;
}

/**
 * Runs a command with the library's options: its events go to `onEvent` and to who reads them, a failure is told before it is
 * thrown, and `run.finished` is last in any case.
 */
export function execute<Result>(options: MigrateOptions, { run, exitCodeOf }: Work<Result>): Run<Result> {
  return startRun(async (tell) => {
    const start = monotonicMs();
    const state = emptyRunState();
    const runId = options.runId ?? randomUUID();
    const listener = guardListener(options.onEvent);
    const emit = (body: RunEventBody): void => {
      const event = { time: new Date().toISOString(), runId, ...body };
      listener.tell(event);
      tell(event);
    };
    const finish = (exitCode: ExitCode): void => emit(runFinished(state, exitCode, monotonicMs() - start));
    const { signal, release } = interruptedBy(options.signal);
    try {
      signal.throwIfAborted();
      const result = await run(contextOf(options, { emit, signal, runId }), state);
      finish(exitCodeOf?.(result) ?? exitCodes.done);
      listener.rethrow();
      return result;
    } catch (thrown) {
      if (listener.threw(thrown)) throw thrown;
      const error = fileFailure(thrown) ?? thrown;
      emit(failureEvent(error));
      finish(error instanceof AppError ? error.exitCode : exitCodes.bug);
      throw error;
    } finally {
      release();
    }
  });
}

interface Surroundings {
  readonly emit: (event: RunEventBody) => void;
  readonly signal: AbortSignal;
  readonly runId: string;
}

function contextOf(options: MigrateOptions, { emit, signal, runId }: Surroundings): RunContext {
  const settings = settingsOf(options);
  const { env } = options;
  const database = typeof options.database === 'string' ? { connectionString: options.database } : options.database;
  return {
    settings,
    connection: () => readDatabaseOption({ database, settings, environment: env }),
    environment: env ?? {},
    output: { emit, remark: (text) => emit({ event: 'message', level: 'info', text }) },
    clock: {
      now: monotonicMs,
      date: () => new Date(),
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    },
    signal,
    identity: { runId, toolVersion: version },
    scriptGuard: options.scriptGuard,
  };
}

/** How a failure is told. What is no AppError is a bug of ours, and its stack is what we need. */
function failureEvent(error: unknown): RunEventBody {
  if (error instanceof RevisionError) {
    const { exitCode: _exitCode, cause: _cause, ...fields } = error.failure;
    return { event: 'revision.failed', ...fields };
  }
  if (error instanceof AppError) {
    const hint = error.hint === undefined ? '' : `\n${error.hint}`;
    // It ended otherwise than it was asked for, but as it was told to.
    const level = error instanceof BackfillPaused ? 'warning' : 'error';
    return { event: 'message', level, text: `${error.message}${hint}`, code: error.code };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    event: 'message',
    level: 'error',
    text: `A bug in migrate ${version}, please report it:\n${stack}`,
    code: 'bug',
  };
}

interface GuardedListener {
  readonly tell: (event: RunEvent) => void;
  readonly rethrow: () => void;
  readonly threw: (error: unknown) => boolean;
}

/** A listener that throws must not stop a revision half-way; its error is kept until the run has ended. */
function guardListener(onEvent: MigrateOptions['onEvent']): GuardedListener {
  const errors: unknown[] = [];
  return {
    tell: (event) => {
      try {
        onEvent?.(event);
      } catch (error) {
        errors.push(error);
      }
    },
    rethrow: () => {
      if (errors.length > 0) throw errors[0];
    },
    threw: (error) => errors.length > 0 && errors[0] === error,
  };
}
