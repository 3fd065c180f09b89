import type { Finding } from './finding.ts';

/**
 * Leaves out what a heavier finding about the same statement answers already: that a scan or rewrite has no statement_timeout
 * matters only to who has looked at the scan or rewrite and accepted it; and what shall be one statement with the first needs no
 * revision of its own.
 */
export function withoutAnswered(findings: readonly Finding[]): readonly Finding[] {
  const heavy = new Set(
    findings.flatMap(({ severity, locks, statement }) =>
      severity === 'error' && locks.some(({ effect }) => effect !== 'instant') ? [statement] : [],
    ),
  );
  const joined = new Set(
    findings.flatMap(({ rule, statement }) => (rule === 'several-alters-of-one-table' ? [statement] : [])),
  );
  return findings.filter(
    ({ rule, statement }) =>
      (rule !== 'statement-timeout-off' || !heavy.has(statement)) &&
      (rule !== 'work-under-lock' || !joined.has(statement)),
  );
}
