import type { RuleName } from './rules.ts';

export type Severity = 'error' | 'warning' | 'notice';

/** Table-level lock modes, weakest first (PostgreSQL documentation, "Explicit Locking"). */
export const lockModes = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;

export type LockMode = (typeof lockModes)[number];

/** What is done to the relation meanwhile, least first: nothing that grows with it, a full read, an index build, a new copy of it. */
export const works = ['instant', 'scan', 'build', 'rewrite'] as const;

export type Work = (typeof works)[number];

/** A lock on a relation that was there before the revision, and how long it is needed. */
export interface LockEffect {
  /** `schema.name`, as a person would write it. */
  readonly relation: string;
  readonly mode: LockMode;
  readonly effect: Work;
}

/** Something that a person should know before the revision runs. */
export interface Finding {
  readonly rule: RuleName;
  readonly severity: Severity;
  /** Path for people. */
  readonly file: string;
  /** From 1; a column is a code point. */
  readonly line: number;
  readonly column: number;
  /** Name of the revision; empty for a file that is none. */
  readonly revision: string;
  /** Number of the statement in its section, from 1; 0 when it is about the file. */
  readonly statement: number;
  readonly message: string;
  readonly locks: readonly LockEffect[];
  /** The safe way to the same end, as SQL with comments. */
  readonly recipe?: string;
}

/** Whether a lock of the first mode is at least as strong as one of the second. */
export function isAtLeast(mode: LockMode, other: LockMode): boolean {
  return lockModes.indexOf(mode) >= lockModes.indexOf(other);
}

/** The strongest lock and the heaviest work on each relation, one entry each. */
export function strongestLocks(locks: readonly LockEffect[]): readonly LockEffect[] {
  const byRelation = new Map<string, LockEffect>();
  for (const lock of locks) {
    const other = byRelation.get(lock.relation) ?? lock;
    byRelation.set(lock.relation, {
      relation: lock.relation,
      mode: isAtLeast(lock.mode, other.mode) ? lock.mode : other.mode,
      effect: works.indexOf(lock.effect) >= works.indexOf(other.effect) ? lock.effect : other.effect,
    });
  }
  return [...byRelation.values()];
}

/** Whom a lock of this mode keeps out. */
export function whoWaits(mode: LockMode): string {
  if (mode === 'ACCESS EXCLUSIVE') return 'reads and writes wait';
  if (isAtLeast(mode, 'SHARE')) return 'writes wait';
  if (mode === 'SHARE UPDATE EXCLUSIVE') return 'only other changes of the schema and VACUUM wait';
  return 'nobody who reads or writes rows waits';
}
