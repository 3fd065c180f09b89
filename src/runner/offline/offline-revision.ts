import { createHash } from 'node:crypto';

import type { RunEventBody } from '../../contract/run-events.ts';
import type { RunnableRevision } from '../database/run/runnable-revision.ts';
import { runScript } from '../database/script/run-script.ts';
import type { ScriptGuard } from '../database/script/script-guard.ts';
import { RevisionFileError } from '../files/parse-sql-revision.ts';
import { readWholeSection } from '../files/read-sql-revision.ts';
import { splitStatements, type Statement } from '../files/split-statements.ts';
import { psqlCopy, psqlQuery, psqlStatement, psqlText, Unprintable, type Medium } from './psql-text.ts';
import { createRecording } from './recording-session.ts';

/** A revision as text for a script. */
export interface OfflineRevision {
  readonly revision: RunnableRevision;
  /** What the journal of a non-transactional revision counts as one statement each; a transactional one has one in all. */
  readonly steps: readonly OfflineStep[];
  /** Why there is no text: the script needs a database. */
  readonly stub: string | undefined;
}

export interface OfflineStep {
  /** Lines for psql. */
  readonly lines: string;
  /** The sha256 that an online run writes into the journal, so that either can go on where the other stopped. */
  readonly checksum: string;
  readonly isConcurrent: boolean;
}

export interface OfflineOptions {
  readonly medium: Medium;
  readonly emit: (event: RunEventBody) => void;
  readonly signal: AbortSignal;
  readonly scriptTimeoutMs: number;
  readonly scriptGuard?: ScriptGuard | undefined;
}

/**
 * What the revision would send, as text. A script revision is run against a session that runs nothing; when it wants to know
 * what the database answers, or fails, there is a stub instead.
 * @throws RevisionFileError for a `.sql` revision that psql would misunderstand.
 */
export async function offlineRevision(revision: RunnableRevision, options: OfflineOptions): Promise<OfflineRevision> {
  if (revision.work.kind === 'sql-file') {
    const { text, section } = await readWholeSection(revision.work.section, revision.direction);
    return offlineRevision({ ...revision, text, work: { kind: 'sql', section } }, options);
  }
  if (revision.work.kind === 'sql' && revision.work.section.statements.some(({ batch }) => batch))
    return { revision, steps: [], stub: worksInBatches };
  return revision.work.kind === 'sql'
    ? { revision, steps: sqlSteps(revision, options), stub: undefined }
    : { revision, ...(await scriptSteps(revision, revision.work.run, options)) };
}

/** psql would have to commit after each batch, remember the last key, and find its place again after a failure. */
const worksInBatches = 'works in batches, which only the runner can do';

function sqlSteps(
  { work, transactional, file, text }: RunnableRevision,
  { medium }: OfflineOptions,
): readonly OfflineStep[] {
  if (work.kind !== 'sql') return [];
  const { section } = work;
  const printed = (offset: number, print: () => string): string => {
    try {
      return print();
    } catch (error) {
      if (!(error instanceof Unprintable)) throw error;
      const at = section.offset + offset + error.offset;
      throw new RevisionFileError({ file, text, offset: at, problem: error.message, hint: error.hint });
    }
  };
  const printStatement = (statement: Statement): string =>
    statement.copyData
      ? printed(0, () => psqlCopy(section.text, statement, medium))
      : printed(statement.offset, () => psqlStatement(statement.text, medium));
  const { statements } = section;
  if (transactional) {
    const lines = statements.some(({ copyData }) => copyData)
      ? statements.map(printStatement).join('\n')
      : printed(0, () => psqlText(section.text, medium));
    return [{ lines, checksum: '', isConcurrent: false }];
  }
  return statements.map((statement) => ({
    lines: printStatement(statement),
    checksum: sha256(
      section.text.slice(statement.offset, statement.copyData?.end ?? statement.offset + statement.text.length),
    ),
    isConcurrent: statement.words.includes('CONCURRENTLY'),
  }));
}

async function scriptSteps(
  revision: RunnableRevision,
  run: Parameters<typeof runScript>[1],
  { medium, emit, signal, scriptGuard, scriptTimeoutMs }: OfflineOptions,
): Promise<Pick<OfflineRevision, 'steps' | 'stub'>> {
  const recording = createRecording();
  let isBackfill = false;
  const batch = (): Promise<never> => {
    isBackfill = true;
    return Promise.reject(new Error('it works in batches'));
  };
  try {
    await runScript(recording.session, run, { emit, signal, scriptGuard, scriptTimeoutMs, batch });
    if (recording.wasRead()) return { steps: [], stub: 'is a script that reads from the database' };
    const lines = recording.statements.map((text) =>
      scriptText(text, { medium, transactional: revision.transactional }),
    );
    const isConcurrent = recording.statements.some((text) => /\bCONCURRENTLY\b/i.test(text));
    return { steps: [{ lines: lines.join('\n'), checksum: revision.checksum, isConcurrent }], stub: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (isBackfill) return { steps: [], stub: worksInBatches };
    if (recording.wasRead()) return { steps: [], stub: 'is a script that reads from the database' };
    const reason = error instanceof Error ? error.message : String(error);
    return { steps: [], stub: `is a script that cannot be told without a database (${reason.split('\n')[0] ?? ''})` };
  }
}

/** @throws Error for text that cannot stand in a script: what psql would obey, and control of our own transaction. */
function scriptText(text: string, { medium, transactional }: { medium: Medium; transactional: boolean }): string {
  const statements = splitStatements(text);
  if (statements.some(({ copyData }) => copyData)) throw new Error('it sends COPY … FROM stdin');
  const control = statements.find(({ words }) => transactional && endsTransaction(words));
  if (control) throw new Error(`it sends ${control.words[0] ?? ''}`);
  // Online it goes as one query, and what is one query is one transaction.
  return !transactional && statements.length > 1 ? psqlQuery(text) : psqlText(text, medium);
}

function endsTransaction([first, second]: readonly string[]): boolean {
  if (first === 'ROLLBACK') return second !== 'TO';
  return /^(BEGIN|COMMIT|END|ABORT|START)$/.test(first ?? '') || (first === 'PREPARE' && second === 'TRANSACTION');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
