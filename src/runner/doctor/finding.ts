import { AppError } from '../../contract/app-error.ts';
import { exitCodes, type ExitCode } from '../../contract/exit-codes.ts';

/** What one check of `migrate doctor` found. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  /** What was looked at, in a word or two. */
  readonly what: string;
  readonly message: string;
  /** What to do about it. */
  readonly next?: string | undefined;
  /** Of a problem: how a command that meets it would end. */
  readonly exitCode?: ExitCode;
}

export function ok(what: string, message: string): Finding {
  return { level: 'ok', what, message };
}

export function warning(what: string, message: string, next?: string): Finding {
  return { level: 'warning', what, message, next };
}

export function problem(
  what: string,
  { message, hint: next, exitCode }: Pick<AppError, 'message' | 'hint' | 'exitCode'>,
): Finding {
  return { level: 'problem', what, message, next, exitCode };
}

/** The finding of a check that throws when it finds something; `ok` when it does not. @throws what is no AppError. */
export function findingOf(what: string, check: () => void, otherwise: string): Finding {
  try {
    check();
    return ok(what, otherwise);
  } catch (error) {
    if (error instanceof AppError) return problem(what, error);
    throw error;
  }
}

/** 0 without a problem, else the highest code: of the problem that would last stop a run. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  return findings.reduce<ExitCode>(
    (worst, { exitCode = exitCodes.done }) => (exitCode > worst ? exitCode : worst),
    exitCodes.done,
  );
}

/** `problem  record: …`, and below it what to do. */
export function formatFinding({ level, what, message, next }: Omit<Finding, 'exitCode'>): string {
  const line = `${level.padEnd('problem'.length)}  ${what}: ${message}`;
  return next === undefined ? line : `${line}\n${' '.repeat('problem'.length + 2)}${next}`;
}
