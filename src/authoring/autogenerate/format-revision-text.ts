import { formatDifferences } from '../catalog/format-differences.ts';
import type { StepStatement } from './arrange-steps.ts';
import type { Proposal } from './autogenerate.ts';
import type { TriedStep } from './try-steps.ts';

export interface RevisionText {
  readonly message: string;
  readonly step: TriedStep;
  /** Where it was proved, for the header: `embedded PostgreSQL 16.14`. */
  readonly serverLabel: string;
  /** Why the proposal is not proved; such a revision stops with an error until a person has looked at it. */
  readonly objections: readonly string[];
  readonly remaining: Proposal['remaining'];
  readonly readable: (sql: string) => string;
}

/** The text of one generated revision. */
export function formatRevisionText(revision: RevisionText): string {
  const { message, step, serverLabel, objections, readable } = revision;
  const proof =
    objections.length === 0
      ? `-- Generated; up and down were proved on ${serverLabel}. Read it before you trust it with data.`
      : '-- Generated, and NOT PROVED: see the block below.';
  const write = (statements: readonly StepStatement[]): string =>
    statements
      .map(({ sql, comment }) => `${comment === undefined ? '' : `-- ${comment}\n`}${readable(sql)};\n`)
      .join('\n');
  const mode = step.transactional ? '' : ' transaction:false';
  const stop = objections.length === 0 ? '' : `${stopBlock(revision)}\n`;
  return `-- ${message.replaceAll(/\s+/g, ' ').trim()}\n${proof}\n\n-- migrate:up${mode}\n${stop}${write(step.statements)}\n-- migrate:down${mode}\n${write(step.down)}`;
}

/** A revision that would do something nobody proved must not run unread: it raises an error. */
function stopBlock({ objections, remaining }: RevisionText): string {
  const reasons = [...objections, ...formatDifferences(remaining)].flatMap((reason) => reason.split('\n'));
  return [
    '-- NOT PROVED. Put it right by hand, try it with `migrate test`, then remove this block.',
    ...reasons.map((reason) => `--   ${reason}`),
    `DO $not_proved$ BEGIN RAISE EXCEPTION 'this generated revision was not proved: read the block in its file'; END $not_proved$;`,
    '',
  ].join('\n');
}
