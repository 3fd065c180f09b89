import {
  CreateLogStreamCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  type GetLogEventsCommandInput,
  type GetLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';

import { idOf, pause, startTestAws, withCommand, type TestAws, type TestAwsOptions } from './test-aws.ts';

type Read = (parameters?: Partial<GetLogEventsCommandInput>) => Promise<GetLogEventsCommandOutput>;

/** A stream of its own, written through PutLogEvents. */
async function startStream(options?: TestAwsOptions): Promise<
  TestAws & {
    put: (...messages: string[]) => Promise<void>;
    putAt: (at: number, message: string) => Promise<void>;
    read: Read;
  }
> {
  const test = await startTestAws(options);
  const place = { logGroupName: test.names.logGroup, logStreamName: 'mine' };
  await test.logs.send(new CreateLogStreamCommand(place));
  const putAll = async (logEvents: { timestamp: number; message: string }[]): Promise<void> => {
    await test.logs.send(new PutLogEventsCommand({ ...place, logEvents }));
  };
  return {
    ...test,
    put: (...messages) => putAll(messages.map((message) => ({ timestamp: Date.now(), message }))),
    putAt: (timestamp, message) => putAll([{ timestamp, message }]),
    read: (parameters = {}) => test.logs.send(new GetLogEventsCommand({ ...place, ...parameters })),
  };
}

function messagesOf({ events = [] }: GetLogEventsCommandOutput): (string | undefined)[] {
  return events.map(({ message }) => message);
}

test('25,000 lines of a task are read in three pages, none lost, none twice, and then the same token comes back', async () => {
  const script = 'for (let line = 0; line < Number(args[0]); line += 1) console.log("line " + line);';
  const { run, until, logs, names } = await startTestAws({ script, logDelayMs: 20 });
  const task = await run(withCommand('25000'));
  await until(task, 'STOPPED');
  await pause(100);
  const place = { logGroupName: names.logGroup, logStreamName: `migration/MigrationContainer/${idOf(task)}` };
  const pages: number[] = [];
  const lines: (string | undefined)[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const page = await logs.send(new GetLogEventsCommand({ ...place, startFromHead: true, nextToken }));
    pages.push(page.events?.length ?? 0);
    lines.push(...messagesOf(page));
    if (page.nextForwardToken === nextToken) break;
    nextToken = page.nextForwardToken;
  }
  expect(pages).toStrictEqual([10_000, 10_000, 5_000, 0]);
  expect(lines).toStrictEqual(Array.from({ length: 25_000 }, (_, index) => `line ${index}`));
});

test('without startFromHead the newest page comes, and the backward token leads to the older ones', async () => {
  const { put, read } = await startStream();
  await put('1', '2', '3', '4', '5');
  const newest = await read({ limit: 2 });
  expect(messagesOf(newest)).toStrictEqual(['4', '5']);
  const older = await read({ limit: 2, nextToken: newest.nextBackwardToken });
  expect(messagesOf(older)).toStrictEqual(['2', '3']);
  const oldest = await read({ limit: 2, nextToken: older.nextBackwardToken });
  expect(messagesOf(oldest)).toStrictEqual(['1']);
  const beyond = await read({ limit: 2, nextToken: oldest.nextBackwardToken });
  expect(beyond).toMatchObject({ events: [], nextBackwardToken: oldest.nextBackwardToken });
  const forward = await read({ limit: 2, nextToken: oldest.nextForwardToken, startFromHead: true });
  expect(messagesOf(forward)).toStrictEqual(['2', '3']);
});

test('an empty stream gives tokens too, and the forward one finds what comes later', async () => {
  const { put, read } = await startStream();
  const empty = await read({ startFromHead: true });
  expect(empty.events).toStrictEqual([]);
  expect(empty.nextForwardToken).toMatch(/^f\/\d{56}\/s$/);
  expect(empty.nextBackwardToken).toMatch(/^b\/\d{56}\/s$/);
  await put('late');
  const later = await read({ startFromHead: true, nextToken: empty.nextForwardToken });
  expect(messagesOf(later)).toStrictEqual(['late']);
  expect(later.events?.[0]).toMatchObject({ timestamp: expect.any(Number), ingestionTime: expect.any(Number) });
});

test('an event with an older timestamp that arrives late is behind the forward token, and in a read from the head', async () => {
  const { putAt, read } = await startStream();
  const now = Date.now();
  await putAt(now - 1_000, 'first');
  const before = await read({ startFromHead: true });
  await putAt(now - 2_000, 'late');
  await expect(read({ startFromHead: true, nextToken: before.nextForwardToken })).resolves.toMatchObject({
    events: [],
  });
  expect(messagesOf(await read({ startFromHead: true }))).toStrictEqual(['late', 'first']);
});

test('a page ends at 1 MB', async () => {
  const { put, read } = await startStream();
  for (let call = 0; call < 3; call += 1) await put('x'.repeat(500_000), 'y'.repeat(20_000));
  const page = await read({ startFromHead: true });
  expect(messagesOf(page).map((message) => message?.length)).toStrictEqual([500_000, 20_000, 500_000, 20_000]);
});

test('startTime counts itself, endTime does not', async () => {
  const { putAt, read } = await startStream();
  const now = Date.now();
  for (const ago of [300, 200, 100]) await putAt(now - ago, String(ago));
  const page = await read({ startFromHead: true, startTime: now - 200, endTime: now - 100 });
  expect(messagesOf(page)).toStrictEqual(['200']);
});

test('the page size can be made small for a test', async () => {
  const { put, read } = await startStream({ logPageSize: 2 });
  await put('1', '2', '3');
  expect(messagesOf(await read({ startFromHead: true }))).toStrictEqual(['1', '2']);
});

test('missing groups and streams, and tokens that nobody gave, are refused in CloudWatch’s words', async () => {
  const { read } = await startStream();
  await expect(read({ logGroupName: 'nope' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  });
  await expect(read({ logStreamName: 'nope' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
  await expect(read({ nextToken: 'f/1/s' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'The specified nextToken is invalid.',
  });
  await expect(read({ limit: 10_001 })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(read({ logGroupName: undefined })).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('lines show only after the delay, while the stream is there from the container’s start', async () => {
  const { run, until, logs, names } = await startTestAws({ script: 'console.log("x")', logDelayMs: 700 });
  const task = await run();
  await until(task, 'STOPPED');
  const place = { logGroupName: names.logGroup, logStreamName: `migration/MigrationContainer/${idOf(task)}` };
  const early = await logs.send(new GetLogEventsCommand({ ...place, startFromHead: true }));
  expect(early.events).toStrictEqual([]);
  await pause(800);
  const late = await logs.send(
    new GetLogEventsCommand({ ...place, startFromHead: true, nextToken: early.nextForwardToken }),
  );
  expect(messagesOf(late)).toStrictEqual(['x']);
});
