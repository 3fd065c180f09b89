import type { Finding } from './finding.ts';

/**
 * Leaves out what a heavier finding about the same statement answers already: that a scan or rewrite has no statement_timeout
 * matters only to who has looked at the scan or rewrite and accepted it.
 */
export function withoutAnswered(findings: readonly Finding[]): readonly Finding[] {
  const heavy = new Set(
    findings.flatMap(({ severity, locks, statement }) =>
      severity === 'error' && locks.some(({ effect }) => effect !== 'instant') ? [statement] : [],
    ),
  );
  return findings.filter(({ rule, statement }) => rule !== 'statement-timeout-off' || !heavy.has(statement));
}
