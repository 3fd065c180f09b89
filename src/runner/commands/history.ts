import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../documents/documents.ts';
import { readRevisions } from '../files/read-revisions.ts';
import { findTarget } from '../history/find-target.ts';
import { listRevisions, type ListedRevision } from '../history/list-revisions.ts';
import { currentRevision } from '../history/record.ts';
import { formatBlock, formatLine, revisionDocument } from './format-revision.ts';
import { lineageOf } from './lineage.ts';
import { readRecordIfAsked } from './read-record-if-asked.ts';
import type { RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run/run-state.ts';

export interface HistoryOptions {
  /** `a:b`, `a:` or `:b`; `current` is a target here too. */
  readonly range: string | undefined;
  /** Whether the database is asked what is applied. A range that counts from the current revision asks in any case. */
  readonly record: 'not-read' | 'if-named' | 'required';
}

/** The revisions, newest first, like `alembic history`; with what the record says of them when that is read. */
export async function history(
  context: RunContext,
  state: RunState,
  { range, record }: HistoryOptions,
): Promise<AnswerDocument<'history'>> {
  const { settings } = context;
  const folder = await readRevisions(settings.migrations);
  const isRelative = /\bcurrent\b|^[+-]\d|:[+-]\d/.test(range ?? '');
  const required = record === 'required' || (isRelative && record === 'not-read');
  const read = await readRecordIfAsked(context, { required, wanted: required || record === 'if-named' });
  const applied = read?.applied;
  const seen = { applied: applied ?? [], begun: read?.halfway, targets: range?.split(':') };
  const { revisions } = await lineageOf(folder, seen);
  if (applied) noteRecord(state, revisions, applied);
  const listed = listRevisions(revisions, applied ?? []);
  const shown = inRange(listed, range, currentRevision(applied ?? [])?.id);
  const currentId = currentRevision(applied ?? [])?.id;
  return {
    revisions: shown
      .toReversed()
      .map((revision) => revisionDocument(revision, { record: read, isCurrent: revision.id === currentId })),
  };
}

export function formatHistory(
  { revisions }: AnswerDocument<'history'>,
  { detailed, indicateCurrent }: { readonly detailed: boolean; readonly indicateCurrent: boolean },
): string {
  if (detailed) return revisions.map(formatBlock).join('\n\n');
  return revisions.map((revision) => formatLine(revision, { indicateCurrent })).join('\n');
}

function inRange(
  listed: readonly ListedRevision[],
  range: string | undefined,
  currentId: string | undefined,
): readonly ListedRevision[] {
  if (range === undefined) return listed;
  const parts = range.split(':');
  if (parts.length !== 2) {
    throw new AppError({
      code: 'bad-range',
      exitCode: exitCodes.usage,
      message: `"${range}" is no range of revisions.`,
      hint: 'Write <from>:<to>, <from>: or :<to>, e.g. `migrate history -r base:head` or `-r current:`.',
    });
  }
  const currentIndex = listed.findIndex(({ id }) => id === currentId) + 1;
  const [from = '', to = ''] = parts;
  const indexOf = (text: string, fallback: number): number => {
    if (text === '') return fallback;
    return text === 'current' ? currentIndex : findTarget(text, { revisions: listed, currentIndex });
  };
  // Both ends belong to the range; base, before the first revision, has none of its own.
  const [first, last] = [indexOf(from, 0), indexOf(to, listed.length)];
  if (first > last) {
    throw new AppError({
      code: 'bad-range',
      exitCode: exitCodes.usage,
      message: `The range ${range} ends before it begins.`,
      hint: `The older end comes first: \`migrate history -r ${to}:${from}\`.`,
    });
  }
  return listed.slice(Math.max(0, first - 1), last);
}
