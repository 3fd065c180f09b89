import { AppError } from '../../../contract/app-error.ts';
import type { ExitCode } from '../../../contract/exit-codes.ts';
import type { RunEventBody } from '../../../contract/run-events.ts';

type FailureEvent = Extract<RunEventBody, { readonly event: 'revision.failed' }>;

/** A revision that failed: everything that a person needs to mend it, as fields. */
export interface RevisionFailure extends Omit<FailureEvent, 'event'> {
  readonly exitCode: ExitCode;
  readonly state: string;
  readonly cause?: unknown;
}

/** The failure of one revision; the run stops there and earlier revisions stay applied. */
export class RevisionError extends AppError {
  override readonly name = 'RevisionError';
  readonly failure: RevisionFailure;

  constructor(failure: RevisionFailure) {
    const place = failure.line === undefined ? failure.file : `${failure.file}:${failure.line}:${failure.column ?? 1}`;
    super({
      code: 'revision-failed',
      exitCode: failure.exitCode,
      message: `${place}: ${failure.message}${failure.sqlState === undefined ? '' : ` (SQLSTATE ${failure.sqlState})`}. ${failure.state}`,
      hint: failure.hint,
      cause: failure.cause,
    });
    this.failure = failure;
  }
}
