import { excerptAt } from '../../../runner/files/source-position.ts';
import { whoWaits, type Finding } from '../finding.ts';
import type { LintReport } from '../lint-revisions.ts';

const signs = { error: '✗', warning: '!', notice: '·' } as const;

/** The findings for a person: where, what it does to whom, and the way out; then how many of what. */
export function formatFindings(report: LintReport): string {
  const texts = new Map(report.sources.map(({ file, text }) => [file, text]));
  const blocks = report.findings.map((finding) => blockOf(finding, texts.get(finding.file) ?? ''));
  return [...blocks, ...report.remarks, summaryOf(report)].join('\n\n');
}

function blockOf(finding: Finding, text: string): string {
  const { file, line, column, severity, rule, message, locks, recipe } = finding;
  const excerpt = text === '' ? [] : excerptAt(text, { line, column }).split('\n').map(indent);
  const held = locks
    .filter(({ mode }) => mode !== 'ROW EXCLUSIVE')
    .map(
      ({ relation, mode, effect }) =>
        `locks ${relation}: ${mode} (${whoWaits(mode)})${effect === 'instant' ? '' : ` during the ${effect}`}`,
    );
  return [
    `${signs[severity]} ${file}:${line}:${column} ${severity}: ${rule}`,
    ...excerpt,
    indent(`${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`),
    ...held.map(indent),
    ...(recipe === undefined ? [] : [indent('Instead:'), ...recipe.split('\n').map((each) => indent(indent(each)))]),
  ].join('\n');
}

function indent(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

function summaryOf({ findings, allowed, sources, statements, server }: LintReport): string {
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const parts = (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    const number = count(severity);
    return number === 0 ? [] : [`${number} ${severity}${number === 1 ? '' : 's'}`];
  });
  const files = sources.filter(({ isAsked }) => isAsked).length;
  const looked = `${statements} ${statements === 1 ? 'statement' : 'statements'} in ${files} ${files === 1 ? 'file' : 'files'}`;
  const how = server === null ? 'judged by their text' : `judged, and run on ${server}`;
  const accepted = allowed.length === 0 ? '' : `, ${allowed.length} allowed`;
  return `${parts.length === 0 ? 'Nothing to object to' : parts.join(', ')}${accepted}: ${looked}, ${how}.`;
}
