import type { AnswerDocument } from '../../documents/documents.ts';

/** Every change as a line, before or after it is made. */
export function formatStamp(
  { from, to, recorded, removed, corrected, warnings }: AnswerDocument<'stamp'>,
  when: 'before' | 'after',
): string {
  const counts = `${recorded.length} recorded, ${removed.length} removed, ${corrected.length} corrected`;
  const at = to ?? 'base';
  const move = from === to ? `the record stays at ${at}` : `the record goes from ${from ?? 'base'} to ${at}`;
  return [
    when === 'after'
      ? `Stamped: the record is at ${at} (${counts}); nothing was run.`
      : `Dry run: ${move} (${counts}); nothing was changed.`,
    ...recorded.map((name) => `  + ${name}: recorded as applied`),
    ...removed.map((name) => `  - ${name}: no longer recorded as applied`),
    ...corrected.map((name) => `  ~ ${name}: recorded with the text that its file has now`),
    ...warnings.map((warning) => `  ! ${warning}`),
  ].join('\n');
}
