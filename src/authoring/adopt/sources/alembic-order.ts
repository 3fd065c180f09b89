import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { AlembicRevision } from './alembic-revision.ts';

/**
 * The revisions one behind the other. Of several that could come next, the one that was created first does.
 * @throws AppError `foreign-folder` (2) for a revision that is not here, a circle, and branches unless they may be put in line.
 */
export function orderAlembic(
  revisions: readonly AlembicRevision[],
  branches: 'refused' | 'put-in-line',
): readonly AlembicRevision[] {
  const ids = new Set(revisions.map(({ id }) => id));
  for (const { fileName, after } of revisions) {
    const missing = after.find((id) => !ids.has(id));
    if (missing !== undefined)
      throw refusal(
        `${fileName} comes behind ${missing}, of which there is no file here.`,
        'Restore that file from git.',
      );
  }
  if (branches === 'refused') refuseBranches(revisions);
  const left = [...revisions].toSorted((one, other) => (orderKey(one) < orderKey(other) ? -1 : 1));
  const done = new Set<string>();
  const ordered: AlembicRevision[] = [];
  while (left.length > 0) {
    const next = left.findIndex(({ after }) => after.every((id) => done.has(id)));
    const [revision] = next === -1 ? [] : left.splice(next, 1);
    if (!revision)
      throw refusal(`${left.map(({ id }) => id).join(', ')} wait for each other.`, 'Mend their down_revision.');
    ordered.push(revision);
    done.add(revision.id);
  }
  return ordered;
}

function orderKey({ createdAt = '', id }: AlembicRevision): string {
  return `${createdAt} ${id}`;
}

function refuseBranches(revisions: readonly AlembicRevision[]): void {
  const children = new Map<string, string[]>();
  for (const { id, downRevisions } of revisions)
    for (const parent of downRevisions.length === 0 ? ['base'] : downRevisions)
      children.set(parent, [...(children.get(parent) ?? []), id]);
  const branchings = [...children].filter(([, behind]) => behind.length > 1);
  const merges = revisions.filter(({ downRevisions }) => downRevisions.length > 1);
  if (branchings.length === 0 && merges.length === 0) return;
  const places = [
    ...branchings.map(([parent, behind]) => `behind ${parent} come ${behind.join(' and ')}`),
    ...merges.map(({ id, downRevisions }) => `${id} merges ${downRevisions.join(' and ')}`),
  ];
  throw refusal(
    `Alembic's history has branches, and ours is one line: ${places.slice(0, 5).join('; ')}.`,
    'With --linearize they are put one behind the other, by their dates: do so when no branch undoes what the other does; the proof on the scratch server looks at the result.',
  );
}

function refusal(message: string, hint: string): AppError {
  return new AppError({ code: 'foreign-folder', exitCode: exitCodes.usage, message, hint });
}
