import { createEventRenderer } from '../../contract/event-lines.ts';
import { createPaint } from '../../contract/paint.ts';
import { isKnownEvent, parseRunEvent, type RunEvent } from '../../contract/run-events.ts';
import type { LogLine } from '../aws/logs.ts';
import type { Report } from '../report.ts';
import { emptyRecord, withEvent, withLine } from './run-record.ts';
import { createActionsReport, type ActionsReport } from './actions-report.ts';
import type { ActionsFiles } from './actions-files.ts';
import { createHeldLog } from './held-log.ts';
import { createLiveView, type LiveTerminal } from './live-view.ts';
import type { OutputStream } from './output-stream.ts';
import { createPhaseTracker } from './phases.ts';
import { planLines } from './plan-lines.ts';
import { noProgress, progressClause, withProgress } from './progress.ts';
import { jsonWithoutCommands, safeText, withoutCommands, type Reader } from './safe-text.ts';
import { statusLines } from './status-lines.ts';
import { finishedLine, summaryLines } from './summary.ts';

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
  /** A person's terminal, on which things may move. */
  readonly live?: LiveTerminal | undefined;
  /** A job of GitHub Actions that is told the result. */
  readonly actions?: ActionsFiles | undefined;
  readonly showsHyperlinks?: boolean;
}

export interface ReportOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** The log is printed only when the launch did not succeed. */
  readonly logsOnFailure: boolean;
  /** A launch that has said nothing for this long says that it is alive. */
  readonly aliveMs: number;
}

/** So many lines after a failure it is still in view. */
const inViewLines = 8;

/** Reports a launch for a person's eyes (stderr) and for the one who uses the result (stdout). */
export function createReport(screen: Screen, options: ReportOptions): Report {
  const { stdout, stderr, stdoutReader, stderrReader, now } = screen;
  const paint = createPaint(stderrReader.colours ? 'on' : 'off');
  const events = createEventRenderer(paint);
  const phases = createPhaseTracker(now);
  const beganAtMs = now();
  let record = emptyRecord;
  let asking = false;
  let progress = noProgress;
  let spokeAtMs = beganAtMs;
  let newsAtMs = beganAtMs;
  let linesSinceFailure = 0;
  let ended = false;

  const live =
    screen.live === undefined || options.json || options.quiet
      ? undefined
      : createLiveView(screen.live, (columns) =>
          statusLines(
            {
              phase: phases.current() ?? 'provisioning',
              phases: phases.durations(),
              progress,
              elapsedMs: now() - beganAtMs,
              silentMs: now() - newsAtMs,
              nowMs: now(),
            },
            columns,
            paint,
          ),
        );
  const held = options.logsOnFailure && !options.json ? createHeldLog() : undefined;

  const put = (stream: OutputStream, text: string): void => {
    if (ended) return;
    spokeAtMs = now();
    linesSinceFailure += 1;
    if (live) live.print(stream, text);
    else stream.write(text);
  };
  const talk = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    const text = lines.join('\n');
    put(stderr, `${stderrReader.githubActions ? withoutCommands(text) : text}\n`);
  };
  const say = (...lines: readonly string[]): void => {
    if (!options.quiet) talk(lines);
  };
  const log = (stream: OutputStream, text: string): void => {
    if (held) held.add(stream, text);
    else put(stream, text);
  };
  const json = (value: unknown): void => put(stdout, `${jsonWithoutCommands(JSON.stringify(value))}\n`);
  const actions: ActionsReport | undefined =
    screen.actions && createActionsReport(screen.actions, (line) => put(stderr, `${line}\n`));

  const showEvent = (event: RunEvent): void => {
    record = withEvent(record, event);
    progress = withProgress(progress, event, now());
    const lines = events.lines(event);
    if (event.event === 'revision.failed') linesSinceFailure = -1;
    if (isBad(event)) talk(lines);
    // What moves in the status needs no line of its own.
    else if (live && event.event === 'statement.progress') return;
    else if (held && (event.event === 'message' || event.event === 'notice')) {
      if (!options.quiet && lines.length > 0) held.add(stderr, `${lines.join('\n')}\n`);
    } else say(...lines);
  };
  const showLine = ({ message }: LogLine): void => {
    const line = message.replace(/\r?\n$/, '');
    const event = parseRunEvent(line);
    newsAtMs = now();
    if (event && isKnownEvent(event)) showEvent(event);
    else if (!event) record = withLine(record, line);
    if (options.json) json(event ?? { event: 'log', message: line });
    else if (!event) log(stdout, `${safeText(line, stdoutReader)}\n`);
  };
  const releaseLog = (): void => {
    const { texts, dropped } = held?.release() ?? { texts: [], dropped: 0 };
    if (texts.length === 0) return;
    if (!options.quiet) actions?.beginLog();
    say(paint.dim(dropped === 0 ? 'the log:' : `the log, without its first ${dropped} lines:`));
    for (const { stream, text } of texts) put(stream, text);
  };

  return {
    say: (text) => say(text),
    detail: (text) => {
      if (options.verbose) say(paint.dim(text));
    },
    warn: (text) => {
      if (!actions?.warn(text)) talk([paint.warning(`warning: ${text}`)]);
    },
    plan: (plan) => say(...planLines(plan, options.verbose ? 'with-sources' : 'short', paint)),
    task(task) {
      const line = phases.see(task);
      if (live) {
        if (!asking) live.show();
      } else if (line !== undefined) say(paint.dim(`· ${line}`));
      else if (now() - spokeAtMs >= options.aliveMs) {
        const still = phases.stillThere();
        const clause = progressClause(progress);
        if (still !== undefined) say(paint.dim(`· ${still}${clause === undefined ? '' : `: ${clause}`}`));
      }
    },
    async lines(lines, order) {
      if (ended) return;
      if (!held && !options.quiet) actions?.beginLog();
      if (order === 'late') say(paint.dim(`${lines.length} of the log's lines came late:`));
      for (const line of lines) showLine(line);
      // After its end nothing is under way any more, whatever a revision that was interrupted has last said.
      if (!record.finished && !live) say(...events.pause());
      await Promise.all([stdout.ready(), stderr.ready()]);
    },
    async duringQuestion(question) {
      asking = true;
      live?.pause();
      try {
        return await question();
      } finally {
        asking = false;
        if (phases.current() !== undefined && !ended) live?.show();
      }
    },
    async refused(error) {
      live?.hide();
      for (const warning of (await actions?.refused(error)) ?? []) talk([`warning: ${warning}`]);
    },
    async end(end) {
      const summary = { end, record, phases: phases.durations(), totalMs: now() - beganAtMs };
      const succeeded = end.verdict.outcome === 'succeeded';
      live?.hide();
      if (!succeeded) releaseLog();
      const inView = !held && !actions && linesSinceFailure <= inViewLines;
      for (const warning of (await actions?.end(summary)) ?? []) talk([`warning: ${warning}`]);
      const lines = summaryLines(summary, {
        paint,
        links: screen.showsHyperlinks ? 'in-text' : 'plain',
        failure: inView ? 'shown-above' : 'repeated',
      });
      // The verdict stands apart from the log.
      if (succeeded) say('', ...lines);
      else talk(['', ...lines]);
      if (options.json) json(finishedLine(summary, new Date().toISOString()));
      ended = true;
      await Promise.all([stdout.flushed(), stderr.flushed()]);
    },
  };
}

/** What --quiet shows too. */
function isBad(event: { readonly event: string; readonly level?: string }): boolean {
  return event.event === 'revision.failed' || (event.event === 'message' && event.level !== 'info');
}
