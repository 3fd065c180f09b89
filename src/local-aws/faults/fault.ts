/** What goes wrong, how often and for how long; made of a sentence by parse-fault.ts. */
export interface Fault {
  readonly kind: FaultKind;
  /** As it was written, for people. */
  readonly sentence: string;
  /** `GetLogEvents`, `logs:*` or `*`; only with faults of calls. */
  readonly operation?: string;
  /** A time, a number or a text, by what the kind takes. */
  readonly ms?: number;
  readonly count?: number;
  readonly text?: string;
  readonly phase?: string;
  /** From 0 to 1. */
  readonly chance: number;
  /** How many occasions pass unharmed first. */
  readonly after: number;
  /** How often it strikes at most. */
  readonly times: number;
  /** How long after it was set it may strike. */
  readonly forMs: number;
}

/** What a word of a sentence stands for; a `?` marks one that may be left out. */
export type Ingredient = 'operation' | 'duration' | 'duration?' | 'count' | 'type' | 'reason' | 'phase';

interface KindDescription {
  readonly takes: readonly Ingredient[];
  readonly does: string;
}

/** Every kind of fault: what its sentence holds and what it does. */
export const faultKinds = {
  throttle: { takes: ['operation'], does: 'refuses the call with ThrottlingException' },
  fail: { takes: ['operation'], does: 'answers 503 ServiceUnavailable; nothing was done' },
  refuse: { takes: ['operation', 'type'], does: 'refuses the call with that exception' },
  deny: { takes: ['operation'], does: 'refuses the call with AccessDeniedException' },
  expire: { takes: ['operation'], does: 'refuses the call with ExpiredTokenException' },
  delay: { takes: ['operation', 'duration'], does: 'does the call that much later' },
  reset: { takes: ['operation'], does: 'cuts the connection; nothing was done' },
  lose: { takes: ['operation'], does: 'does the call, then cuts the connection instead of answering' },
  truncate: { takes: ['operation'], does: 'does the call, then cuts the connection in the middle of the answer' },
  'hide-tasks': { takes: ['duration?'], does: 'DescribeTasks and ListTasks do not know tasks (younger than that)' },
  'hide-logs': { takes: ['duration?'], does: 'GetLogEvents does not know streams (younger than that)' },
  'small-pages': { takes: ['count'], does: 'GetLogEvents gives at most that many events' },
  'empty-pages': { takes: [], does: 'GetLogEvents gives no events and a new token that stands at the same place' },
  'stalled-pages': { takes: [], does: 'GetLogEvents gives no events and the token that it was sent' },
  capacity: { takes: [], does: 'RunTask starts nothing and answers 200 with failures: no capacity' },
  phantom: { takes: [], does: 'RunTask starts the task and answers as if it had failed' },
  'injected-sidecar': {
    takes: [],
    does: 'the task has a GuardDuty container, listed first, whose image cannot be pulled',
  },
  'cannot-start': { takes: ['reason'], does: 'the task stops before its containers start, with that reason' },
  slow: { takes: ['phase', 'duration'], does: 'the task stays in that phase so much longer' },
  'out-of-memory': { takes: ['duration?'], does: 'the first container is killed (137) that long after its start' },
  spot: { takes: ['duration?'], does: 'Fargate Spot takes the task back that long after its start' },
  'user-stop': { takes: ['duration?'], does: 'somebody stops the task that long after its start' },
  'late-exit-code': { takes: ['duration'], does: 'exit codes show that long after the containers have stopped' },
  'no-exit-code': { takes: [], does: 'exit codes never show' },
  'late-lines': { takes: ['duration'], does: 'a log line shows that much later, before what was read already' },
  'lost-lines': { takes: [], does: 'the log driver drops a line' },
} as const satisfies Readonly<Record<string, KindDescription>>;

export type FaultKind = keyof typeof faultKinds;

/** The phases in which a task can be slow. */
export const phases = ['PROVISIONING', 'PENDING', 'ACTIVATING', 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING'] as const;

/** The table of kinds, for --help and for messages. */
export function describeKinds(): string {
  const rows = Object.entries(faultKinds).map(([kind, { takes, does }]) => {
    const words = [kind, ...takes.map(placeholder)].join(' ');
    return `  ${words.padEnd(30)} ${does}`;
  });
  return rows.join('\n');
}

function placeholder(ingredient: Ingredient): string {
  switch (ingredient) {
    case 'operation':
      return 'OPERATION';
    case 'duration':
      return 'TIME';
    case 'duration?':
      return '[TIME]';
    case 'count':
      return 'N';
    case 'type':
      return 'EXCEPTION';
    case 'reason':
      return '"REASON"';
    case 'phase':
      return 'PHASE';
  }
}
