import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError } from '../../../contract/app-error.ts';
import type { Session } from '../../../runner/database/connection/session.ts';
import type { Knowledge } from '../knowledge.ts';
import type { JudgedSection } from '../judge-statements.ts';
import { readKnowledge } from '../read-knowledge.ts';
import type { LintSource } from '../sources/read-sources.ts';
import { withScratchServer } from '../../scratch/scratch-server.ts';
import { withScratchSession } from '../../scratch/scratch-session.ts';
import type { Surroundings } from '../../surroundings.ts';
import { linkFolder } from './link-folder.ts';
import { traceRevision, type Trace } from './trace-revision.ts';

/** A scratch database that goes along with the revisions. Its functions are called in the order of the revisions. */
export interface ScratchHistory {
  /** For messages: `embedded PostgreSQL 16.14`. */
  readonly label: string;
  /** What is there now; undefined when an earlier revision could not be run. */
  readonly know: () => Promise<Knowledge | undefined>;
  /** Runs a revision and watches it; undefined when an earlier one could not be run. */
  readonly trace: (source: LintSource, section: JudgedSection) => Promise<Trace | undefined>;
  /** Notes that a revision has to be run by the runner before anything else happens. */
  readonly pass: (source: LintSource) => void;
  /** Why it went no further. */
  readonly stopped: () => { readonly source: LintSource; readonly message: string } | undefined;
}

/** Hands the work a scratch database on which nothing has run yet. @throws AppError when there is no server to be had. */
export async function withScratchHistory<T>(
  { surroundings, sources }: { readonly surroundings: Surroundings; readonly sources: readonly LintSource[] },
  work: (history: ScratchHistory) => Promise<T>,
): Promise<T> {
  const { scratch, replay } = surroundings;
  return withScratchServer(scratch, async ({ createDatabase, label }) => {
    const { connection } = await createDatabase();
    const folder = await mkdtemp(join(scratch.temporaryDirectory, 'wumbo-lint-'));
    let isReady = false;
    let due: LintSource | undefined;
    let traced: LintSource | undefined;
    let problem: { source: LintSource; message: string } | undefined;
    const catchUp = async (): Promise<boolean> => {
      if (problem) return false;
      const source = due;
      if (source === undefined) return true;
      due = undefined;
      try {
        if (!isReady) await linkFolder(folder, sources);
        isReady = true;
        const at = { connection, migrations: folder };
        if (traced) await replay.stamp({ ...at, target: traced.id });
        await replay.upgrade({ ...at, target: source.id });
        traced = undefined;
        return true;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        problem = { source, message: error.message };
        return false;
      }
    };
    const onDatabase = async <Result>(use: (session: Session) => Promise<Result>): Promise<Result | undefined> =>
      (await catchUp()) ? withScratchSession(connection, use) : undefined;
    try {
      return await work({
        label,
        know: () => onDatabase(readKnowledge),
        trace: (source, section) =>
          onDatabase(async (session) => {
            const trace = await traceRevision(session, section);
            if (trace.failure) problem = { source, message: trace.failure.message };
            traced = source;
            return trace;
          }),
        pass: (source) => {
          due = source;
        },
        stopped: () => problem,
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
