import { AppError } from '../../contract/app-error.ts';
import { findTarget } from './find-target.ts';
import type { KnownRevision } from './record.ts';

/** The revisions by which a database has come to where its baseline is, or is on its way there. */
export type Lineage = readonly KnownRevision[];

/**
 * Every way to the state of the baseline, the newest first: the baseline alone, earlier baselines with what came behind each,
 * and the revisions of the beginning.
 */
export function lineagesOf(baseline: KnownRevision, replaced: readonly KnownRevision[]): readonly Lineage[] {
  const isEarlierBaseline = (index: number): boolean => index > 0 && replaced[index]?.id === replaced[index - 1]?.id;
  const starts = replaced.flatMap((_, index) => (index === 0 || isEarlierBaseline(index) ? [index] : []));
  const older = starts
    .toReversed()
    .map((start) => replaced.filter((_, index) => index === start || (index > start && !isEarlierBaseline(index))));
  return [[baseline], ...older];
}

export interface LineageChoice {
  readonly applied: readonly { readonly id: string; readonly checksum: string }[];
  /** Ids of revisions that have begun and are not in the record. */
  readonly begun: readonly string[];
  /** The revisions behind the baseline. */
  readonly later: readonly KnownRevision[];
  /** What the command is to go to, or speaks of. */
  readonly targets: readonly string[];
}

/**
 * The lineage of one database: that of which the record holds most; of an empty one the newest that knows the targets.
 * `missed` is a target that only another lineage knows.
 */
export function chooseLineage(
  lineages: readonly Lineage[],
  { applied, begun, later, targets }: LineageChoice,
): { readonly lineage: Lineage; readonly missed: string | undefined } {
  const [newest = []] = lineages;
  const knows = (lineage: Lineage, target: string): boolean => isKnown(target, [...lineage, ...later]);
  let best = { lineage: newest, same: 0, named: 0 };
  for (const lineage of lineages) {
    const checksums = new Map(lineage.map(({ id, checksum }) => [id, checksum]));
    const same = applied.filter(({ id, checksum }) => checksums.get(id) === checksum).length;
    const named = [...applied.map(({ id }) => id), ...begun].filter((id) => checksums.has(id)).length;
    if (same > best.same || (same === best.same && named > best.named)) best = { lineage, same, named };
  }
  if (best.named > 0) {
    const missed = targets.find(
      (target) => !knows(best.lineage, target) && lineages.some((lineage) => knows(lineage, target)),
    );
    return { lineage: best.lineage, missed };
  }
  const knowing = lineages.find((lineage) => targets.every((target) => knows(lineage, target)));
  return { lineage: knowing ?? newest, missed: undefined };
}

/** Whether the target, or what it counts from, is the name of a revision; several that fit are named later. */
function isKnown(target: string, revisions: readonly KnownRevision[]): boolean {
  const anchor = target.replace(/(?<=.)[+-]\d+$/, '');
  if (anchor === '' || anchor === 'current' || /^[+-]\d+$/.test(anchor)) return true;
  try {
    findTarget(anchor, { revisions, currentIndex: 0 });
    return true;
  } catch (error) {
    return error instanceof AppError && error.code !== 'unknown-revision';
  }
}
