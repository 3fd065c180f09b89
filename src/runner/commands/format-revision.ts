import { formatDuration } from '../../contract/duration.ts';
import { revisionTitle } from '../files/revision-name.ts';
import type { ListedRevision } from '../history/list-revisions.ts';

/** One line, as Alembic prints it: `<before> -> <revision> (head), words`. */
export function formatLine(revision: ListedRevision, { isCurrent }: { readonly isCurrent: boolean }): string {
  return `${revision.previous ?? '<base>'} -> ${revision.id}${marks(revision, isCurrent)}, ${revisionTitle(revision.name)}`;
}

/** A block of lines with all that is known of the revision. */
export function formatBlock(
  revision: ListedRevision,
  { recordRead, isCurrent }: { readonly recordRead: boolean; readonly isCurrent: boolean },
): string {
  const { record } = revision;
  const applied = record
    ? `${record.appliedAt.toISOString()} in ${formatDuration(record.durationMs)}`
    : recordRead
      ? 'no, pending'
      : 'not known without a database';
  const edited = record !== undefined && revision.file !== undefined && record.checksum !== revision.checksum;
  return [
    `Rev:      ${revision.id}${marks(revision, isCurrent)}`,
    `Parent:   ${revision.previous ?? '<base>'}`,
    `Name:     ${revisionTitle(revision.name)}`,
    `Path:     ${revision.file ?? 'no file; the record has it'}`,
    ...(revision.alembicId === undefined ? [] : [`Alembic:  ${revision.alembicId}`]),
    `Checksum: ${revision.checksum.slice(0, 16)}${edited ? ` (edited since it was applied as ${record.checksum.slice(0, 16)})` : ''}`,
    `Applied:  ${applied}`,
  ].join('\n');
}

/** The revision in a `--json` document. */
export function revisionDocument(
  revision: ListedRevision,
  { recordRead }: { readonly recordRead: boolean },
): Readonly<Record<string, unknown>> {
  return {
    revision: revision.id,
    name: revision.name,
    previous: revision.previous ?? null,
    isHead: revision.isHead,
    file: revision.file ?? null,
    alembicId: revision.alembicId ?? null,
    checksum: revision.checksum,
    applied: recordRead ? revision.record !== undefined : null,
    appliedAt: revision.record?.appliedAt.toISOString() ?? null,
    durationMs: revision.record?.durationMs ?? null,
  };
}

function marks({ isHead }: ListedRevision, isCurrent: boolean): string {
  return `${isHead ? ' (head)' : ''}${isCurrent ? ' (current)' : ''}`;
}
