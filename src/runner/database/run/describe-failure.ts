import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { Blocker } from '../../../contract/run-events.ts';
import { excerptAt, offsetOfServerPosition, positionAt } from '../../files/source-position.ts';
import { isConnectionLoss, isServerError, type ServerError } from '../connection/database-error.ts';
import { blockersText } from './lock-retry.ts';
import { RevisionError } from './revision-error.ts';
import { LockLost, TransactionBroken } from './revision-transaction.ts';
import type { RunnableRevision } from './runnable-revision.ts';
import { JournalMismatch } from './journalled-run.ts';
import { causeOfFailure, StatementFailure } from './statement-failure.ts';
import type { SettledOutcome } from './settle-commit.ts';
import { stateOfWholeRun, type WholeRun } from './whole-run.ts';

/** What was found out after the failure. */
export interface KnownAfterwards {
  readonly settled?: SettledOutcome | undefined;
  readonly blockers?: readonly Blocker[];
  /** Set when the run is one transaction: the failure is that of all its revisions. */
  readonly wholeRun?: WholeRun;
}

/** Makes one error for people of whatever a revision's run threw. */
export function describeFailure(
  error: unknown,
  revision: RunnableRevision,
  known: KnownAfterwards = {},
): RevisionError {
  const cause = error instanceof StatementFailure ? error.cause : error;
  const server = isServerError(cause) ? cause : undefined;
  return new RevisionError({
    revision: revision.id,
    name: revision.name,
    file: revision.file,
    exitCode: revision.transactional || error instanceof LockLost ? exitCodes.revisionFailed : exitCodes.stoppedHalfway,
    message: sentence(cause),
    state: stateAfter(error, cause, revision, known),
    ...placeOf(error, server, revision),
    ...(server ? { sqlState: server.code } : {}),
    ...detailOf(server, known.blockers ?? []),
    ...hintFor(error, server, { revision, known }),
    cause,
  });
}

/** Where in the file: the server's position when it gave one, else the failing statement. */
function placeOf(error: unknown, server: ServerError | undefined, { text, work }: RunnableRevision): Place {
  if (!(error instanceof StatementFailure)) return {};
  if (error.place) return error.place;
  if (work.kind !== 'sql') return {};
  const within = server?.position === undefined ? 0 : offsetOfServerPosition(error.sent, Number(server.position));
  const position = positionAt(text, work.section.offset + error.offset + within);
  return { ...position, excerpt: excerptAt(text, position) };
}

interface Place {
  readonly line?: number;
  readonly column?: number;
  readonly excerpt?: string;
}

function detailOf(server: ServerError | undefined, blockers: readonly Blocker[]): { readonly detail?: string } {
  const blocked = server?.code === '55P03' && blockers.length > 0 ? `blocked by ${blockersText(blockers)}` : undefined;
  const detail = [server?.detail, server?.where, blocked].filter(Boolean).join('\n');
  return detail === '' ? {} : { detail };
}

function sentence(cause: unknown): string {
  if (cause instanceof Error)
    return isConnectionLoss(cause) ? `the connection was lost (${cause.message})` : cause.message;
  return String(cause);
}

/** What is true of the database now. */
function stateAfter(
  error: unknown,
  cause: unknown,
  { transactional, name }: RunnableRevision,
  { settled, wholeRun }: KnownAfterwards,
): string {
  if (wholeRun) {
    const effectsStay = error instanceof TransactionBroken && error.effectsStay;
    return stateOfWholeRun(wholeRun, { effectsStay, settled });
  }
  if (error instanceof LockLost) return `Revision ${name} is applied and recorded; the run stopped after it.`;
  if (error instanceof TransactionBroken && error.effectsStay)
    return `What ran before that is in the database, but revision ${name} is not recorded.`;
  if (error instanceof JournalMismatch) return 'Nothing was run.';
  if (!transactional && error instanceof StatementFailure)
    return `It stopped at statement ${error.statement} of ${error.statements}; the ones before stay, and the journal knows it.${leftText(error)}`;
  if (!transactional && settled !== 'unknown') return 'What ran before that stays, and the journal knows it.';
  if (settled === 'rolled-back') return 'It was rolled back: the record was read over a new connection to be sure.';
  if (isConnectionLoss(cause)) return `Whether revision ${name} is applied, \`migrate current\` will say.`;
  return 'It was rolled back.';
}

function leftText({ left }: StatementFailure): string {
  if (left.length === 0) return '';
  return ` It left ${left.length === 1 ? 'the INVALID index' : 'the INVALID indexes'} ${left.join(', ')}; a rerun drops ${left.length === 1 ? 'it' : 'them'} and builds anew.`;
}

interface Failed {
  readonly revision: RunnableRevision;
  readonly known: KnownAfterwards;
}

function hintFor(error: unknown, server: ServerError | undefined, failed: Failed): { readonly hint?: string } {
  const hint = nextStep(error, server, failed);
  return hint === undefined ? {} : { hint };
}

function nextStep(
  error: unknown,
  server: ServerError | undefined,
  { revision: { transactional, name }, known }: Failed,
): string | undefined {
  if (error instanceof JournalMismatch)
    return 'Restore the statements that already ran, then run this again: it goes on where it stopped.';
  if (error instanceof TransactionBroken && error.effectsStay)
    return `Take the COMMIT or ROLLBACK out of the revision, look at what it left behind, then \`migrate stamp ${name} --reason …\` if it is whole.`;
  const cause = causeOfFailure(error);
  if (cause instanceof AppError && cause.hint !== undefined) return cause.hint;
  // The server's own hint says the same, but not how to do it here.
  if (server?.code === '55P04')
    return `A new enum value can be used only when the ALTER TYPE that adds it has committed: ${
      known.wholeRun
        ? 'run this without --atomic, with that ALTER TYPE in an earlier revision of its own.'
        : 'put that into an earlier revision of its own.'
    }`;
  if (server?.hint !== undefined) return server.hint;
  if (isConnectionLoss(error instanceof StatementFailure ? error.cause : error))
    return 'Run this again when the database answers.';
  if (error instanceof LockLost)
    return 'Take what gave the lock away out of the revision, then run this again for the rest.';
  switch (server?.code ?? '') {
    case '55P03':
      return 'Another session holds a lock on the table: run this again when it has ended, or give more time with --lock-timeout 30s.';
    case '40P01':
    case '40001':
      return 'Another session used the same rows or tables at the same moment: run this again, in a quieter one if it recurs.';
    case '25006':
      return 'Unless the revision itself says READ ONLY, this server has become a standby (a failover): run this again, it connects to the new writer.';
    case '25001':
      return 'This statement cannot run in a transaction: write `-- migrate:up transaction:false` and keep it alone in its revision.';
    case '42501':
      return 'Grant the right to the role of this login, or run the migration as the owner of the object.';
    case '57014':
      return 'The statement was cancelled: by statement_timeout (--statement-timeout) or by a person.';
    case '42710': {
      const [, type] = /^type "(.+)" already exists$/.exec(server?.message ?? '') ?? [];
      if (transactional && type !== undefined)
        return `An earlier downgrade may have forgotten the type (Alembic's do): when no column uses it, \`DROP TYPE ${type};\`, then run this again.`;
      break;
    }
    default:
      break;
  }
  return transactional
    ? 'Mend the revision, run `migrate lock`, then run this again.'
    : 'Mend the cause and run this again: it goes on at the statement that failed.';
}
