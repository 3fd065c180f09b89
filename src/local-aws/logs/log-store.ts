import { AwsError } from '../aws-error.ts';
import type { Region } from '../region.ts';

export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly streams: Map<string, LogStream>;
}

export interface LogStream {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** By id, which is by timestamp and then by arrival. */
  readonly events: LogEvent[];
}

/** A line in CloudWatch. Times in milliseconds since the epoch, as in CloudWatch's own API. */
export interface LogEvent {
  /** 56 digits that sort by timestamp and then by arrival, like the event ids that AWS gives. */
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
}

export type NewLogEvent = Pick<LogEvent, 'timestamp' | 'message'>;

type LogRegion = Pick<Region, 'name' | 'accountId' | 'logGroups' | 'now'>;

/** @throws AwsError ResourceAlreadyExistsException. */
export function createLogGroup(region: LogRegion, name: string): LogGroup {
  if (region.logGroups.has(name))
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
  const arn = `arn:aws:logs:${region.name}:${region.accountId}:log-group:${name}`;
  const group: LogGroup = { name, arn, createdAt: region.now(), streams: new Map() };
  region.logGroups.set(name, group);
  return group;
}

/** @throws AwsError ResourceAlreadyExistsException. */
export function createLogStream(region: LogRegion, group: LogGroup, name: string): LogStream {
  if (group.streams.has(name))
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
  const arn = `${group.arn}:log-stream:${name}`;
  const stream: LogStream = { name, arn, createdAt: region.now(), events: [] };
  group.streams.set(name, stream);
  return stream;
}

/** What a call names its log group by: exactly one of the two. */
export interface LogGroupReference {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

/** The group by name, or by identifier (a name or an ARN). @throws AwsError ResourceNotFoundException, or InvalidParameterException for none or both. */
export function findLogGroup(region: LogRegion, { logGroupName, logGroupIdentifier }: LogGroupReference): LogGroup {
  const reference = logGroupName ?? logGroupIdentifier;
  if (reference === undefined || (logGroupName !== undefined && logGroupIdentifier !== undefined))
    throw new AwsError(
      'InvalidParameterException',
      'Exactly one of logGroupName and logGroupIdentifier must be specified.',
    );
  const name = reference.startsWith('arn:') ? reference.split(':log-group:')[1]?.replace(/:\*$/, '') : reference;
  const group = region.logGroups.get(name ?? '');
  if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
}

/** @throws AwsError ResourceNotFoundException. */
export function findLogStream(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (!stream) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  return stream;
}

let arrivals = 0n;

/** Stores events. One that is older than what is there already goes in front of it, behind the reader's token: so does AWS. */
export function appendLogEvents(stream: LogStream, newEvents: readonly NewLogEvent[], now: number): void {
  for (const { timestamp, message } of newEvents) {
    arrivals += 1n;
    const id = ((BigInt(Math.round(timestamp)) << 144n) + arrivals).toString().padStart(56, '0');
    const event: LogEvent = { id, timestamp, message, ingestionTime: now };
    const last = stream.events.at(-1);
    if (last === undefined || last.id < id) stream.events.push(event);
    else stream.events.splice(firstAfter(stream.events, id), 0, event);
  }
}

/** Index of the first event behind the id. */
export function firstAfter(events: readonly LogEvent[], id: string): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.id ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A page holds at most 1 MB: each message in UTF-8 and 26 bytes beside it, the way PutLogEvents counts. */
const pageBytes = 1_048_576;

/** How many of these events, in this order, fit on one page (at least one, so that a reader gets on). */
export function fittingCount(events: Iterable<Pick<LogEvent, 'message'>>, limit: number): number {
  let count = 0;
  let bytes = 0;
  for (const { message } of events) {
    bytes += Buffer.byteLength(message) + 26;
    if (count >= limit || (count > 0 && bytes > pageBytes)) break;
    count += 1;
  }
  return count;
}
