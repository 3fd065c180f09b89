import { exitCodes, type ExitCode } from '../contract/exit-codes.ts';
import { AppError } from '../contract/app-error.ts';
import { RevisionError } from './database/revision-error.ts';
import { check } from './commands/check.ts';
import { current } from './commands/current.ts';
import { doctor } from './commands/doctor.ts';
import { downgrade } from './commands/downgrade.ts';
import { heads } from './commands/heads.ts';
import { history } from './commands/history.ts';
import { lock } from './commands/lock.ts';
import { printSql } from './commands/print-sql.ts';
import { rebase, type RebaseRevision } from './commands/rebase.ts';
import type { RunContext } from './commands/run-context.ts';
import { emptyRunState, runFinished, type RunState } from './commands/run-state.ts';
import { show } from './commands/show.ts';
import { stamp } from './commands/stamp.ts';
import { upgrade } from './commands/upgrade.ts';
import { isRun, type Invocation } from './invocation.ts';

export interface CommandRun {
  readonly invocation: Invocation;
  readonly context: RunContext;
  /** In a container even an answer is followed by `run.finished`: the launcher knows then that the log is complete. */
  readonly inContainer: boolean;
  readonly authoring: Authoring;
}

/** What changes revision files; main loads it only when its command runs. */
export interface Authoring {
  readonly writeRevision: (options: { message: string; format: 'sql' | 'ts' }) => Promise<void>;
  readonly rebaseRevision: RebaseRevision;
}

/** Runs one command and answers its exit code; failures that people can act on are reported here, a bug is thrown. */
export async function runCommand({ invocation, context, inContainer, authoring }: CommandRun): Promise<ExitCode> {
  const { output, clock } = context;
  const state = emptyRunState();
  const start = clock.now();
  const finish = (exitCode: ExitCode): ExitCode => {
    if (inContainer || isRun(invocation)) output.emit(runFinished(state, exitCode, clock.now() - start));
    return exitCode;
  };
  try {
    return finish(await dispatch(invocation, { context, state, inContainer, authoring }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    reportFailure(error, context);
    return finish(error.exitCode);
  }
}

interface Dispatch extends Omit<CommandRun, 'invocation'> {
  readonly state: RunState;
}

async function dispatch(
  invocation: Invocation,
  { context, state, inContainer, authoring }: Dispatch,
): Promise<ExitCode> {
  const medium = inContainer ? 'log' : 'file';
  switch (invocation.command) {
    case 'upgrade':
      if (invocation.sql) await printSql(context, state, { ...invocation, medium });
      else await upgrade(context, state, invocation);
      return exitCodes.done;
    case 'downgrade':
      if (invocation.sql) await printSql(context, state, { ...invocation, allowOutOfOrder: true, medium });
      else await downgrade(context, state, invocation);
      return exitCodes.done;
    case 'check':
      return check(context, state);
    case 'current':
      await current(context, state);
      return exitCodes.done;
    case 'heads':
      await heads(context);
      return exitCodes.done;
    case 'history':
      await history(context, state, invocation);
      return exitCodes.done;
    case 'show':
      await show(context, state, invocation);
      return exitCodes.done;
    case 'stamp':
      await stamp(context, state, invocation);
      return exitCodes.done;
    case 'lock':
      await lock(context);
      return exitCodes.done;
    case 'revision':
      await authoring.writeRevision(invocation);
      return exitCodes.done;
    case 'rebase':
      await rebase(context, invocation, authoring.rebaseRevision);
      return exitCodes.done;
    case 'doctor':
      return doctor(context, state);
  }
}

function reportFailure(error: AppError, { output }: RunContext): void {
  if (error instanceof RevisionError) {
    const { exitCode: _exitCode, cause: _cause, ...fields } = error.failure;
    output.emit({ event: 'revision.failed', ...fields });
    return;
  }
  const hint = error.hint === undefined ? '' : `\n${error.hint}`;
  output.emit({ event: 'message', level: 'error', text: `${error.message}${hint}` });
}
