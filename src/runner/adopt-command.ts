import type { ExitCode } from '../contract/exit-codes.ts';
import { adopt } from './commands/adopt/adopt.ts';
import { formatAdoption } from './commands/adopt/adopt-answer.ts';
import { detect, formatDetection } from './commands/adopt/adopt-detect.ts';
import type { Prove } from './commands/adopt/adopt-proof.ts';
import { releaseAlembic } from './commands/adopt/adopt-record.ts';
import type { RunContext } from './commands/run-context.ts';
import type { RunState } from './commands/run/run-state.ts';
import type { AnswerDocument } from './documents/documents.ts';
import type { AdoptInvocation } from './command-line/invocation.ts';
import { execute } from './library/execute.ts';
import type { MigrateOptions } from './library/options.ts';

/** What of a takeover needs a scratch server or writes files; see src/authoring/adopt. */
export interface Adoption {
  readonly prove: Prove;
  readonly importMigrations: (asked: AdoptInvocation) => Promise<WrittenAnswer>;
  readonly writeCatalog: () => Promise<WrittenAnswer>;
}

interface Answer {
  readonly text: string;
  readonly document: object;
}

interface WrittenAnswer extends Answer {
  readonly exitCode: ExitCode;
}

/** Runs one form of `migrate adopt`; what it changes is told by events, and the rest is its answer. */
export async function runAdopt(
  asked: AdoptInvocation,
  options: MigrateOptions,
  adoption: Adoption,
): Promise<Answer | undefined> {
  const exitCodeOf = ({ exitCode }: WrittenAnswer): ExitCode => exitCode;
  switch (asked.action) {
    case 'detect': {
      const document = await execute(options, { run: detect });
      return { text: formatDetection(document), document };
    }
    case 'write-catalog':
      return execute(options, { run: adoption.writeCatalog, exitCodeOf });
    case 'import':
      return execute(options, { run: () => adoption.importMigrations(asked), exitCodeOf });
    case 'release':
      await execute(options, { run: (context) => releaseAlembic(context, asked) });
      return undefined;
    case 'record': {
      const run = (context: RunContext, state: RunState): Promise<AnswerDocument<'adopt'>> =>
        adopt(context, state, { asked, prove: adoption.prove });
      const document = await execute(options, { run });
      return asked.dryRun ? { text: formatAdoption(document, 'before'), document } : undefined;
    }
  }
}
