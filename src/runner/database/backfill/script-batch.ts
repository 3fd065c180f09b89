import type {
  Batch,
  BatchKey,
  BatchOptions,
  BatchResult,
  RevisionClient,
  SqlFragment,
  SqlTag,
} from '../../files/revision-module.ts';
import type { RevisionRun, RunnableRevision } from '../run/runnable-revision.ts';
import type { Session } from '../connection/session.ts';
import { sqlFragment } from '../script/sql-template.ts';
import { rowOf, type KeyRange } from './read-keys.ts';
import { runBatches } from './run-batches.ts';

/** What a batch sends its statements through. */
export interface BatchTools {
  readonly sql: SqlTag;
  readonly client: RevisionClient;
  /** Aborts when the script has ended. */
  readonly signal: AbortSignal;
}

export type ScriptBatch = (options: BatchOptions, tools: BatchTools) => Promise<BatchResult>;

/** `batch()` of a revision that runs without a transaction. */
export function createScriptBatch(session: Session, revision: RunnableRevision, options: RevisionRun): ScriptBatch {
  const names = new Set<string>();
  let isBusy = false;
  return async (asked, { sql, client, signal }) => {
    const { name, key, size } = checkOptions(asked);
    if (names.has(name))
      throw new Error(`two batch() calls of this revision are named "${name}": give each a \`name\` of its own`);
    if (isBusy)
      throw new Error(`batch() "${name}" began while another one was at work: await them one after the other`);
    names.add(name);
    isBusy = true;
    try {
      const backfill = {
        name,
        table: asked.table,
        key,
        where: asked.where,
        columns: asked.columns ?? [],
        size,
        run: (range: KeyRange) => asked.run(batchOf(range, { sql, client })),
      };
      const either = AbortSignal.any([options.signal, signal]);
      const run = {
        revision,
        options: { ...options, signal: either },
        statement: 1,
        statements: 1,
        checksum: revision.checksum,
      };
      return { rows: await runBatches(session, backfill, run) };
    } finally {
      isBusy = false;
    }
  };
}

/** `batch()` where there is one transaction around the revision. */
export const refuseScriptBatch: ScriptBatch = () =>
  Promise.reject(
    new Error(
      'batch() commits after each batch, so it cannot run inside the transaction of a revision: write `export const transaction = false;` into it',
    ),
  );

function checkOptions({ table, key, size = 1_000, name = table, run }: BatchOptions): {
  readonly name: string;
  readonly key: readonly string[] | undefined;
  readonly size: number;
} {
  // A `.js` revision has no compiler that would tell.
  if (typeof table !== 'string' || table === '') throw new Error('batch() needs the name of a `table`');
  if (typeof run !== 'function') throw new Error('batch() needs a function `run`, which changes the rows of one batch');
  if (!Number.isInteger(size) || size < 1)
    throw new Error(`batch(): size is a whole number of rows from 1, not ${String(size)}`);
  return { name, key: key === undefined || typeof key !== 'string' ? key : [key], size };
}

function batchOf({ table, from, to, rows }: KeyRange, { sql, client }: Pick<Batch, 'sql' | 'client'>): Batch {
  const named = (values: readonly string[]): BatchKey =>
    Object.fromEntries(table.key.map(({ name }, place) => [name, values[place] ?? '']));
  return { sql, client, within: withinRange({ table, from, to }), from: named(from), to: named(to), rows };
}

/** `"id" >= $1::bigint AND "id" <= $2::bigint`, as a fragment. */
function withinRange({ table, from, to }: Omit<KeyRange, 'rows'>): SqlFragment {
  const key = rowOf(table.key.map(({ sqlName }) => sqlName));
  const marks = rowOf(table.key.map(({ type }) => `\0::${type}`));
  return sqlFragment(`(${key} >= ${marks} AND ${key} <= ${marks})`.split('\0'), [...from, ...to]);
}
