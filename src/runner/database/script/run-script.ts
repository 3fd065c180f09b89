import { formatDuration } from '../../../contract/duration.ts';
import type { RunEventBody } from '../../../contract/run-events.ts';
import type { RevisionClient, RevisionContext, RevisionModule, Row, SqlTag } from '../../files/revision-module.ts';
import type { ScriptBatch } from '../backfill/script-batch.ts';
import { watchOwnConnections } from './own-connections.ts';
import type { ScriptGuard } from './script-guard.ts';
import { watchSilence } from './script-silence.ts';
import type { Session } from '../connection/session.ts';
import { renderSql } from './sql-template.ts';

export interface ScriptRun {
  readonly emit: (event: RunEventBody) => void;
  readonly signal: AbortSignal;
  /** How long a script may neither query nor log, 0 without limit. */
  readonly scriptTimeoutMs: number;
  readonly scriptGuard?: ScriptGuard | undefined;
  /** What `batch()` does here. */
  readonly batch: ScriptBatch;
}

/**
 * Runs a function of a `.ts` or `.js` revision with its context, under the guard when there is one.
 * @throws what the function throws; what the guard found; what a `batch()` threw, also when the function swallowed it; an Error
 * when it ended without awaiting one of its queries, when a connection of its own is still at work, or when nothing was heard of
 * it for too long.
 */
export async function runScript(
  session: Session,
  run: RevisionModule['up'],
  { emit, signal, scriptGuard, scriptTimeoutMs, batch }: ScriptRun,
): Promise<void> {
  const silence = watchSilence(
    scriptTimeoutMs,
    `it has neither queried nor logged anything for ${formatDuration(scriptTimeoutMs)} (--script-timeout): it is taken for stuck`,
  );
  const say = (level: 'info' | 'warning' | 'error', text: string): void => emit({ event: 'message', level, text });
  const { sql, client, unawaited, track } = trackedQueries(session, silence.waitFor);
  const end = new AbortController();
  const batches: Promise<unknown>[] = [];
  const context: RevisionContext = {
    sql,
    client,
    log: (text) => {
      silence.heard();
      say('info', text);
    },
    batch: (options) => {
      const rows = batch(options, { sql, client, signal: end.signal });
      batches.push(rows);
      return track(rows);
    },
  };
  const watch = scriptGuard?.(say);
  const lost = connectionLoss(session);
  const connections = watchOwnConnections(session);
  let misdeed: Error | undefined;
  try {
    await Promise.race([
      connections.around(() => run(context)),
      rejectionAfterAbort(signal),
      lost.rejection,
      silence.rejection,
      ...(watch ? [watch.failure] : []),
    ]);
  } finally {
    lost.release();
    silence.release();
    connections.release();
    misdeed = watch?.release();
  }
  if (misdeed) throw misdeed;
  if (unawaited.size > 0) {
    // A walk that nobody awaits must not go on behind what follows.
    end.abort(new Error('the function ended'));
    await Promise.allSettled(batches);
    throw new Error('the function ended while a query was still running: await every query');
  }
  await Promise.all(batches);
  const remark = await connections.judge();
  if (remark !== undefined) say('warning', remark);
}

interface TrackedQueries {
  readonly sql: SqlTag;
  readonly client: RevisionClient;
  /** What has been asked and has not been answered. */
  readonly unawaited: ReadonlySet<Promise<unknown>>;
  readonly track: <T>(answer: Promise<T>) => Promise<T>;
}

function trackedQueries(session: Session, onAsked: (answer: Promise<unknown>) => void): TrackedQueries {
  const unawaited = new Set<Promise<unknown>>();
  const track = <T>(answer: Promise<T>): Promise<T> => {
    unawaited.add(answer);
    // Also keeps the failure of a query that nobody awaits from ending the process: it is reported when the function has ended.
    answer.then(
      () => unawaited.delete(answer),
      () => unawaited.delete(answer),
    );
    onAsked(answer);
    return answer;
  };
  const query = (text: string, values?: readonly unknown[]): Promise<{ rows: Row[]; rowCount: number | null }> =>
    track(session.query<Row>(text, values === undefined || values.length === 0 ? undefined : [...values]));
  const sql: SqlTag = async (strings, ...values) => {
    const rendered = renderSql(strings, values);
    return (await query(rendered.text, rendered.values)).rows;
  };
  return { sql, client: { query }, unawaited, track };
}

/** A script that computes, or waits for something else, does not notice that its session has ended. */
function connectionLoss(session: Session): { readonly rejection: Promise<never>; readonly release: () => void } {
  let leave: () => void = () => undefined;
  const rejection = new Promise<never>((_, reject) => {
    leave = () => reject(new Error('Connection terminated while the script was at work'));
  });
  // Nobody may be listening any more when it rejects.
  rejection.catch(() => undefined);
  session.once('end', leave);
  return { rejection, release: () => session.off('end', leave) };
}

/** A script that waits for something else than the database cannot be cancelled there: two seconds of grace, then it is left. */
function rejectionAfterAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const leave = (): void => void setTimeout(() => reject(signal.reason as Error), 2_000).unref();
    signal.addEventListener('abort', leave, { once: true });
  });
}
