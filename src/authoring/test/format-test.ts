import type { AnswerDocument } from '../../runner/documents/documents.ts';

type Tested = AnswerDocument<'test'>;
type Verdict = Tested['revisions'][number];

/** Every revision with its verdict, then what an upgrade from elsewhere leads to, then all of it in a sentence. */
export function formatTest({ revisions, heads, server }: Tested): string {
  const tried = heads.tried.length;
  const same = `${heads.problems.length === 0 ? '✓' : '✗'} upgrade in one run from ${tried === 1 ? 'base' : `base and ${tried - 1} earlier ${tried === 2 ? 'revision' : 'revisions'}`}: ${heads.problems.length === 0 ? 'the same schema' : 'not the same schema'}`;
  return [...revisions.flatMap(formatVerdict), same, ...indented(heads.problems), summary(revisions, server)].join(
    '\n',
  );
}

function formatVerdict({ name, outcome, problems, remarks }: Verdict): readonly string[] {
  const sign = { proved: '✓', irreversible: '–', failed: '✗' }[outcome];
  const remark = outcome === 'irreversible' ? ' has no down' : '';
  return [`${sign} ${name}${remark}`, ...indented(problems), ...indented(remarks.map((text) => `(${text})`))];
}

function indented(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split('\n').map((line) => `    ${line}`));
}

function summary(verdicts: readonly Verdict[], label: string): string {
  const count = (outcome: Verdict['outcome']): number =>
    verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const parts = [
    `${count('proved')} of ${verdicts.length} went up, down and up again without a difference`,
    ...(count('irreversible') > 0 ? [`${count('irreversible')} without a down`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
  ];
  return `${parts.join(', ')} (${label}).`;
}
