import { tableLabel, type ForeignTable } from '../../adoption/foreign-tool.ts';
import type { AnswerDocument } from '../../documents/documents.ts';
import type { AppliedRevision } from '../../history/record.ts';
import type { AdoptionProof } from './adopt-proof.ts';
import type { Keeping } from './keep-alembic.ts';
import { stampDocument, type StampChanges } from '../stamp/stamp-changes.ts';

/** What a takeover does, decided and proved. */
export interface Adoption {
  readonly found: ForeignTable;
  /** What the tool says is newest; `undefined`: nothing is applied. */
  readonly at: string | undefined;
  readonly keeping: Keeping | undefined;
  /** The record as it was. */
  readonly applied: readonly AppliedRevision[];
  /** Whether the record knew it all before. */
  readonly isTaken: boolean;
  readonly changes: StampChanges;
  readonly proof: AdoptionProof;
}

export function adoptionDocument({ found, at, changes, proof, keeping, isTaken }: Adoption): AnswerDocument<'adopt'> {
  const { from, to, recorded, removed, warnings } = stampDocument(changes);
  return {
    tool: found.tool.name,
    table: tableLabel(found),
    at: at ?? null,
    alreadyAdopted: isTaken,
    from,
    to,
    recorded,
    removed,
    proof: proof.kind,
    provedOn: 'provedOn' in proof ? proof.provedOn : null,
    differences: 'differences' in proof ? [...proof.differences] : [],
    keepsAlembic: keeping !== undefined,
    warnings,
  };
}

/** Every change as a line, before or after it is made. */
export function formatAdoption(document: AnswerDocument<'adopt'>, when: 'before' | 'after'): string {
  const { table, alreadyAdopted, to, recorded, removed, warnings, keepsAlembic } = document;
  const place = to ?? 'base';
  if (alreadyAdopted) {
    const kept = keepsAlembic ? ` ${table} is kept in step.` : '';
    return `Nothing to do: the record is at ${place} and knows all that ${table} says.${kept}`;
  }
  const counts = `${recorded.length} recorded, ${removed.length} removed`;
  return [
    when === 'after'
      ? `Adopted: the record is at ${place} (${counts}); nothing was run.`
      : `Dry run: the record would be at ${place} (${counts}); nothing was changed.`,
    ...recorded.map((name) => `  + ${name}: recorded as applied`),
    ...removed.map((name) => `  - ${name}: no longer recorded as applied`),
    ...proofLines(document),
    ...(keepsAlembic ? [`  ${table} is kept in step from now on, by every run.`] : []),
    ...warnings.map((warning) => `  ! ${warning}`),
  ].join('\n');
}

function proofLines({ proof, provedOn, differences }: AnswerDocument<'adopt'>): readonly string[] {
  switch (proof) {
    case 'matches':
      return [`  The schema is the one that these revisions build (${provedOn ?? ''}).`];
    case 'differs':
      return [
        `  ! The schema is another than these revisions build (${provedOn ?? ''}); accepted:`,
        ...differences.map((line) => `      ${line}`),
      ];
    case 'skipped':
      return ['  ! Whether the schema is the one that these revisions build was not looked at (--no-proof).'];
    case 'not-needed':
      return [];
  }
}
