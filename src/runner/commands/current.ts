import type { AnswerDocument } from '../documents/documents.ts';
import { halfwayText, readHalfway } from '../database/record/halfway.ts';
import { readRecord } from '../database/record/record-tables.ts';
import { readRevisions } from '../files/read-revisions.ts';
import { currentRevision, pendingRevisions } from '../history/record.ts';
import { lineageOf } from './lineage.ts';
import { withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run/run-state.ts';

/** The newest applied revision, like `alembic current`; none (and a remark) at base. Creates nothing. */
export async function current(context: RunContext, state: RunState): Promise<AnswerDocument<'current'>> {
  const { settings, output } = context;
  const whole = await readRevisions(settings.migrations);
  const { applied, runs } = await withSession(context, async (session) => ({
    applied: await readRecord(session, settings.historySchema),
    runs: await readHalfway(session, settings.historySchema),
  }));
  const halfway = runs.map((run) => `${run.revision} (${halfwayText(run)})`);
  const folder = await lineageOf(whole, { applied, begun: runs });
  const newest = currentRevision(applied);
  const isHead = newest !== undefined && newest.id === folder.revisions.at(-1)?.id;
  noteRecord(state, folder.revisions, applied);
  if (!newest) output.remark('No revision is applied: the database is at base.');
  const earlier = pendingRevisions(folder.revisions, applied).filter(
    ({ id }) => newest !== undefined && id < newest.id,
  );
  if (earlier.length > 0)
    output.remark(`Not applied, although it stands before that: ${earlier.map(({ name }) => name).join(', ')}.`);
  if (halfway.length > 0) output.remark(`Stopped half-way: ${halfway.join('; ')}.`);
  return {
    halfway,
    current: newest?.name ?? null,
    revision: newest?.id ?? null,
    isHead,
    appliedAt: newest?.appliedAt.toISOString() ?? null,
  };
}

export function formatCurrent({ current: name, isHead }: AnswerDocument<'current'>): string {
  return name === null ? '' : `${name}${isHead ? ' (head)' : ''}`;
}
