import { exitCodes } from '../../contract/exit-codes.ts';
import { halfwayText } from '../database/record/halfway.ts';
import type { Health } from '../database/inspect/read-health.ts';
import { checkHistory, refuseUnsoundHistory, type HistoryFindings } from '../history/check-history.ts';
import { currentRevision, pendingRevisions, type AppliedRevision, type KnownRevision } from '../history/record.ts';
import { findingOf, ok, problem, warning, type Finding } from './finding.ts';

/** Every way in which files and record disagree, each with the words of the commands that refuse it. */
export function judgeHistory(known: readonly KnownRevision[], applied: readonly AppliedRevision[]): readonly Finding[] {
  const none: HistoryFindings = { ahead: [], missing: [], edited: [], outOfOrder: [] };
  const found = checkHistory(known, applied);
  const disagreements = (['missing', 'edited', 'ahead', 'outOfOrder'] as const)
    .map((kind) => ({ ...none, [kind]: found[kind] }))
    .map((one) => findingOf('history', () => refuseUnsoundHistory(one, { allowOutOfOrder: false }), ''))
    .filter(({ level }) => level === 'problem');
  if (disagreements.length > 0) return disagreements;
  const at = currentRevision(applied)?.name ?? 'base';
  const pending = pendingRevisions(known, applied).length;
  return [
    ok(
      'history',
      `the database is at ${at}, ${pending === 0 ? 'nothing is' : `${pending} revision${pending === 1 ? ' is' : 's are'}`} pending`,
    ),
  ];
}

/** What earlier runs left behind, and whether one is under way. */
export function judgeLeftovers({ unfinished, lockHolder, invalidIndexes }: Health): readonly Finding[] {
  return [
    ...unfinished.map((run) =>
      problem('journal', {
        message: `revision ${run.revision} stopped half-way (${halfwayText(run)})`,
        hint: `Mend the cause and run \`migrate ${run.direction === 'up' ? 'upgrade' : 'downgrade'}\` again: it goes on where it stopped.`,
        exitCode: exitCodes.stoppedHalfway,
      }),
    ),
    ...(unfinished.length === 0 ? [ok('journal', 'no revision stopped half-way')] : []),
    lockHolder === undefined
      ? ok('lock', 'no runner is at work')
      : warning('lock', `held by ${lockHolder}`, 'A run would wait for it (--lock-wait).'),
    invalidIndexes.length === 0
      ? ok('indexes', 'none is INVALID')
      : warning(
          'indexes',
          `INVALID, so kept up but never used: ${invalidIndexes.join(', ')}`,
          `Remove ${invalidIndexes.length === 1 ? 'it' : 'them'} and build again: DROP INDEX CONCURRENTLY ${invalidIndexes[0] ?? ''};`,
        ),
  ];
}
