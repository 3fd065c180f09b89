import type { Session } from '../../database/connection/session.ts';
import type { RevisionFolder } from '../../files/read-revisions.ts';
import { checkHistory } from '../../history/check-history.ts';
import type { AppliedRevision } from '../../history/record.ts';

/**
 * Refuses files that were edited after they were applied, and shows what differs: the record keeps what was run.
 * @throws AppError `revision-edited` (5).
 */
export async function refuseEdits(session: Session, { schema, folder, applied }: EditedIn): Promise<void> {
  const { edited } = checkHistory(folder.revisions, applied);
  const [first] = edited;
  const file = folder.revisions.find(({ id }) => id === first?.id);
  if (!first || !file) return;
  const { describeEdits } = await import('./describe-edits.ts');
  throw await describeEdits(session, {
    schema,
    edited: [first, ...edited.slice(1)],
    file,
    last: applied.at(-1) ?? first,
  });
}

interface EditedIn {
  readonly schema: string;
  readonly folder: RevisionFolder;
  readonly applied: readonly AppliedRevision[];
}
