import { formatDuration } from './duration.ts';
import type { RunEventBody } from './run-events.ts';

/** A run event for people. Both programs show it the same: `migrate` on a terminal, `launch-migration` from the log. */
export interface EventText {
  readonly text: string;
  readonly tone: 'plain' | 'dim' | 'good' | 'warning' | 'bad';
}

/** The event's line or lines for people; `undefined` when it says nothing that another line does not say better. */
export function eventText(event: RunEventBody): EventText | undefined {
  switch (event.event) {
    case 'run.started':
      return {
        text: `${event.command} ${event.target}: ${event.database}, ${plural(event.revisionCount, 'revision file')}`,
        tone: 'plain',
      };
    case 'database.waiting':
      return { text: `waiting for the database (attempt ${event.attempt}): ${event.reason}`, tone: 'warning' };
    case 'lock.waiting':
      return {
        text: `waiting for the lock (${formatDuration(event.waitedMs)}): held by ${event.holder ?? 'another runner'}`,
        tone: 'warning',
      };
    case 'lock.acquired':
      return event.waitedMs < 1_000
        ? undefined
        : { text: `lock acquired after ${formatDuration(event.waitedMs)}`, tone: 'dim' };
    case 'plan':
      return {
        text: `${event.direction === 'up' ? 'to apply' : 'to revert'}: ${plural(event.revisions.length, 'revision')}`,
        tone: 'plain',
      };
    case 'revision.started': {
      const how = event.transactional ? '' : ' (no transaction)';
      return { text: `  ${event.index}/${event.count} ${event.direction} ${event.name}${how} …`, tone: 'dim' };
    }
    case 'statement.progress': {
      const amount =
        event.done !== undefined && event.total ? ` ${Math.floor((event.done / event.total) * 100)} %` : '';
      const phase = event.phase === undefined ? '' : `: ${event.phase}`;
      return { text: `      statement ${event.statement} of ${event.statements}${phase}${amount}`, tone: 'dim' };
    }
    case 'lock.blocked':
      return { text: blockedText(event), tone: 'warning' };
    case 'notice':
      return {
        text: `      ${event.severity.toLowerCase()}: ${event.message}`,
        tone: event.severity === 'WARNING' ? 'warning' : 'dim',
      };
    case 'revision.applied':
    case 'revision.reverted':
      return {
        text: `  ✓ ${event.name} ${event.event === 'revision.applied' ? 'applied' : 'reverted'} in ${formatDuration(event.durationMs)}`,
        tone: 'good',
      };
    case 'revision.failed':
      return { text: failureText(event), tone: 'bad' };
    case 'message':
      return {
        text: event.text,
        tone: event.level === 'info' ? 'plain' : event.level === 'warning' ? 'warning' : 'bad',
      };
    case 'run.finished':
      return finishedText(event);
  }
}

function blockedText({
  statement,
  blockers,
  attempt,
  retryInMs,
}: Extract<RunEventBody, { event: 'lock.blocked' }>): string {
  const who = blockers.map(
    ({ pid, application, query, ageMs }) => `pid ${pid} ${application} for ${formatDuration(ageMs)}: ${query}`,
  );
  const retry = retryInMs === undefined ? '' : `, next try in ${formatDuration(retryInMs)}`;
  return [
    `      statement ${statement} is blocked (try ${attempt}${retry}) by`,
    ...who.map((line) => `        ${line}`),
  ].join('\n');
}

function failureText(event: Extract<RunEventBody, { event: 'revision.failed' }>): string {
  const place = event.line === undefined ? event.file : `${event.file}:${event.line}:${event.column ?? 1}`;
  const state = event.sqlState === undefined ? '' : ` (SQLSTATE ${event.sqlState})`;
  return [
    `  ✗ ${event.name} failed: ${event.message}${state}`,
    `    at ${place}`,
    ...(event.excerpt === undefined ? [] : indented(event.excerpt)),
    ...(event.detail === undefined ? [] : indented(`detail: ${event.detail}`)),
    ...(event.state === undefined ? [] : indented(event.state)),
    ...(event.hint === undefined ? [] : indented(`hint: ${event.hint}`)),
  ].join('\n');
}

function finishedText(event: Extract<RunEventBody, { event: 'run.finished' }>): EventText | undefined {
  const at = event.current === null ? 'base' : event.current;
  const changes = [
    ...(event.applied.length > 0 ? [`${plural(event.applied.length, 'revision')} applied`] : []),
    ...(event.reverted.length > 0 ? [`${plural(event.reverted.length, 'revision')} reverted`] : []),
  ].join(', ');
  if (event.outcome === 'succeeded') {
    return changes === ''
      ? undefined
      : { text: `done: ${changes} in ${formatDuration(event.durationMs)}; the database is at ${at}`, tone: 'good' };
  }
  const left = event.pending.length === 0 ? '' : `, ${event.pending.length} pending`;
  return {
    text: `${event.outcome}: ${changes === '' ? 'nothing was changed' : `${changes} before that`}; the database is at ${at}${left}`,
    tone: 'bad',
  };
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => `    ${line}`);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
