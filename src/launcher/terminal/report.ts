import { isKnownEvent, parseRunEvent } from '../../contract/run-events.ts';
import type { LogLine } from '../aws/logs.ts';
import type { LaunchEnd, LaunchPlan, Report } from '../report.ts';
import { emptyRecord, withEvent, withLine } from '../run-record.ts';
import type { OutputStream } from './output-stream.ts';
import { createPaint } from '../../contract/paint.ts';
import { createPhaseTracker } from './phases.ts';
import { planLines } from './plan-lines.ts';
import { createEventRenderer } from '../../contract/event-lines.ts';
import { jsonWithoutCommands, safeText, withoutCommands, type Reader } from './safe-text.ts';
import { isLogComplete, summaryLines } from './summary.ts';

/** Where a launch is reported. */
export interface Screen {
  /** The product: what the container printed, or NDJSON. */
  readonly stdout: OutputStream;
  /** The talk: everything else. */
  readonly stderr: OutputStream;
  readonly stdoutReader: Reader;
  readonly stderrReader: Reader;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

export interface ReportOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
}

/** A line every half minute shows that a silent launch is alive; CI systems end jobs that print nothing. */
const aliveEveryMs = 30_000;

/** Reports a launch in lines that are appended, for a person's eyes (stderr) and for the one who uses the result (stdout). */
export function createReport(
  { stdout, stderr, stdoutReader, stderrReader, now }: Screen,
  options: ReportOptions,
): Report {
  const paint = createPaint(stderrReader.colours ? 'on' : 'off');
  const events = createEventRenderer(paint);
  const phases = createPhaseTracker(now);
  const beganAtMs = now();
  let record = emptyRecord;
  let ended = false;

  const talk = (lines: readonly string[]): void => {
    if (ended || lines.length === 0) return;
    const text = lines.join('\n');
    stderr.write(`${stderrReader.githubActions ? withoutCommands(text) : text}\n`);
  };
  const say = (...lines: readonly string[]): void => {
    if (!options.quiet) talk(lines);
  };
  const json = (value: unknown): void => stdout.write(`${jsonWithoutCommands(JSON.stringify(value))}\n`);

  const showLine = ({ message }: LogLine): void => {
    const line = message.replace(/\r?\n$/, '');
    const event = parseRunEvent(line);
    if (event && isKnownEvent(event)) {
      record = withEvent(record, event);
      const lines = events.lines(event);
      if (isBad(event)) talk(lines);
      else say(...lines);
    } else if (!event) record = withLine(record, line);
    if (options.json) json(event ?? { event: 'log', message: line });
    else if (!event) stdout.write(`${safeText(line, stdoutReader)}\n`);
  };

  return {
    say: (text) => say(text),
    detail: (text) => {
      if (options.verbose) say(paint.dim(text));
    },
    warn: (text) => talk([paint.warning(`warning: ${text}`)]),
    plan: (plan: LaunchPlan) => say(...planLines(plan, options.verbose ? 'with-sources' : 'short', paint)),
    task(task) {
      const line = phases.see(task) ?? phases.stillThere(aliveEveryMs);
      if (line !== undefined) say(paint.dim(`· ${line}`));
    },
    async lines(lines, order) {
      if (ended) return;
      if (order === 'late') say(paint.dim(`${lines.length} of the log's lines came late:`));
      for (const line of lines) showLine(line);
      // After its end nothing is under way any more, whatever a revision that was interrupted has last said.
      if (!record.finished) say(...events.pause());
      await Promise.all([stdout.ready(), stderr.ready()]);
    },
    async end(end: LaunchEnd) {
      const { verdict, taskArn, logEnd } = end;
      const summary = summaryLines({ end, record, phases: phases.durations(), totalMs: now() - beganAtMs }, paint);
      if (verdict.outcome === 'succeeded') say(...summary);
      else talk(summary);
      ended = true;
      if (options.json)
        json({
          event: 'launch.finished',
          time: new Date().toISOString(),
          outcome: verdict.outcome,
          exitCode: verdict.exitCode,
          taskArn: taskArn ?? null,
          logComplete: isLogComplete(logEnd),
          phases: phases.durations(),
          ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
        });
      await Promise.all([stdout.flushed(), stderr.flushed()]);
    },
  };
}

/** What --quiet shows too. */
function isBad(event: { readonly event: string; readonly level?: string }): boolean {
  return event.event === 'revision.failed' || (event.event === 'message' && event.level !== 'info');
}
