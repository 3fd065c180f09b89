import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { idDigest, planHash, readPlanHash, textDigest, type PlanBasis, type ReadPlanHash } from './plan-hash.ts';

/** @throws AppError `bad-plan-hash` (2) for what is no hash of a plan. */
export function checkPlanHash(hash: string): ReadPlanHash {
  const read = readPlanHash(hash);
  if (read) return read;
  throw new AppError({
    code: 'bad-plan-hash',
    exitCode: exitCodes.usage,
    message: `"${hash}" is no plan hash.`,
    hint: 'Take it from the last line of `migrate plan`.',
  });
}

/**
 * Refuses a run that is not the one that was reviewed. Nothing has been run then.
 * @throws AppError `bad-plan-hash` (2), `plan-differs` (5) that says what is different.
 */
export function refuseOtherPlan(hash: string, basis: PlanBasis): void {
  const reviewed = checkPlanHash(hash);
  const differences = differencesOf(reviewed, basis);
  if (differences.length === 0) return;
  throw new AppError({
    code: 'plan-differs',
    exitCode: exitCodes.historyUnsound,
    message: `This is not the plan that was reviewed: ${differences.join('; ')}. Nothing was run.`,
    hint: 'Review it again with `migrate plan`, and pass the hash that it prints.',
  });
}

function differencesOf(reviewed: ReadPlanHash, basis: PlanBasis): readonly string[] {
  const now = readPlanHash(planHash(basis));
  if (!now) throw new Error('a plan hash that was just made cannot be read');
  if (reviewed.database !== now.database)
    return [`it was made for another database, or record, than this one (${basis.database[0] ?? ''})`];
  return [
    ...(reviewed.record === now.record ? [] : [recordDifference(reviewed, now, basis)]),
    ...(reviewed.run === now.run ? [] : runDifferences(reviewed, basis)),
    ...(reviewed.isAtomic === now.isAtomic
      ? []
      : [`it was reviewed ${reviewed.isAtomic ? 'with' : 'without'} --atomic`]),
  ];
}

function recordDifference(reviewed: ReadPlanHash, now: ReadPlanHash, { halfway }: PlanBasis): string {
  if (reviewed.current !== now.current)
    return `the record has changed since: it was at ${reviewed.current}, and is at ${now.current}`;
  const [stopped] = halfway;
  return stopped
    ? `the record has changed since: ${stopped.revision} is half-way, with ${stopped.finished} of its statements finished`
    : `the record has changed since, though it is still at ${now.current}: an applied revision below it is another, or is gone, or a half-done one was cleared up`;
}

/** Names each file, as far as the hash lists them. */
function runDifferences(
  { revisions: reviewed }: ReadPlanHash,
  { revisions, applied, files }: PlanBasis,
): readonly string[] {
  const all = `what would run is not the same (now ${revisions.map(({ id }) => id).join(', ')})`;
  if (!reviewed) return [all];
  const edited: string[] = [];
  const added: string[] = [];
  for (const revision of revisions) {
    const before = reviewed.find(({ id }) => id === idDigest(revision));
    if (!before) added.push(revision.file);
    else if (before.text !== textDigest(revision)) edited.push(revision.file);
  }
  const missing = reviewed.filter(({ id }) => !revisions.some((revision) => idDigest(revision) === id));
  const said = [
    ...(edited.length === 0 ? [] : [`${edited.join(', ')} ${edited.length === 1 ? 'was' : 'were'} edited since`]),
    ...(added.length === 0 ? [] : [`${added.join(', ')} would run too`]),
    ...missing.map((one) => missingText(one.id, { applied, files })),
  ];
  return said.length === 0 ? [all] : said;
}

function missingText(digest: string, { applied, files }: Pick<PlanBasis, 'applied' | 'files'>): string {
  const isMeant = (revision: { readonly id: string }): boolean => idDigest(revision) === digest;
  const run = applied.find(isMeant);
  if (run) return `${run.id} has run since`;
  const left = files.find(isMeant);
  return left ? `${left.id} would not run` : 'a revision that was reviewed is in the folder no more';
}
