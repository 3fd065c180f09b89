import type { AnswerDocument } from '../../runner/documents/documents.ts';

/** What a squash has done, or would do; `unwritten` is what no SQL could be found for, the likely cause of differences. */
export function formatSquash(document: AnswerDocument<'squash'>, unwritten: readonly string[]): string {
  const { baseline, file, written, proved, replaced, server, sql, staying, remarks } = document;
  if (!proved) return formatRefusal(document, unwritten);
  const count = `${replaced.length} revisions, ${replaced[0] ?? ''} to ${replaced.at(-1) ?? ''}`;
  if (sql !== null)
    return [
      sql.trimEnd(),
      ...[...remarks, `Proved on ${server}; nothing was written.`].map((text) => `-- ${text}`),
    ].join('\n');
  if (!written) return `${baseline} makes what the ${count}, make (${server}).`;
  return [
    `${file} replaces ${count}.`,
    `  Proved on ${server}: the revisions and the baseline make the same database.`,
    ...remarks.map((text) => `  ${text}`),
    '  The old files lie in the folder squashed: databases that hold some of them go on with the others. Commit it all together.',
    ...(staying.length > 0 ? [`  They import their neighbours and stay where they are: ${staying.join(', ')}.`] : []),
  ].join('\n');
}

function formatRefusal(
  { baseline, written, replaced, differences, server }: AnswerDocument<'squash'>,
  unwritten: readonly string[],
): string {
  return [
    `${baseline} does not make what the ${replaced.length} revisions make that it replaces (${server})${written ? '' : '; nothing was written'}:`,
    ...differences.map((line) => `  ${line}`),
    '- the baseline lacks it, + only the baseline makes it, ~ is other.',
    ...(unwritten.length === 0 ? [] : ['What could not be written as SQL:', ...unwritten.map((line) => `  ${line}`)]),
    'Write the SQL for it into a file and add it with --append FILE, or squash up to an earlier revision.',
  ].join('\n');
}
