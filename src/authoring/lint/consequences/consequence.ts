import type { ParsedStatement } from '../parse-statements.ts';
import type { LockEffect, LockMode, Work } from '../finding.ts';
import { find, isInUse, type Knowledge, type NamedRelation } from '../knowledge.ts';
import type { RuleName } from '../rules.ts';

/** What one part of a statement does to what is there already. */
export interface Consequence {
  readonly locks: readonly LockEffect[];
  /** Absent: it is worth knowing for the locks only. */
  readonly objection?: Objection;
}

export interface Objection {
  readonly rule: RuleName;
  readonly message: string;
  /** Statements of the safe way, or comments. */
  readonly recipe?: readonly string[] | undefined;
  /** Where in the statement, in bytes of UTF-8. */
  readonly at?: number | undefined;
}

/** What a rule may look at. */
export interface Case {
  readonly statement: ParsedStatement;
  /** As it is before the statement. */
  readonly knowledge: Knowledge;
  readonly versions: VersionRange;
  /** Names that a later statement of the same transaction gives to a view, as `schema.name`: old code finds them again. */
  readonly keptAsViews: ReadonlySet<string>;
}

/** Major versions of PostgreSQL that the revision may meet. */
export interface VersionRange {
  readonly from: number;
  readonly to: number;
}

/** The lock on a relation, unless the revision made it itself and nobody else knows it. */
export function lockOn(relation: NamedRelation, mode: LockMode, effect: Work = 'instant'): readonly LockEffect[] {
  return isInUse(relation) ? [{ relation: relation.key, mode, effect }] : [];
}

/** The same for a relation that is known by its key. */
export function lockOnKey(
  knowledge: Knowledge,
  key: string,
  mode: LockMode,
  effect: Work = 'instant',
): readonly LockEffect[] {
  const dot = key.indexOf('.');
  return lockOn(find(knowledge, key.slice(0, dot), key.slice(dot + 1)), mode, effect);
}

/** A consequence that is objected to only when it hits something that others use. */
export function objecting(locks: readonly LockEffect[], objection: Objection | undefined): Consequence {
  return objection && locks.length > 0 ? { locks, objection } : { locks };
}
