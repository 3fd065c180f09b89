import { formatDuration } from './duration.ts';
import type { Paint } from './paint.ts';
import type { Blocker, RunEventBody as RunEvent } from './run-events.ts';
import { visibleLine, visibleText } from './visible-text.ts';

/** Run events as lines for people: the same from `migrate` on a terminal and from `launch-migration`, which reads them in the log. */
export interface EventRenderer {
  /** The lines for an event; none for what says nothing new. */
  lines(event: RunEvent): readonly string[];
  /** No further event is there for now: what has begun and not ended is worth a line. */
  pause(): readonly string[];
}

/** A renderer that remembers which revision runs, so that quick ones take one line and slow ones are seen while they run. */
export function createEventRenderer(paint: Paint): EventRenderer {
  let running: Extract<RunEvent, { event: 'revision.started' }> | undefined;
  let announced = false;
  // Revisions that share a transaction are applied when all have run, long after they were started.
  const positions = new Map<string, string>();
  let shownProgress: ShownProgress | undefined;
  const position = (): string => (running ? `${running.index}/${running.count} ` : '');
  const begun = (): readonly string[] => {
    if (!running || announced) return [];
    announced = true;
    const verb = running.direction === 'up' ? 'applying' : 'reverting';
    return [paint.dim(`… ${position()}${verb} ${revisionName(running)}`)];
  };
  const ended = (event: Extract<RunEvent, { durationMs: number; revision: string }>): readonly string[] => {
    const verb = event.event === 'revision.applied' ? 'applied' : 'reverted';
    const line = `${paint.good('✓')} ${positions.get(event.revision) ?? ''}${verb} ${revisionName(event)} ${paint.dim(`in ${formatDuration(event.durationMs)}`)}`;
    running = undefined;
    return [line];
  };
  return {
    pause: begun,
    lines(event) {
      switch (event.event) {
        case 'revision.started':
          running = event;
          announced = false;
          positions.set(event.revision, position());
          shownProgress = undefined;
          return [];
        case 'revision.applied':
        case 'revision.reverted':
          return ended(event);
        case 'revision.failed': {
          const lines = failureLines(event, position(), paint);
          running = undefined;
          return lines;
        }
        case 'statement.progress': {
          const next = { what: `${event.statement} ${event.phase ?? ''}`, share: shareOf(event) ?? 0 };
          if (shownProgress?.what === next.what && next.share < shownProgress.share + shareStep) return [];
          shownProgress = next;
          return [...begun(), ...duringRevision(event, paint)];
        }
        case 'lock.blocked':
        case 'notice':
          return [...begun(), ...duringRevision(event, paint)];
        case 'run.started':
        case 'database.waiting':
        case 'lock.waiting':
        case 'lock.acquired':
        case 'plan':
        case 'message':
        case 'run.finished':
          return aroundRevisions(event, paint);
      }
    },
  };
}

/** A statement may report every second for hours: a line for each phase, and for each tenth of it. */
const shareStep = 10;

interface ShownProgress {
  readonly what: string;
  readonly share: number;
}

type During = Extract<RunEvent, { event: 'statement.progress' | 'lock.blocked' | 'notice' }>;

function duringRevision(event: During, paint: Paint): readonly string[] {
  switch (event.event) {
    case 'statement.progress': {
      const share = shareOf(event);
      const percent = share === undefined ? '' : ` ${share} %`;
      const phase = event.phase === undefined ? '' : `: ${visibleLine(event.phase)}${percent}${backfillText(event)}`;
      return [paint.dim(`  statement ${event.statement} of ${event.statements}${phase}`)];
    }
    case 'lock.blocked': {
      const retry = event.retryInMs === undefined ? '' : `, trying again in ${formatDuration(event.retryInMs)}`;
      return [
        paint.warning(
          `  statement ${event.statement} waits for a table lock (try ${event.attempt}${retry})${event.blockers.length === 0 ? '' : '; held by'}`,
        ),
        ...event.blockers.map((blocker) => `    ${blockerText(blocker)}`),
      ];
    }
    case 'notice': {
      const place = event.line === undefined ? '' : ` (line ${event.line})`;
      return [paint.dim(`  ${visibleLine(event.severity)}: ${visibleLine(event.message)}${place}`)];
    }
  }
}

type Around = Exclude<RunEvent, During | { event: `revision.${string}` }>;

function aroundRevisions(event: Around, paint: Paint): readonly string[] {
  switch (event.event) {
    case 'run.started': {
      const target = event.target === '' ? '' : ` ${visibleLine(event.target)}`;
      return [
        paint.dim(
          `migrate ${visibleLine(event.version)}: ${visibleLine(event.command)}${target} on ${visibleLine(event.database)}`,
        ),
      ];
    }
    case 'database.waiting':
      return [paint.warning(`waiting for the database (try ${event.attempt}): ${visibleLine(event.reason)}`)];
    case 'lock.waiting': {
      const holder = event.holder === undefined ? 'another runner' : visibleLine(event.holder);
      return [paint.warning(`waiting for the lock that ${holder} holds (${formatDuration(event.waitedMs)})`)];
    }
    case 'lock.acquired':
      return event.waitedMs < 1_000 ? [] : [paint.dim(`got the lock after ${formatDuration(event.waitedMs)}`)];
    case 'plan':
      if (event.revisions.length === 0) return [];
      return [`${revisions(event.revisions.length)} to ${event.direction === 'up' ? 'apply' : 'revert'}`];
    case 'message': {
      const [first = '', ...rest] = visibleText(event.text).split('\n');
      // Further lines are indented: they can look like no line of ours.
      const more = rest.map((line) => `  ${line}`);
      if (event.level === 'info') return [first, ...more];
      return [event.level === 'error' ? paint.bad(`error: ${first}`) : paint.warning(`warning: ${first}`), ...more];
    }
    case 'run.finished':
      return [];
  }
}

type Failure = Extract<RunEvent, { event: 'revision.failed' }>;

function failureLines(event: Failure, position: string, paint: Paint): readonly string[] {
  return [
    `${paint.bad('✗')} ${position}${revisionName(event)} failed`,
    ...failureDetails(event, paint).map((line) => `  ${line}`),
  ];
}

/** Place, message and excerpt of a failure, and what holds now. */
export function failureDetails(event: Failure, paint: Paint): readonly string[] {
  const place = [event.file, event.line, event.column].filter((part) => part !== undefined).join(':');
  const state = event.sqlState === undefined ? '' : ` (SQLSTATE ${visibleLine(event.sqlState)})`;
  const labelled = (label: string, text: string | undefined) =>
    text === undefined ? [] : [`${paint.strong(label)} ${visibleLine(text)}`];
  return [
    `${visibleLine(place)}: ${visibleLine(event.message)}${state}`,
    ...(event.excerpt === undefined
      ? []
      : visibleText(event.excerpt)
          .split('\n')
          .map((line) => `  ${line}`)),
    ...labelled('detail:', event.detail),
    ...(event.state === undefined ? [] : [visibleLine(event.state)]),
    ...labelled('hint:', event.hint),
  ];
}

/** Hundredths of the statement that are done; `undefined` when the server does not say. */
export function shareOf({ done = 0, total }: { readonly done?: number; readonly total?: number }): number | undefined {
  return total ? Math.max(0, Math.min(100, Math.floor((done / total) * 100))) : undefined;
}

/** `1,200 of about 50,000 rows`, and `3 min 20 s left`, of a backfill; nothing of anything else. */
export function backfillParts({
  done = 0,
  total = 0,
  totalFrom,
  leftMs,
}: Extract<RunEvent, { event: 'statement.progress' }>): readonly string[] {
  if (totalFrom === undefined) return [];
  const [rows, all] = [done, total].map((count) => count.toLocaleString('en-US'));
  return [
    `${rows} of ${totalFrom === 'estimate' ? 'about ' : ''}${all} rows`,
    ...(leftMs === undefined ? [] : [`${formatDuration(leftMs)} left`]),
  ];
}

function backfillText(event: Extract<RunEvent, { event: 'statement.progress' }>): string {
  const [rows, ...left] = backfillParts(event);
  return rows === undefined ? '' : [` (${rows})`, ...left].join(', ');
}

function blockerText({ pid, application, query, ageMs }: Blocker): string {
  const name = application === '' ? '' : ` (${visibleLine(application)})`;
  return `pid ${pid}${name}, for ${formatDuration(ageMs)}: ${visibleLine(query)}`;
}

/** `20260101120000_add_users`; the name may hold the revision already. */
function revisionName({ revision, name }: { readonly revision: string; readonly name: string }): string {
  return visibleLine(name.startsWith(revision) ? name : `${revision}_${name}`);
}

/** `1 revision`, `3 revisions`. */
export function revisions(count: number): string {
  return count === 1 ? '1 revision' : `${count} revisions`;
}
