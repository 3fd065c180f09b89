import { GetLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Send } from './send.ts';
import { AwsError } from './aws-error.ts';

export interface LogLine {
  readonly timestampMs: number;
  readonly message: string;
}

/** One page from the head of a stream; the same token as sent means "nothing newer yet", an empty page does not. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly nextToken: string | undefined;
}

export interface LogStreams {
  /** `undefined` while the stream does not exist: it appears with the first line. */
  readPage(group: string, stream: string, token: string | undefined): Promise<LogPage | undefined>;
  /** Whether streams of the group may be read; the stream need not exist. Throws an AwsError when they may not. */
  probe(group: string, stream: string): Promise<'readable' | 'no-group'>;
}

/**
 * Reads with GetLogEvents from the head only. FilterLogEvents is throttled sooner, StartLiveTail samples, and a start time
 * would trust a clock that is not the log's.
 */
export function createLogStreams(client: () => CloudWatchLogsClient, send: Send): LogStreams {
  return {
    async readPage(group, stream, token) {
      const request = {
        logGroupName: group,
        logStreamName: stream,
        startFromHead: true,
        ...(token === undefined ? {} : { nextToken: token }),
      };
      try {
        const answer = await send('logs:GetLogEvents', (abortSignal) =>
          client().send(new GetLogEventsCommand(request), { abortSignal }),
        );
        return {
          lines: (answer.events ?? []).map(({ timestamp, message }) => ({
            timestampMs: timestamp ?? 0,
            message: message ?? '',
          })),
          nextToken: answer.nextForwardToken,
        };
      } catch (error) {
        if (error instanceof AwsError && error.kind === 'missing') return undefined;
        throw error;
      }
    },

    async probe(logGroupName, logStreamName) {
      try {
        await send('logs:GetLogEvents', (abortSignal) =>
          client().send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: 1 }), { abortSignal }),
        );
        return 'readable';
      } catch (error) {
        if (!(error instanceof AwsError) || error.kind !== 'missing') throw error;
        return /log group/i.test(error.reason) ? 'no-group' : 'readable';
      }
    },
  };
}
