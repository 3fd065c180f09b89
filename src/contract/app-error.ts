import type { ExitCode } from './exit-codes.ts';

/** The fields of an {@link AppError}. */
export interface AppErrorFields {
  /** Stable, machine-readable name of the problem, e.g. `unknown-revision`. */
  readonly code: string;
  readonly exitCode: ExitCode;
  /** One sentence: what happened to what. */
  readonly message: string;
  /** One imperative sentence with the exact command or variable that leads out. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A failure that a person can act on. Anything else that is thrown is a bug (exit 1). */
export class AppError extends Error {
  /** Under which the library exports the class. */
  override readonly name: string = 'MigrateError';
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor({ code, exitCode, message, hint, cause }: AppErrorFields) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
