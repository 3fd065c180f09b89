import { suggestion } from '../../contract/suggestion.ts';
import { positionAt } from '../../runner/files/source-position.ts';
import type { Finding } from './finding.ts';
import { rules, severityOf, type RuleName } from './rules.ts';

/** A finding that somebody has looked at and accepted. */
export interface AllowedFinding extends Finding {
  readonly reason: string;
}

export interface AllowedText {
  readonly file: string;
  readonly revision: string;
  readonly text: string;
  /** Spans of the statements of the file, by their number, in UTF-16 offsets of its text. */
  readonly statements: readonly { readonly number: number; readonly offset: number; readonly end: number }[];
  /** Where the section with these statements ends. */
  readonly end: number;
}

interface Directive {
  readonly rule: string;
  readonly reason: string;
  readonly offset: number;
  /** The statement that it stands above; 0 is the whole file, -1 none. */
  readonly statement: number;
}

const directive = /^[ \t]*--[ \t]*migrate:allow(-file)?\b[ \t]*([^\s]*)[ \t]*([^\r\n]*)$/gm;

/**
 * Takes away what `-- migrate:allow <rule> <reason>` accepts in the statement below it, and `-- migrate:allow-file …` in the
 * file. What such a comment lacks (a reason, a rule that exists, something to accept) is a finding itself.
 */
export function applyAllows(
  findings: readonly Finding[],
  source: AllowedText,
): { readonly findings: readonly Finding[]; readonly allowed: readonly AllowedFinding[] } {
  const directives = readDirectives(source);
  const used = new Set<Directive>();
  const allowed: AllowedFinding[] = [];
  const remaining = findings.filter((finding) => {
    const match = directives.find(
      ({ rule, reason, statement }) =>
        rule === finding.rule && reason !== '' && (statement === 0 || statement === finding.statement),
    );
    if (!match) return true;
    used.add(match);
    allowed.push({ ...finding, reason: match.reason });
    return false;
  });
  const complaints = directives.flatMap((item) => (used.has(item) ? [] : [complaintOf(item, source)]));
  return { findings: [...remaining, ...complaints], allowed };
}

/** Only comments between statements: what looks like one inside a string, a body or the data of COPY is none. */
function readDirectives({ text, statements, end: sectionEnd }: AllowedText): readonly Directive[] {
  return [...text.matchAll(directive)].flatMap((match): readonly Directive[] => {
    const [, wholeFile, rule = '', reason = ''] = match;
    const offset = match.index;
    const above = statements.findLast((span) => span.offset < offset);
    if (offset >= sectionEnd || (above && offset < above.end)) return [];
    const between = text.slice(above?.end ?? 0, offset).replaceAll(/--[^\r\n]*/g, '');
    if (between.lastIndexOf('/*') > between.lastIndexOf('*/')) return [];
    const below = statements.find((span) => span.offset >= offset)?.number ?? -1;
    return [{ rule, reason: reason.trim(), offset, statement: wholeFile === undefined ? below : 0 }];
  });
}

function complaintOf({ rule, reason, offset, statement }: Directive, { file, revision, text }: AllowedText): Finding {
  const near = suggestion(rule, rules.keys());
  const message = !rules.has(rule as RuleName)
    ? `there is no rule "${rule}"${near === undefined ? '' : `; did you mean ${near}?`}`
    : reason === ''
      ? `says no reason why ${rule} is accepted here, so it is not`
      : `there is no ${rule} here to accept`;
  return {
    rule: 'bad-allow',
    severity: severityOf('bad-allow'),
    file,
    ...positionAt(text, offset),
    revision,
    statement: Math.max(0, statement),
    message,
    locks: [],
    recipe: reason === '' ? `-- migrate:allow ${near ?? rule} because …` : '-- remove the comment, or correct it',
  };
}
