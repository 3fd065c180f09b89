import type { RunnableRevision } from '../database/run/runnable-revision.ts';
import type { Session } from '../database/connection/session.ts';

/** What is done to a relation under a lock, least first. */
export type Work = 'instant' | 'scan' | 'build' | 'rewrite';

export interface PlannedLock {
  /** `schema.name`. */
  readonly relation: string;
  readonly mode: string;
  readonly effect: Work;
}

export interface PlannedHazard {
  readonly rule: string;
  readonly severity: string;
  readonly line: number;
  readonly statement: number;
  readonly message: string;
  readonly recipe: string | null;
  /** Why it is accepted (`-- migrate:allow`); null when nobody has accepted it. */
  readonly allowed: string | null;
}

export interface JudgedStatement {
  /** From 1. */
  readonly statement: number;
  readonly line: number;
  /** Its beginning, on one line. */
  readonly text: string;
  /** On what was there before the revision. */
  readonly locks: readonly PlannedLock[];
  /** Most rows of a batch, of a statement that runs in batches. */
  readonly batch: number | null;
}

export interface JudgedRevision {
  readonly statements: readonly JudgedStatement[];
  readonly hazards: readonly PlannedHazard[];
}

/** Judges revisions one after the other against what is in the database now; `migrate lint`'s rules do it. */
export type JudgePlan = (
  session: Session,
  revisions: readonly RunnableRevision[],
  timeouts: { readonly lockTimeoutMs: number; readonly statementTimeoutMs: number },
) => Promise<readonly JudgedRevision[]>;
