import type { RunEventBody } from '../../contract/run-events.ts';
import type { SqlSection } from '../files/parse-sql-revision.ts';
import type { RevisionModule } from '../files/revision-module.ts';
import type { Direction } from './journal.ts';
import type { RunIdentity } from './record-tables.ts';

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
  readonly work:
    | { readonly kind: 'sql'; readonly section: SqlSection }
    | { readonly kind: 'script'; readonly run: RevisionModule['up'] };
  /** Bodies for the record, of an upgrade. */
  readonly upBody: string | undefined;
  readonly downBody: string | undefined;
}

export interface RevisionRun {
  readonly schema: string;
  readonly run: RunIdentity;
  readonly emit: (event: RunEventBody) => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
}
