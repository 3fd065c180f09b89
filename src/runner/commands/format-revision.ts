import { formatDuration } from '../../contract/duration.ts';
import { halfwayText } from '../database/record/halfway.ts';
import type { RevisionDocument } from '../documents/documents.ts';
import { revisionTitle } from '../files/revision-name.ts';
import type { ListedRevision } from '../history/list-revisions.ts';
import type { ReadRecord } from './read-record-if-asked.ts';

/** One line, as Alembic prints it: `<before> -> <revision> (head), words`. */
export function formatLine(
  revision: RevisionDocument,
  { indicateCurrent }: { readonly indicateCurrent: boolean },
): string {
  const shownMarks = marks({ ...revision, isCurrent: indicateCurrent && revision.isCurrent });
  return `${revision.previous ?? '<base>'} -> ${revision.revision}${shownMarks}, ${revisionTitle(revision.name)}`;
}

/** A block of lines with all that is known of the revision. */
export function formatBlock(revision: RevisionDocument): string {
  const { checksum, appliedChecksum } = revision;
  const edited = appliedChecksum !== null && revision.file !== null && appliedChecksum !== checksum;
  return [
    `Rev:      ${revision.revision}${marks(revision)}`,
    `Parent:   ${revision.previous ?? '<base>'}`,
    `Name:     ${revisionTitle(revision.name)}`,
    `Path:     ${revision.file ?? 'no file; the record has it'}`,
    ...(revision.alembicId === null ? [] : [`Alembic:  ${revision.alembicId}`]),
    ...replacedLines(revision),
    `Checksum: ${checksum.slice(0, 16)}${edited ? ` (edited since it was applied as ${appliedChecksum.slice(0, 16)})` : ''}`,
    `Applied:  ${whenApplied(revision)}`,
    ...(revision.halfway === null ? [] : [`Half-way: ${revision.halfway}`]),
  ].join('\n');
}

/** The revision in a `--json` document. */
export function revisionDocument(
  revision: ListedRevision,
  { record: read, isCurrent }: { readonly record: ReadRecord | undefined; readonly isCurrent: boolean },
): RevisionDocument {
  const { record } = revision;
  const recordRead = read !== undefined;
  const halfway = read?.halfway.find(({ revision: id }) => id === revision.id);
  return {
    revision: revision.id,
    name: revision.name,
    previous: revision.previous ?? null,
    isHead: revision.isHead,
    isCurrent: recordRead ? isCurrent : null,
    file: revision.file ?? null,
    alembicId: revision.alembicId ?? null,
    replaces: (revision.replaces ?? []).map(({ name }) => name),
    checksum: revision.checksum,
    applied: recordRead ? record !== undefined : null,
    appliedAt: record?.appliedAt.toISOString() ?? null,
    appliedChecksum: record?.checksum ?? null,
    durationMs: record?.durationMs ?? null,
    lateAfter: revision.lateAfter ?? null,
    halfway: halfway ? halfwayText(halfway) : null,
  };
}

function replacedLines({ replaces }: RevisionDocument): readonly string[] {
  const [first] = replaces;
  if (first === undefined) return [];
  return [`Replaces: ${replaces.length} revisions, ${first} to ${replaces.at(-1) ?? first}`];
}

function whenApplied({ applied, appliedAt, durationMs, lateAfter }: RevisionDocument): string {
  const late = lateAfter === null ? '' : `, late: after ${lateAfter}`;
  if (applied === null) return 'not known without a database';
  return appliedAt === null ? 'no, pending' : `${appliedAt} in ${formatDuration(durationMs ?? 0)}${late}`;
}

function marks({ isHead, isCurrent }: Pick<RevisionDocument, 'isHead' | 'isCurrent'>): string {
  return `${isHead ? ' (head)' : ''}${isCurrent ? ' (current)' : ''}`;
}
