import type { Blocker, RunEventBody } from '../../../contract/run-events.ts';
import type { SqlWork } from '../../files/read-sql-revision.ts';
import type { RevisionModule } from '../../files/revision-module.ts';
import type { Direction } from '../record/journal.ts';
import type { KeptAlembic } from '../record/kept-alembic.ts';
import type { RunIdentity } from '../record/record-tables.ts';
import type { ScriptGuard } from '../script/script-guard.ts';
import type { Session } from '../connection/session.ts';

/** One direction of one revision, ready to run. */
export interface RunnableRevision {
  readonly id: string;
  readonly name: string;
  /** Path for people. */
  readonly file: string;
  readonly checksum: string;
  readonly direction: Direction;
  /** Text of the file (or of the stored body): server positions are shown in it. */
  readonly text: string;
  readonly transactional: boolean;
  readonly work: SqlWork | { readonly kind: 'script'; readonly run: RevisionModule['up'] };
  /** Bodies for the record, of an upgrade. */
  readonly upBody: string | undefined;
  readonly downBody: string | undefined;
  /** Whether it has a down that only its file holds: that of a script, or one that is too long for the record. */
  readonly hasFileDown?: boolean | undefined;
  /** What the record does not keep of it, as a sentence. */
  readonly unstored?: string | undefined;
}

export interface RevisionRun {
  readonly schema: string;
  /** What the bodies run as; absent: the login. */
  readonly role: string | undefined;
  readonly run: RunIdentity;
  readonly emit: (event: RunEventBody) => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly recovery: Recovery;
  /** How long a script revision may neither query nor log, 0 without limit. */
  readonly scriptTimeoutMs: number;
  readonly backfill: BackfillLimits;
  /** Who blocked the session when it was last looked at. */
  readonly blockers?: () => readonly Blocker[];
  /** Alembic's table, when it is kept in step. */
  readonly keptAlembic?: KeptAlembic | undefined;
  /** Stands around every script revision. */
  readonly scriptGuard?: ScriptGuard | undefined;
}

/** What a run needs beside its own session when a lock or the connection stands in its way. */
export interface Recovery {
  /** A second connection with the same settings: for watching, cancelling and settling. */
  readonly openAnother: () => Promise<Session>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly lockTimeoutMs: number;
  /** How long all tries of one revision together may wait for table locks. */
  readonly lockRetryForMs: number;
}

/** What holds for everything that a run does in batches. */
export interface BackfillLimits {
  /** How long the run may go on with batches, and the moment on its clock when that is over; infinite without a budget. */
  readonly budgetMs: number;
  readonly deadline: number;
  /** How far behind a standby may be before the next batch waits for it; 0 does not look. */
  readonly replicaLagMs: number;
  /** What becomes of a half-done backfill whose text was edited. */
  readonly edited: 'refuse' | 'continue' | 'restart';
}

/** How a revision ended that did not fail. */
export interface RevisionResult {
  readonly durationMs: number;
  /** The connection broke at the commit, but the record proves that the revision took effect. */
  readonly connectionLost: boolean;
}
