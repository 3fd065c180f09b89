import { formatDuration } from '../../contract/duration.ts';
import { exitCodeMeanings, exitCodes, type ExitCode } from '../../contract/exit-codes.ts';
import type { LaunchEnd } from '../report.ts';
import type { RunRecord } from './run-record.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Paint } from '../../contract/paint.ts';
import { hyperlink } from './hyperlink.ts';
import { phaseNames, type PhaseDurations } from './phases.ts';
import { failureDetails, revisions } from '../../contract/event-lines.ts';
import { visibleLine } from '../../contract/visible-text.ts';

/** Everything that a summary tells. */
export interface Summary {
  readonly end: LaunchEnd;
  readonly record: RunRecord;
  readonly phases: PhaseDurations;
  readonly totalMs: number;
}

export interface SummaryStyle {
  readonly paint: Paint;
  /** `in-text`: the terminal shows links behind words. */
  readonly links: 'in-text' | 'plain';
  /** `repeated`: what the log said of a failure is not right above, so the summary says it again. */
  readonly failure: 'repeated' | 'shown-above';
}

/** The last words of a launch: verdict, what changed, times, task, completeness of the log, what to do next. */
export function summaryLines(summary: Summary, { paint, links, failure }: SummaryStyle): readonly string[] {
  const { end, record, phases, totalMs } = summary;
  const { mark, text, tone } = headlineText(summary);
  return [
    paint[tone](`${mark} ${text}`),
    ...(failure === 'repeated' ? repeatedFailure(record, paint) : []),
    ...changes(record),
    ...lastLines(summary, { paint, failure }),
    ...(record.runs > 1
      ? [`  the container ran ${record.runs} times (its restart policy); the exit code is that of the last run`]
      : []),
    `  ${times(phases, totalMs)}`,
    ...(end.task?.imageDigest === undefined ? [] : [`  image ${visibleLine(end.task.imageDigest)}`]),
    ...(end.taskArn === undefined ? [] : [`  task ${end.taskArn}`]),
    ...linkLines(end, links),
    `  ${logSentence(end.logEnd)}`,
    ...(end.verdict.nextStep === undefined ? [] : [`  ${paint.strong('next:')} ${visibleLine(end.verdict.nextStep)}`]),
    ...end.followCommands.map((command) => `  ${paint.dim('$')} ${command}`),
  ];
}

export interface Headline {
  readonly mark: '✓' | '!' | '✗';
  readonly text: string;
  readonly tone: 'good' | 'warning' | 'bad';
}

/** The verdict in one line. */
export function headlineText({ end: { verdict }, record }: Pick<Summary, 'end' | 'record'>): Headline {
  const code = verdict.exitCode === 0 ? '' : `, exit code ${verdict.exitCode}`;
  const why = reasonOf(verdict, record);
  const text = `${outcomeWords(verdict, record)}${code}${why === undefined ? '' : `: ${visibleLine(why)}`}`;
  switch (verdict.outcome) {
    case 'succeeded':
      return { mark: '✓', text, tone: 'good' };
    case 'timed-out':
    case 'detached':
      return { mark: '!', text, tone: 'warning' };
    case 'failed':
    case 'killed':
    case 'never-started':
    case 'unknown':
      return isAnswer(verdict, record) ? { mark: '!', text, tone: 'warning' } : { mark: '✗', text, tone: 'bad' };
  }
}

/** `check` with something pending is an answer, not an accident, and so is a backfill whose budget is over. */
export function isAnswer({ outcome, exitCode }: Verdict, { finished, failed, paused }: RunRecord): boolean {
  const answer = paused ? exitCodes.stoppedHalfway : exitCodes.pending;
  return outcome === 'failed' && exitCode === answer && finished?.exitCode === exitCode && !failed;
}

function outcomeWords(verdict: Verdict, record: RunRecord): string {
  switch (verdict.outcome) {
    case 'succeeded':
      return 'succeeded';
    case 'failed':
      if (!isAnswer(verdict, record)) return 'failed';
      return record.paused ? 'paused' : 'revisions are pending';
    case 'killed':
      return 'killed';
    case 'never-started':
      return 'the container never started';
    case 'unknown':
      return 'outcome unknown';
    case 'timed-out':
      return 'gave up waiting';
    case 'detached':
      return 'detached';
  }
}

/** What AWS or we know; for migrate's own codes what the code means, but only when it was migrate that ended with it. */
function reasonOf(verdict: Verdict, { finished, failed, paused }: RunRecord): string | undefined {
  if (verdict.reason !== undefined) return verdict.reason;
  if (failed) return `${failed.name}: ${failed.message}`;
  if (paused) return 'the budget is over, nothing failed, and the next run goes on there';
  if (verdict.outcome !== 'failed' || finished?.exitCode !== verdict.exitCode || verdict.exitCode === 3)
    return undefined;
  return exitCodeMeanings[verdict.exitCode as ExitCode]?.replaceAll('`', '');
}

function changes({ applied, reverted, finished, command }: RunRecord): string[] {
  const lines = [];
  if (applied.length > 0) lines.push(`  ${revisions(applied.length)} applied: ${namesOf(applied)}`);
  if (reverted.length > 0) lines.push(`  ${revisions(reverted.length)} reverted: ${namesOf(reverted)}`);
  // A command that only answers may not have asked the database where it is.
  if (!finished || finished.recordRead === false || (command === undefined && finished.current === null)) return lines;
  const current = finished.current === null ? 'base' : visibleLine(finished.current);
  lines.push(`  the database is at ${current}`);
  if (finished.pending.length > 0)
    lines.push(`  ${revisions(finished.pending.length)} pending: ${namesOf(finished.pending)}`);
  return lines;
}

function namesOf(names: readonly string[]): string {
  const shown = names.length > 8 ? [...names.slice(0, 3), `… ${names.length - 6} more …`, ...names.slice(-3)] : names;
  return shown.map(visibleLine).join(', ');
}

/** Where the failed revision broke; its message is in the headline. */
function repeatedFailure({ failed }: RunRecord, paint: Paint): string[] {
  return failed ? failureDetails(failed, paint).map((line) => `  ${line}`) : [];
}

/** A failed revision that is right above has told its story; anything else tells it in its last lines. */
function lastLines(
  { end: { verdict }, record }: Summary,
  { paint, failure }: Pick<SummaryStyle, 'paint' | 'failure'>,
): string[] {
  const { failed, lastLines: lines } = record;
  if (isAnswer(verdict, record) || !['failed', 'killed', 'unknown'].includes(verdict.outcome)) return [];
  if (lines.length === 0 || (failed && failure === 'shown-above')) return [];
  return ['  the last lines of the log:', ...lines.map((line) => paint.dim(`  | ${visibleLine(line)}`))];
}

/** Whole addresses are long, so a success goes without them where they cannot hide behind a word. */
function linkLines({ task, verdict }: LaunchEnd, style: SummaryStyle['links']): string[] {
  const links = task?.links ?? [];
  if (links.length === 0) return [];
  if (style === 'in-text') return [`  AWS console: ${links.map(({ label, url }) => hyperlink(label, url)).join(', ')}`];
  if (verdict.outcome === 'succeeded') return [];
  return links.map(({ label, url }) => `  ${label} in the AWS console: ${url}`);
}

function times(phases: PhaseDurations, totalMs: number): string {
  const parts = phaseNames.flatMap((phase) => {
    const ms = phases[phase];
    return ms === undefined ? [] : [`${phase} ${formatDuration(ms)}`];
  });
  return `took ${formatDuration(totalMs)}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

/** An honest sentence on whether everything that the container printed was shown. */
export function logSentence(logEnd: LaunchEnd['logEnd']): string {
  switch (logEnd) {
    case 'end-marker':
      return 'the log is complete (its end marker was read)';
    case 'uncounted':
      return 'the log was read to its end marker, twice; whether a line before it is missing cannot be known';
    case 'incomplete':
      return 'the log is incomplete: lines that the container printed never came';
    case 'quiet':
      return 'the log went quiet after the end; it has no end marker, so a last line may be missing';
    case 'gave-up':
      return 'the log could not be read to its end in time; lines may be missing';
    case 'unreadable':
      return 'the log could not be read';
    case 'never-started':
      return 'the container never started, so there is no log';
    case 'left':
      return 'the log was followed up to here only';
  }
}

/** Whether everything that the container printed was shown for certain. */
export function isLogComplete(logEnd: LaunchEnd['logEnd']): boolean {
  return logEnd === 'end-marker' || logEnd === 'never-started';
}

/** The last line of --json. */
export function finishedLine({ end: { verdict, taskArn, logEnd }, phases }: Summary, time: string): object {
  return {
    event: 'launch.finished',
    time,
    outcome: verdict.outcome,
    exitCode: verdict.exitCode,
    taskArn: taskArn ?? null,
    logComplete: isLogComplete(logEnd),
    phases,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
  };
}
