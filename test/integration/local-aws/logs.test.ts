import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';

import { startTestAws, type TestAws } from './test-aws.ts';

const logGroupName = '/test/group';
const start = Date.now() - 60_000;

/** Two streams, `a/1` with the even and `b/1` with the odd numbers, a second apart. */
async function startGroup(): Promise<
  TestAws & { filter: (parameters?: Partial<FilterLogEventsCommandInput>) => Promise<string[]> }
> {
  const test = await startTestAws();
  await test.logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const [stream, numbers] of Object.entries({ 'a/1': [0, 2, 4], 'b/1': [1, 3, 5] })) {
    await test.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: stream }));
    const logEvents = numbers.map((number) => ({ timestamp: start + number * 1_000, message: `line ${number}` }));
    await test.logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: stream, logEvents }));
  }
  const filter = async (parameters: Partial<FilterLogEventsCommandInput> = {}): Promise<string[]> => {
    const { events = [] } = await test.logs.send(new FilterLogEventsCommand({ logGroupName, ...parameters }));
    return events.map(({ message }) => message?.replace('line ', '') ?? '');
  };
  return { ...test, filter };
}

test('FilterLogEvents interleaves the streams by time, with event ids of their own', async () => {
  const { logs, filter } = await startGroup();
  await expect(filter()).resolves.toStrictEqual(['0', '1', '2', '3', '4', '5']);
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(6);
  expect(events[1]).toMatchObject({
    logStreamName: 'b/1',
    timestamp: start + 1_000,
    ingestionTime: expect.any(Number),
  });
});

test('FilterLogEvents takes streams by name and by prefix, times at both ends, and terms', async () => {
  const { filter } = await startGroup();
  await expect(filter({ logStreamNames: ['b/1'] })).resolves.toStrictEqual(['1', '3', '5']);
  await expect(filter({ logStreamNamePrefix: 'a/' })).resolves.toStrictEqual(['0', '2', '4']);
  await expect(filter({ startTime: start + 2_000, endTime: start + 4_000 })).resolves.toStrictEqual(['2', '3', '4']);
  await expect(filter({ filterPattern: '"line 4"' })).resolves.toStrictEqual(['4']);
  await expect(filter({ logStreamNames: ['a/1'], logStreamNamePrefix: 'a' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(filter({ logStreamNames: ['nope'] })).rejects.toThrow('The specified log stream does not exist.');
  await expect(filter({ filterPattern: '{ $.event = "x" }' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

test('FilterLogEvents pages until no token comes back', async () => {
  const { logs } = await startGroup();
  const pages: number[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(new FilterLogEventsCommand({ logGroupName, limit: 4, nextToken }));
    pages.push(page.events?.length ?? 0);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(pages).toStrictEqual([4, 2]);
  await expect(logs.send(new FilterLogEventsCommand({ logGroupName, nextToken: 'made-up' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

test('groups and streams can be listed, and made only once', async () => {
  const { logs, names } = await startGroup();
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/ecs/production' }));
  expect(logGroups).toMatchObject([{ logGroupName: names.logGroup, arn: expect.stringMatching(/:\*$/) }]);
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true }),
  );
  expect(logStreams).toMatchObject([
    { logStreamName: 'b/1', firstEventTimestamp: start + 1_000, lastEventTimestamp: start + 5_000 },
    { logStreamName: 'a/1' },
  ]);
  await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
  });
  await expect(logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'a/1' }))).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
  });
});

test('PutLogEvents refuses a wrong order, and says which events are too old', async () => {
  const { logs } = await startGroup();
  const put = (...timestamps: number[]): Promise<unknown> =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName: 'a/1',
        logEvents: timestamps.map((timestamp) => ({ timestamp, message: 'x' })),
      }),
    );
  await expect(put(start + 1, start)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(put(start - 20 * 86_400_000, start)).resolves.toMatchObject({
    rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 },
  });
});
