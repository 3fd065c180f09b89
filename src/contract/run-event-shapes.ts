import * as z from 'zod/mini';

import type { RunEvent, RunEventName } from './run-events.ts';

/**
 * The fields of every run event and what they mean, for docs/json.md and for the test that reads what the built program
 * writes. The last lines make the compiler hold them against {@link RunEvent}.
 */
const described = <Schema extends z.ZodMiniType>(schema: Schema, meaning: string): Schema =>
  schema.check(z.describe(meaning));
const text = (meaning: string): z.ZodMiniString => described(z.string(), meaning);
const count = (meaning: string): z.ZodMiniNumber => described(z.number(), meaning);
const maybe = <Schema extends z.ZodMiniType>(schema: Schema, meaning: string): z.ZodMiniOptional<Schema> =>
  described(z.optional(schema), meaning);
const names = (meaning: string): z.ZodMiniReadonly<z.ZodMiniArray<z.ZodMiniString>> =>
  described(z.readonly(z.array(z.string())), meaning);

const direction = described(z.enum(['up', 'down']), 'applying or reverting');
const revision = text('id of the revision');
const name = text('its name: the file name without the extension');
const ended = { revision, name, durationMs: count('how long it took') };

export const eventFields = {
  'run.started': {
    command: text('`upgrade`, `downgrade`, `stamp` or `adopt`'),
    target: text('as it was asked for'),
    database: text('`name at host:port`'),
    revisionCount: count('how many files there are'),
    version: text('of the program'),
  },
  'database.waiting': { attempt: count('1 for the first'), reason: text('why the database cannot be used yet') },
  'lock.waiting': {
    holder: maybe(z.string(), 'who holds the lock, as far as can be told'),
    waitedMs: count('so far'),
  },
  'lock.acquired': { waitedMs: count('in all') },
  plan: { direction, revisions: names('names, in the order in which they will run') },
  'revision.started': {
    revision,
    name,
    direction,
    index: count('1 for the first of this run'),
    count: count('how many this run has'),
    transactional: described(z.boolean(), 'false: statement by statement, with the journal'),
  },
  'statement.progress': {
    revision,
    statement: count('1 for the first of the revision'),
    statements: count('how many it has'),
    phase: maybe(z.string(), 'as PostgreSQL names it'),
    done: maybe(z.number(), 'of `total`'),
    total: maybe(z.number(), 'rows, blocks or bytes'),
    totalFrom: maybe(z.enum(['count', 'estimate']), 'of a backfill: how `total` is known'),
    leftMs: maybe(z.number(), 'of a backfill: how long the rest will take at this pace'),
  },
  'lock.blocked': {
    revision,
    statement: count('1 for the first of the revision'),
    blockers: described(
      z.readonly(
        z.array(
          z.object({
            pid: count('process id of the backend'),
            application: text('its application_name'),
            query: text('its query, on one line and cut'),
            ageMs: count('of its transaction'),
          }),
        ),
      ),
      'who stands in the way',
    ),
    attempt: count('1 for the first'),
    retryInMs: maybe(z.number(), 'when the next try comes'),
  },
  notice: {
    revision,
    severity: text('`NOTICE`, `WARNING`, …'),
    message: text('what the server says'),
    statement: maybe(z.number(), 'which statement brought it, 1 for the first'),
    line: maybe(z.number(), 'the line at which that begins'),
  },
  'revision.applied': ended,
  'revision.reverted': ended,
  'revision.failed': {
    revision,
    name,
    file: text('path'),
    line: maybe(z.number(), '1 for the first'),
    column: maybe(z.number(), '1 for the first'),
    sqlState: maybe(z.string(), 'https://www.postgresql.org/docs/current/errcodes-appendix.html'),
    message: text('what went wrong'),
    detail: maybe(z.string(), 'as the server gives it'),
    hint: maybe(z.string(), 'what to do about it'),
    excerpt: maybe(z.string(), 'the line with a caret below the place'),
    state: maybe(z.string(), 'what holds now: rolled back, or what stays'),
  },
  message: {
    level: described(z.enum(['info', 'warning', 'error']), 'how bad'),
    text: text('for people'),
    code: maybe(z.string(), 'of an error: the stable name of the problem'),
  },
  'run.finished': {
    outcome: described(z.enum(['succeeded', 'failed', 'interrupted']), 'how it ended'),
    exitCode: count('exit code of the program'),
    applied: names('names of the revisions that this run applied, in order'),
    reverted: names('names of those that it reverted, in order'),
    pending: names('names of those that are pending now'),
    current: described(z.nullable(z.string()), 'name of the newest applied one; null at base'),
    recordRead: maybe(z.boolean(), 'false: the record was not read, so `pending` and `current` say nothing'),
    planHash: maybe(z.string(), 'of `plan`: what `upgrade --plan-hash` takes'),
    durationMs: count('of the whole run'),
    printed: maybe(
      z.object({
        lines: count('on stdout and stderr together, without empty ones'),
        events: count('how many of them are events'),
      }),
      'what the run has printed, this event included; in a container only',
    ),
  },
} as const satisfies Record<RunEventName, z.core.$ZodLooseShape>;

/** What every event has. */
export const commonFields = {
  time: text('ISO 8601, UTC'),
  event: text('which event'),
  runId: text('the same in all events of a run, and in the record'),
};

/** The schema of one event, complete and without anything else. */
export function eventSchema(event: RunEventName): z.ZodMiniType {
  return z.strictObject({ ...commonFields, ...eventFields[event] });
}

type Documented<Name extends RunEventName> = z.infer<z.ZodMiniObject<(typeof eventFields)[Name]>>;
/** Two names share one member of the union, so `Extract` would find neither. */
type Written<Name, Event = RunEvent> = Event extends { readonly event: infer Names }
  ? Name extends Names
    ? Omit<Event, 'event' | 'time' | 'runId'>
    : never
  : never;
type Loose<Fields> = { [Field in keyof Fields]: Fields[Field] | undefined };
type Agrees<Name extends RunEventName> = [Documented<Name>, Written<Name>] extends [
  Loose<Written<Name>>,
  Loose<Documented<Name>>,
]
  ? [keyof Documented<Name>, keyof Written<Name>] extends [keyof Written<Name>, keyof Documented<Name>]
    ? true
    : `${Name} is documented otherwise than it is written`
  : `${Name} is documented otherwise than it is written`;
type Agreement = { [Name in RunEventName]: Agrees<Name> }[RunEventName];
/** Compiles only while each is assignable to the other. */
export const eventsAreDocumented: [Agreement] extends [true] ? true : Exclude<Agreement, true> = true;
