import { readHalfway } from '../../database/record/halfway.ts';
import type { RunnableRevision } from '../../database/run/runnable-revision.ts';
import type { Session } from '../../database/connection/session.ts';
import type { AppliedRevision } from '../../history/record.ts';
import type { PlanBasis } from '../../plan/plan-hash.ts';

/** What a plan rests on, for `migrate plan` and for the run that is held against it. */
export async function readPlanBasis(
  session: Session,
  schema: string,
  {
    revisions,
    applied,
    files,
  }: Pick<PlanBasis, 'files'> & {
    readonly revisions: readonly RunnableRevision[];
    readonly applied: readonly AppliedRevision[];
  },
): Promise<Omit<PlanBasis, 'atomic'>> {
  const { rows } = await session.query<{ name: string; oid: string }>(
    'SELECT d.datname::text AS name, d.oid::text AS oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()',
  );
  const { name = '', oid = '' } = rows[0] ?? {};
  const halfway = (await readHalfway(session, schema)).map(({ revision, direction, finished }) => ({
    revision,
    direction,
    finished,
  }));
  return { revisions, applied, files, halfway, database: [name, oid, schema] };
}
