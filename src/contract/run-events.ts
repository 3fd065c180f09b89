/**
 * The run events: one JSON object per log line, written by `migrate`, read by `launch-migration`.
 * They travel container → awslogs → CloudWatch Logs → GetLogEvents, so a reader must accept lines that are no events
 * and ignore events and fields that it does not know.
 */
interface EventBase {
  /** ISO 8601, UTC, from the runner's clock. */
  readonly time: string;
  readonly runId: string;
}

export interface Blocker {
  readonly pid: number;
  readonly application: string;
  readonly query: string;
  readonly ageMs: number;
}

/** A reader that has seen as many knows that nothing is missing. */
export interface PrintedCount {
  /** On stdout and stderr together, without empty lines, which the awslogs driver leaves out. */
  readonly lines: number;
  readonly events: number;
}

export type RunEventBody =
  | {
      readonly event: 'run.started';
      readonly command: string;
      readonly target: string;
      /** `name at host:port`, never a secret. */
      readonly database: string;
      readonly revisionCount: number;
      readonly version: string;
    }
  | { readonly event: 'database.waiting'; readonly attempt: number; readonly reason: string }
  | { readonly event: 'lock.waiting'; readonly holder?: string; readonly waitedMs: number }
  | { readonly event: 'lock.acquired'; readonly waitedMs: number }
  | { readonly event: 'plan'; readonly direction: 'up' | 'down'; readonly revisions: readonly string[] }
  | {
      readonly event: 'revision.started';
      readonly revision: string;
      readonly name: string;
      readonly direction: 'up' | 'down';
      /** 1-based. */
      readonly index: number;
      readonly count: number;
      readonly transactional: boolean;
    }
  | {
      readonly event: 'statement.progress';
      readonly revision: string;
      readonly statement: number;
      readonly statements: number;
      readonly phase?: string;
      readonly done?: number;
      readonly total?: number;
      /** Of a backfill: whether `total` was counted, or estimated from the table's statistics. */
      readonly totalFrom?: 'count' | 'estimate';
      /** Of a backfill: how long the rest will take at this pace. */
      readonly leftMs?: number;
    }
  | {
      readonly event: 'lock.blocked';
      readonly revision: string;
      readonly statement: number;
      readonly blockers: readonly Blocker[];
      readonly attempt: number;
      readonly retryInMs?: number;
    }
  | {
      readonly event: 'notice';
      readonly revision: string;
      readonly severity: string;
      readonly message: string;
      /** The statement that brought it, from 1, and the line at which it begins. */
      readonly statement?: number;
      readonly line?: number;
    }
  | {
      readonly event: 'revision.applied' | 'revision.reverted';
      readonly revision: string;
      readonly name: string;
      readonly durationMs: number;
    }
  | {
      readonly event: 'revision.failed';
      readonly revision: string;
      readonly name: string;
      readonly file: string;
      readonly line?: number;
      readonly column?: number;
      readonly sqlState?: string;
      readonly message: string;
      readonly detail?: string;
      readonly hint?: string;
      readonly excerpt?: string;
      /** What holds now: rolled back, or what stays. */
      readonly state?: string;
    }
  | {
      readonly event: 'message';
      readonly level: 'info' | 'warning' | 'error';
      readonly text: string;
      /** Of an error: the stable name of the problem. */
      readonly code?: string;
    }
  | {
      readonly event: 'run.finished';
      readonly outcome: 'succeeded' | 'failed' | 'interrupted';
      readonly exitCode: number;
      readonly applied: readonly string[];
      readonly reverted: readonly string[];
      readonly pending: readonly string[];
      readonly current: string | null;
      /** `false`: the record was not read, so `pending` and `current` say nothing. */
      readonly recordRead?: boolean;
      /** Of `plan`: what `upgrade --plan-hash` takes. */
      readonly planHash?: string;
      readonly durationMs: number;
      /** What this run has printed, this event included; absent where nobody counts (outside a container). */
      readonly printed?: PrintedCount;
    };

export type RunEvent = RunEventBody & EventBase;
export type RunEventName = RunEvent['event'];

/** The event that a log line carries, or `undefined` when the line is anything else. Unknown event names are returned too. */
export function parseRunEvent(line: string): (EventBase & { readonly event: string }) | undefined {
  if (!line.startsWith('{') || !line.includes('"event"')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { event, runId, time } = value as Record<string, unknown>;
  if (typeof event !== 'string' || typeof runId !== 'string' || typeof time !== 'string') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(time)) return undefined;
  return value as EventBase & { readonly event: string };
}

type FieldKind = 'string' | 'number' | 'boolean' | 'array' | 'string or null';

/** What each event must hold before this version believes it: a foreign program's line may carry one of our names. */
const requiredFields: Readonly<Record<RunEventName, Readonly<Record<string, FieldKind>>>> = {
  'run.started': {
    command: 'string',
    target: 'string',
    database: 'string',
    revisionCount: 'number',
    version: 'string',
  },
  'database.waiting': { attempt: 'number', reason: 'string' },
  'lock.waiting': { waitedMs: 'number' },
  'lock.acquired': { waitedMs: 'number' },
  plan: { direction: 'string', revisions: 'array' },
  'revision.started': { revision: 'string', name: 'string', direction: 'string', index: 'number', count: 'number' },
  'statement.progress': { revision: 'string', statement: 'number', statements: 'number' },
  'lock.blocked': { revision: 'string', statement: 'number', blockers: 'array', attempt: 'number' },
  notice: { revision: 'string', severity: 'string', message: 'string' },
  'revision.applied': { revision: 'string', name: 'string', durationMs: 'number' },
  'revision.reverted': { revision: 'string', name: 'string', durationMs: 'number' },
  'revision.failed': { revision: 'string', name: 'string', file: 'string', message: 'string' },
  message: { level: 'string', text: 'string' },
  'run.finished': {
    outcome: 'string',
    exitCode: 'number',
    applied: 'array',
    reverted: 'array',
    pending: 'array',
    current: 'string or null',
    durationMs: 'number',
  },
};

/** Whether the event is one of this version's union and holds what that needs (a newer runner may send others). */
export function isKnownEvent(event: { readonly event: string }): event is RunEvent {
  if (!Object.hasOwn(requiredFields, event.event)) return false;
  const fields = Object.entries(requiredFields[event.event as RunEventName]);
  return fields.every(([name, kind]) => isOfKind((event as Record<string, unknown>)[name], kind));
}

function isOfKind(value: unknown, kind: FieldKind): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'string or null') return value === null || typeof value === 'string';
  return typeof value === kind;
}
