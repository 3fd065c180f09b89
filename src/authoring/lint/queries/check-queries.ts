import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Session } from '../../../runner/database/connection/session.ts';
import { isServerError } from '../../../runner/database/connection/database-error.ts';
import { withScratchServer } from '../../scratch/scratch-server.ts';
import { withScratchSession } from '../../scratch/scratch-session.ts';
import type { Surroundings } from '../../surroundings.ts';
import type { Finding } from '../finding.ts';
import type { LintSource } from '../sources/read-sources.ts';
import { linkFolder } from '../trace/link-folder.ts';
import { missedColumns } from './missed-columns.ts';
import type { ApplicationQuery } from './read-queries.ts';

export interface QueryCheck {
  readonly sources: readonly LintSource[];
  readonly surroundings: Surroundings;
}

/** What the server says of a query: `result` are the types that it answers, from version 16 on. */
type Answer =
  | { readonly works: true; readonly result: string | undefined; readonly missed: readonly string[] }
  | { readonly works: false; readonly message: string };

/**
 * Prepares and plans each query on a scratch database before the linted revisions and after each of them, without running it.
 * Says which revision breaks which query: a name that is gone, a type that does not fit, an INSERT that leaves out a column
 * which must have a value by now, another type in the answer.
 * @throws AppError when there is no scratch server, RevisionError when a revision cannot be applied.
 */
export async function checkQueries(
  queries: readonly ApplicationQuery[],
  { sources, surroundings }: QueryCheck,
): Promise<readonly Finding[]> {
  const { scratch, replay } = surroundings;
  const revisions = sources.filter(({ id }) => id !== '');
  const firstAsked = revisions.findIndex(({ isAsked }) => isAsked);
  if (firstAsked === -1) return [];
  return withScratchServer(scratch, async (server) => {
    const { connection } = await server.createDatabase();
    const folder = await mkdtemp(join(scratch.temporaryDirectory, 'wumbo-queries-'));
    const ask = (): Promise<readonly Answer[]> =>
      withScratchSession(connection, async (session) => {
        const answers: Answer[] = [];
        for (const { text } of queries) answers.push(await answerOf(session, text, server.majorVersion));
        return answers;
      });
    try {
      await linkFolder(folder, sources);
      const base = revisions[firstAsked - 1];
      if (base) await replay.upgrade({ connection, migrations: folder, target: base.id });
      let before = await ask();
      const findings = queries.flatMap((query, index) => unusable(query, before[index]));
      for (const revision of revisions.slice(firstAsked)) {
        await replay.upgrade({ connection, migrations: folder, target: revision.id });
        const after = await ask();
        for (const [index, query] of queries.entries())
          findings.push(...changes(query, { revision, before: before[index], after: after[index] }));
        before = after;
      }
      return findings;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function answerOf(session: Session, text: string, majorVersion: number): Promise<Answer> {
  try {
    await session.query(`PREPARE wumbo_query AS ${text}`);
    // Planning sees more than parsing, e.g. the bodies of SQL functions; plans without values came with version 16.
    if (majorVersion >= 16) await session.query(`EXPLAIN (GENERIC_PLAN) ${text}`);
    const { rows } = await session.query<{ row: { result_types?: readonly string[] } }>(
      `SELECT to_jsonb(p) AS row FROM pg_catalog.pg_prepared_statements p WHERE name = 'wumbo_query'`,
    );
    return { works: true, result: rows[0]?.row.result_types?.join(', '), missed: await missedColumns(session, text) };
  } catch (error) {
    if (!isServerError(error)) throw error;
    return { works: false, message: `${error.message} (SQLSTATE ${error.code})` };
  } finally {
    await session.query('DEALLOCATE ALL');
  }
}

function unusable(query: ApplicationQuery, answer: Answer | undefined): readonly Finding[] {
  if (answer === undefined || answer.works) return [];
  const message = `Before the linted revisions this query fails already, so nothing can be said of it: ${answer.message}.`;
  return [{ ...findingAt(query, ''), rule: 'query-not-checked', severity: 'notice', message }];
}

function changes(
  query: ApplicationQuery,
  {
    revision,
    before,
    after,
  }: { readonly revision: LintSource; readonly before: Answer | undefined; readonly after: Answer | undefined },
): readonly Finding[] {
  if (before === undefined || after === undefined || !before.works) return [];
  const at = findingAt(query, revision.name);
  const who = `The running application sends this query while ${revision.name} is applied`;
  if (!after.works)
    return [
      {
        ...at,
        rule: 'breaks-query',
        severity: 'error',
        message: `${who}, and from then on it fails: ${after.message}.`,
      },
    ];
  const missed = after.missed.filter((column) => !before.missed.includes(column));
  const findings: Finding[] = [];
  if (missed.length > 0)
    findings.push({
      ...at,
      rule: 'insert-misses-column',
      severity: 'error',
      message: `${who}, and from then on it fails: it gives no value for ${missed.join(', ')}, which must have one and has no default.`,
    });
  if (before.result !== after.result)
    findings.push({
      ...at,
      rule: 'changes-query-result',
      severity: 'warning',
      message: `${who}, and from then on it answers ${after.result ?? 'nothing'} instead of ${before.result ?? 'nothing'}; a connection that has it prepared gets the error 0A000 until it prepares it anew.`,
    });
  return findings;
}

function findingAt(
  { file, line, column }: ApplicationQuery,
  revision: string,
): Omit<Finding, 'rule' | 'severity' | 'message'> {
  return { file, line, column, revision, statement: 0, locks: [] };
}
