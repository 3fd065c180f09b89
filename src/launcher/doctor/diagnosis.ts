import type { ExitCode } from '../../contract/exit-codes.ts';

/** Something that a launch would meet. */
export interface Finding {
  /** A problem refuses the launch; a warning lets it go ahead. */
  readonly level: 'problem' | 'warning';
  readonly text: string;
  readonly nextStep: string | undefined;
  /** What a launch would end with; of problems only. */
  readonly exitCode: ExitCode | undefined;
}

/** A value that a launch would use, and where it came from. */
export interface DiagnosedValue {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

/** What `doctor` found; nothing was started. */
export interface Diagnosis {
  readonly environment: string;
  readonly values: readonly DiagnosedValue[];
  readonly findings: readonly Finding[];
  /** Rights that only a launch can try. */
  readonly notTried: readonly string[];
}

/** What a launch would end with before it starts anything: the first problem's code, or 0. */
export function exitCodeOf({ findings }: Diagnosis): ExitCode {
  return findings.find(({ level }) => level === 'problem')?.exitCode ?? 0;
}
