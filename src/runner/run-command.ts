import { AppError } from '../contract/app-error.ts';
import { exitCodes, type ExitCode } from '../contract/exit-codes.ts';
import type { RunEvent } from '../contract/run-events.ts';
import type { Adoption } from './adopt-command.ts';
import { formatCheck } from './commands/check.ts';
import { formatCurrent } from './commands/current.ts';
import { formatBlock } from './commands/format-revision.ts';
import { formatStamp } from './commands/stamp/format-stamp.ts';
import { formatHeads } from './commands/heads.ts';
import { formatHistory } from './commands/history.ts';
import { formatPlan } from './commands/plan/format-plan.ts';
import { formatLock } from './commands/lock.ts';
import type { RunContext } from './commands/run-context.ts';
import type { RebaseRevision } from './commands/rebase.ts';
import type { AnswerDocument } from './documents/documents.ts';
import { readSoundRecord } from './commands/sound-record.ts';
import type { AppliedRevision } from './history/record.ts';
import {
  isRun,
  type AutogenerateInvocation,
  type DriftInvocation,
  type DumpInvocation,
  type Invocation,
  type LintInvocation,
  type SquashInvocation,
} from './command-line/invocation.ts';
import * as library from './library.ts';
import { execute } from './library/execute.ts';
import type { MigrateOptions } from './library/options.ts';
import type { Output } from './output.ts';

export interface CommandRun {
  readonly invocation: Invocation;
  readonly options: MigrateOptions;
  readonly output: Output;
  /** In a container even an answer is followed by `run.finished`: the launcher knows then that the log is complete. */
  readonly inContainer: boolean;
  readonly authoring: Authoring;
}

/** What writes revision files or tries them; main loads it only when its command runs. */
export interface Authoring {
  readonly writeRevision: (options: { message: string; format: 'sql' | 'ts' }) => Promise<AnswerDocument<'revision'>>;
  readonly rebaseRevision: RebaseRevision;
  readonly autogenerate: (asked: AutogenerateInvocation, context: RunContext) => Promise<AuthoringAnswer>;
  readonly test: (asked: { since: string | undefined }, context: RunContext) => Promise<AuthoringAnswer>;
  readonly drift: (
    asked: DriftInvocation,
    context: RunContext,
    applied: readonly AppliedRevision[],
  ) => Promise<AuthoringAnswer>;
  readonly dump: (asked: DumpInvocation, context: RunContext) => Promise<AuthoringAnswer>;
  readonly squash: (asked: SquashInvocation) => Promise<AuthoringAnswer>;
  readonly lint: (asked: LintInvocation) => Promise<AuthoringAnswer>;
  readonly adoption: Adoption;
}

export interface AuthoringAnswer extends Answer {
  readonly exitCode: ExitCode;
}

type Answer = Parameters<Output['answer']>[0];

/** Runs one command through the library, says what it answers and answers its exit code. A failure has been told then. */
export async function runCommand(command: CommandRun): Promise<ExitCode> {
  const { invocation, output, inContainer } = command;
  const exitCode: { current: ExitCode } = { current: exitCodes.bug };
  let finished: RunEvent | undefined;
  // The end of the run is told behind the answer, which the library gives only after it.
  const onEvent = (event: RunEvent): void => {
    if (event.event !== 'run.finished') return output.emit(event);
    finished = event;
    exitCode.current = event.exitCode as ExitCode;
  };
  try {
    const answer = await dispatch({ ...command, options: { ...command.options, onEvent } });
    if (answer) output.answer(answer);
  } catch (error) {
    if (!finished) throw error;
    if (!isRun(invocation)) output.refuse(error instanceof AppError ? error : bug(error));
  }
  if (finished && (inContainer || isRun(invocation))) output.emit(finished);
  return exitCode.current;
}

async function dispatch({ invocation, options, inContainer, authoring }: CommandRun): Promise<Answer | undefined> {
  const medium = inContainer ? 'log' : 'file';
  switch (invocation.command) {
    case 'upgrade':
      if (invocation.sql) return script(await library.printSql({ ...options, ...invocation, medium }));
      await library.upgrade({ ...options, ...invocation });
      return undefined;
    case 'downgrade':
      if (invocation.sql)
        return script(await library.printSql({ ...options, ...invocation, allowOutOfOrder: true, medium }));
      await library.downgrade({ ...options, ...invocation });
      return undefined;
    case 'stamp':
      if (invocation.dryRun)
        return textOf(
          (document) => formatStamp(document, 'before'),
          await library.stampPlan({ ...options, ...invocation }),
        );
      await library.stamp({ ...options, ...invocation });
      return undefined;
    case 'plan':
      (await import('./small-parser.ts')).keepParserSmall();
      return textOf(formatPlan, await library.plan({ ...options, ...invocation }));
    case 'check':
      return textOf(formatCheck, await library.check(options));
    case 'current':
      return textOf(formatCurrent, await library.current(options));
    case 'heads':
      return textOf(formatHeads, await library.heads(options));
    case 'history': {
      const { range, detailed, indicateCurrent } = invocation;
      const record = detailed ? 'if-named' : indicateCurrent ? 'required' : 'not-read';
      const document = await library.history({ ...options, range, record });
      return { text: formatHistory(document, invocation), document };
    }
    case 'show':
      return textOf(formatBlock, await library.show({ ...options, ...invocation }));
    case 'lock':
      return textOf(formatLock, await library.lock(options));
    case 'doctor': {
      const document = await library.doctor(options);
      const { formatDoctor } = await import('./command-line/planning-commands.ts');
      return textOf(formatDoctor, document);
    }
    case 'revision':
      return textOf(
        ({ file }) => file,
        await execute(options, {
          run: async ({ output }) => {
            const document = await authoring.writeRevision(invocation);
            output.remark(
              'Write its statements, then run `migrate lock` so that migrations.lock knows the final text.',
            );
            return document;
          },
        }),
      );
    case 'autogenerate':
      return execute(options, { run: (context) => authoring.autogenerate(invocation, context), exitCodeOf });
    case 'test':
      return execute(options, { run: (context) => authoring.test(invocation, context), exitCodeOf });
    case 'drift':
      return execute(options, {
        run: async (context, state) =>
          authoring.drift(invocation, context, (await readSoundRecord(context, state)).applied),
        exitCodeOf,
      });
    case 'dump':
      return execute(options, { run: (context) => authoring.dump(invocation, context), exitCodeOf });
    case 'squash':
      return execute(options, { run: () => authoring.squash(invocation), exitCodeOf });
    case 'lint':
      return execute(options, { run: () => authoring.lint(invocation), exitCodeOf });
    case 'adopt': {
      const { runAdopt } = await import('./adopt-command.ts');
      return runAdopt(invocation, options, authoring.adoption);
    }
    case 'rebase': {
      const { formatRebase, rebase } = await import('./command-line/planning-commands.ts');
      return textOf(
        formatRebase,
        await execute(options, { run: (context) => rebase(context, invocation, authoring.rebaseRevision) }),
      );
    }
  }
}

function exitCodeOf({ exitCode }: AuthoringAnswer): ExitCode {
  return exitCode;
}

function script(document: AnswerDocument<'sql'>): Answer {
  return { text: document.sql, document };
}

function textOf<Document extends object>(format: (document: Document) => string, document: Document): Answer {
  return { text: format(document), document };
}

function bug(cause: unknown): AppError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new AppError({ code: 'bug', exitCode: exitCodes.bug, message, cause });
}
