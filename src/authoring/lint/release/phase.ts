import type { Finding } from '../finding.ts';
import type { Knowledge } from '../knowledge.ts';
import { severityOf, type RuleName } from '../rules.ts';

/** What a revision says of itself: `expand` adds what new code needs, `contract` takes away what only old code used. */
export interface Phase {
  readonly phase: 'expand' | 'contract';
  readonly isMarked: boolean;
  /** The name without id and phase, which the revisions of one change share: `revision --autogenerate` names them so. */
  readonly stem: string;
}

/** By its line `-- migrate:phase expand`, or by the end of its name; `undefined` when it says nothing. */
export function phaseOf(revision: string, text: string): Phase | undefined {
  const [, marked] = /^--[ \t]*migrate:phase[ \t]+(expand|contract)[ \t]*$/m.exec(text) ?? [];
  const [, stem = '', named] = /^\d*_?(.*?)(?:_(expand|contract))?$/.exec(revision) ?? [];
  const phase = marked ?? named;
  return phase === 'expand' || phase === 'contract' ? { phase, isMarked: marked !== undefined, stem } : undefined;
}

/** Findings by which a statement breaks code that runs meanwhile. */
const breaking: ReadonlySet<RuleName> = new Set([
  'drop-column',
  'drop-table',
  'drop-view',
  'drop-code',
  'drop-default',
  'rename-column',
  'rename-table',
  'rename-schema',
  'rename-code',
  'change-column-type',
  'revoke',
]);

export interface PhasedRevision {
  readonly revision: string;
  readonly text: string;
  readonly findings: readonly Finding[];
  /** What its statements lock or make, as `schema.table`. */
  readonly tables: readonly string[];
}

/**
 * Objects to a revision that contracts in the release in which its other half expands: of the same stem, or, when both are
 * marked, of the same table. A contract that breaks nothing of what was there before is left alone. Notes what expands.
 */
export function judgePhase(
  { release }: Knowledge,
  { revision, text, findings, tables }: PhasedRevision,
): readonly Finding[] {
  const own = phaseOf(revision, text);
  if (own?.phase === 'expand') release.expands.push({ revision, stem: own.stem, tables });
  if (own?.phase !== 'contract') return [];
  const expand = release.expands.find(
    (other) => other.stem === own.stem || (own.isMarked && other.tables.some((table) => tables.includes(table))),
  );
  const broken = findings.find(({ rule }) => breaking.has(rule));
  if (!expand || !broken || findings.some(({ rule }) => rule === 'contract-with-expand')) return [];
  return [
    {
      ...broken,
      rule: 'contract-with-expand',
      severity: severityOf('contract-with-expand'),
      message: `this revision contracts, and ${expand.revision}, which expands, is part of the same release: code that runs until the new one is there still uses what goes here`,
      recipe: `-- leave it out of this release: \`migrate upgrade ${expand.revision.split('_')[0] ?? ''}\` stops before it; apply it with the next one`,
    },
  ];
}
