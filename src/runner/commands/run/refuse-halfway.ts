import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { halfwayText, readHalfway } from '../../database/record/halfway.ts';
import type { RunnableRevision } from '../../database/run/runnable-revision.ts';
import type { Session } from '../../database/connection/session.ts';

/**
 * Refuses to take away what a later revision is half-way through: it would go on afterwards as if its first half still held.
 * @throws AppError `half-way` (10).
 */
export async function refuseHalfwayAbove(
  session: Session,
  schema: string,
  reverted: readonly RunnableRevision[],
): Promise<void> {
  const lowest = reverted.map(({ id }) => id).toSorted()[0];
  if (lowest === undefined) return;
  const halfway = await readHalfway(session, schema);
  const above = halfway.find(
    ({ revision, direction, hasBegun }) => direction === 'up' && hasBegun === true && revision > lowest,
  );
  if (!above) return;
  throw new AppError({
    code: 'half-way',
    exitCode: exitCodes.stoppedHalfway,
    message: `Revision ${above.revision} is half-way (${halfwayText(above)}), and what it builds on would be reverted.`,
    hint: `Finish it with \`migrate upgrade ${above.revision}\`; or clear up what it did, then forget its place: \`migrate stamp ${lowest} --reason "…"\`.`,
  });
}
