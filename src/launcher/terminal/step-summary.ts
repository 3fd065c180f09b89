import { formatDuration } from '../../contract/duration.ts';
import { visibleLine, visibleText } from '../../contract/visible-text.ts';
import type { RevisionResult, RunRecord } from './run-record.ts';
import { taskIdOf } from '../target/target.ts';
import { phaseNames } from './phases.ts';
import { headlineText, logSentence, type Summary } from './summary.ts';

/** GitHub refuses a summary of more than 1 MiB; this many rows and characters stay far below. */
const mostRows = 500;
const mostOfALine = 2_000;

/** The summary of a launch for the page of a workflow run, in GitHub's Markdown. Foreign text in it stays text. */
export function stepSummary(summary: Summary): string {
  const { end, record, totalMs, phases } = summary;
  const environment = end.task?.environment;
  const { mark, text } = headlineText(summary);
  const title = environment === undefined ? 'Migration' : `Migration of ${inline(environment)}`;
  const times = phaseNames.flatMap((phase) => {
    const ms = phases[phase];
    return ms === undefined ? [] : [`${phase} ${formatDuration(ms)}`];
  });
  return [
    `### ${mark} ${title}: ${inline(text)}`,
    '',
    ...revisionTable(record.revisions),
    ...failureBlock(record),
    ...(end.verdict.outcome === 'succeeded' || record.failed ? [] : lastLinesBlock(record)),
    ...position(record),
    ...(record.finished?.planHash === undefined ? [] : [`- plan hash ${code(record.finished.planHash)}`]),
    `- took ${formatDuration(totalMs)}${times.length === 0 ? '' : ` (${times.join(', ')})`}`,
    `- ${inline(logSentence(end.logEnd))}`,
    ...(end.taskArn === undefined ? [] : [`- task ${code(taskIdOf(end.taskArn))}${links(end.task?.links ?? [])}`]),
    ...(end.task?.imageDigest === undefined ? [] : [`- image ${code(end.task.imageDigest)}`]),
    ...(end.verdict.nextStep === undefined ? [] : [`- **next:** ${inline(end.verdict.nextStep)}`]),
    ...end.followCommands.map((command) => `- ${code(command)}`),
    '',
    '',
  ].join('\n');
}

function revisionTable(revisions: readonly RevisionResult[]): readonly string[] {
  if (revisions.length === 0) return [];
  // A failure is the last that happened, so the last rows are the ones to keep.
  const shown = revisions.slice(-mostRows);
  const hidden = revisions.length - shown.length;
  return [
    '| # | revision | result | time |',
    '| --: | --- | --- | --: |',
    ...(hidden === 0 ? [] : [`| | … ${hidden} more … | | |`]),
    ...shown.map(
      ({ name, result, durationMs }, index) =>
        `| ${hidden + index + 1} | ${inline(name)} | ${result === 'failed' ? '**failed**' : result} | ${durationMs === undefined ? '' : formatDuration(durationMs)} |`,
    ),
    '',
  ];
}

function failureBlock({ failed }: RunRecord): readonly string[] {
  if (!failed) return [];
  const place = [failed.file, failed.line, failed.column].filter((part) => part !== undefined).join(':');
  const lines = [
    `${place}: ${failed.message}${failed.sqlState === undefined ? '' : ` (SQLSTATE ${failed.sqlState})`}`,
    ...(failed.excerpt === undefined ? [] : [failed.excerpt]),
    ...[failed.detail, failed.state, failed.hint].filter((part) => part !== undefined),
  ];
  return fenced(lines);
}

function lastLinesBlock({ lastLines }: RunRecord): readonly string[] {
  return lastLines.length === 0 ? [] : ['The last lines of the log:', '', ...fenced(lastLines)];
}

function position({ finished, command }: RunRecord): readonly string[] {
  if (!finished || finished.recordRead === false || (command === undefined && finished.current === null)) return [];
  const pending = finished.pending.length === 0 ? '' : `, ${finished.pending.length} pending`;
  return [`- the database is at ${code(finished.current ?? 'base')}${pending}`];
}

function links(all: readonly { readonly label: string; readonly url: string }[]): string {
  return all.map(({ label, url }) => `, [${label} in the AWS console](${url})`).join('');
}

/** Text within a line of Markdown, with everything that Markdown or HTML could take for markup made harmless. */
function inline(text: string): string {
  return cut(visibleLine(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+\-.!|~@:$]/g, '\\$&');
}

function code(text: string): string {
  const plain = cut(visibleLine(text)).replaceAll('|', '∣');
  const fence = fenceFor(plain, 1);
  return fence.length > 1 ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`;
}

function fenced(lines: readonly string[]): readonly string[] {
  const text = lines
    .flatMap((line) => visibleText(line).split('\n'))
    .map(cut)
    .join('\n');
  const fence = fenceFor(text, 3);
  return [`${fence}text`, text, fence, ''];
}

/** A row of backticks that is longer than any in the text. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([row]) => row.length));
  return '`'.repeat(Math.max(least, longest + 1));
}

function cut(text: string): string {
  return text.length <= mostOfALine ? text : `${text.slice(0, mostOfALine)}…`;
}
