import { describe, expect, it } from 'vitest';
import type { LogPage } from '../../../../src/launcher/aws/logs.ts';
import { followLog } from '../../../../src/launcher/log/follow-log.ts';
import { awsError, endMarker, endMarkerAfter, page, scriptedClock } from '../support.ts';

type Answer = LogPage | undefined | Error;

/** Follows a script: the n-th read gets the n-th answer, the last one for ever; the container stops after `stopAfter` reads. */
function follow(script: readonly Answer[], stopAfter = 1, readMs = 0) {
  return followSource((reads) => script[Math.min(reads, script.length) - 1], stopAfter, readMs);
}

/** Follows a stream of a stopped container; the line at each place can be seen from the n-th read on. */
function followStream(lines: readonly (readonly [message: string, fromRead: number])[]) {
  return followSource((reads, token = '-1') => {
    const places = lines.flatMap(([, fromRead], place) => (place > Number(token) && fromRead <= reads ? [place] : []));
    return page(
      places.map((place) => lines[place]?.[0] ?? ''),
      String(places.at(-1) ?? token),
    );
  });
}

async function followSource(answerTo: (reads: number, token: string | undefined) => Answer, stopAfter = 1, readMs = 0) {
  const clock = scriptedClock();
  const stopped = new AbortController();
  const inOrder: string[] = [];
  const late: string[] = [];
  const troubles: string[] = [];
  const tokens: (string | undefined)[] = [];
  const end = await followLog({
    source: {
      readPage: async (token) => {
        tokens.push(token);
        if (readMs > 0) await clock.sleep(readMs);
        if (tokens.length >= stopAfter) stopped.abort();
        const answer = answerTo(tokens.length, token);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    sink: {
      write: async (lines, order) =>
        void (order === 'late' ? late : inOrder).push(...lines.map(({ message }) => message)),
      endMarkerSeen: () => {},
      trouble: (text) => troubles.push(text),
    },
    signals: { stopped: stopped.signal, abandoned: new AbortController().signal },
    clock,
    pace: { pollMs: 1_000, quietMs: 8_000, retryMs: 1 },
  });
  return { end, inOrder, late, troubles, tokens, elapsedMs: clock.now() };
}

describe('followLog', () => {
  it('reads page after page until the token repeats, also over empty pages', async () => {
    const { end, inOrder } = await follow(
      [
        page(['a'], '1'),
        page([], '2'),
        page(['b', endMarker], '3'),
        page([], '3'),
        page([], '3'),
        page(['a', 'b', endMarker], '9'),
        page([], '9'),
      ],
      4,
    );
    expect(inOrder).toEqual(['a', 'b', endMarker]);
    expect(end).toBe('uncounted');
  });

  it('waits for a stream that is not there yet', async () => {
    const { inOrder, end } = await follow([undefined, undefined, page([endMarker], '1'), page([], '1')], 3);
    expect(inOrder).toEqual([endMarker]);
    expect(end).toBe('uncounted');
  });

  it('goes on after the container has stopped, and ends at once at the end marker', async () => {
    const { inOrder, end, elapsedMs } = await followStream([
      ['a', 1],
      ['b', 4],
      [endMarker, 4],
    ]);
    expect(inOrder).toEqual(['a', 'b', endMarker]);
    expect(end).toBe('uncounted');
    expect(elapsedMs).toBeLessThan(2_000);
  });

  it('without an end marker ends when the log was quiet for 8 s', async () => {
    const { end, elapsedMs } = await followStream([['a', 1]]);
    expect(end).toBe('quiet');
    expect(elapsedMs).toBeGreaterThanOrEqual(8_000);
    expect(elapsedMs).toBeLessThan(10_000);
  });

  it('gives a log up that never gets quiet, after three minutes', async () => {
    const restless = Array.from({ length: 4_000 }, (_, index) =>
      page(index % 2 === 0 ? [`tick ${index}`] : [], String(index - (index % 2))),
    );
    const { end, elapsedMs } = await follow(restless);
    expect(end).toBe('gave-up');
    expect(elapsedMs).toBeGreaterThan(175_000);
    expect(elapsedMs).toBeLessThan(190_000);
  });

  it('gives a log up that cannot be read any more, after 45 s', async () => {
    const { end, elapsedMs } = await follow([page(['a'], '1'), awsError('throttled')]);
    expect(end).toBe('gave-up');
    expect(elapsedMs).toBeGreaterThanOrEqual(45_000);
  });

  it('takes a few slow looks without news for no quiet', async () => {
    const { end, tokens } = await follow([page(['a'], '1'), page([], '1')], 1, 3_000);
    expect(end).toBe('quiet');
    expect(tokens.length).toBeGreaterThanOrEqual(7);
  });

  it('does not believe a second reading that ends before what was shown already', async () => {
    const { end, late } = await followSource((reads, token) => {
      // Quiet after the first line; the second reading stalls at once, and only the third finds the late line.
      if (token !== undefined) return page([], token);
      if (reads === 1) return page(['a'], '1');
      return reads < 20 ? page([], 'head') : page(['a', 'b'], '2');
    });
    expect(end).toBe('quiet');
    expect(late).toEqual(['b']);
  });

  it('prints lines that were stored behind its position, once, as late', async () => {
    const { inOrder, late } = await follow(
      [
        page(['ok', endMarker], '1'),
        page([], '1'),
        page([], '1'),
        page(['early', 'ok', 'ok', endMarker], '9'),
        page([], '9'),
      ],
      2,
    );
    expect(inOrder).toEqual(['ok', endMarker]);
    expect(late).toEqual(['early', 'ok']);
  });

  it('is slowed down by throttling and broken connections, not ended', async () => {
    const { inOrder, end, troubles } = await follow(
      [awsError('throttled'), awsError('unavailable'), new Error('garbage'), page([endMarker], '1'), page([], '1')],
      4,
    );
    expect(inOrder).toEqual([endMarker]);
    expect(end).toBe('uncounted');
    expect(troubles).toHaveLength(1);
  });

  it('begins again without repeating a line when its token has expired', async () => {
    const { inOrder, tokens } = await follow(
      [page(['a'], '1'), page([], '1'), awsError('rejected'), page(['a', endMarker], '7'), page([], '7')],
      4,
    );
    expect(inOrder).toEqual(['a', endMarker]);
    expect(tokens[3]).toBeUndefined();
  });

  it('says once that it may not read, and leaves the verdict to the exit code', async () => {
    const { end, troubles } = await follow([awsError('denied')]);
    expect(end).toBe('unreadable');
    expect(troubles).toEqual([expect.stringContaining('only the exit code will tell')]);
  });

  it('does not run for ever after ever new tokens of empty pages', async () => {
    const endless = Array.from({ length: 2_000 }, (_, index) => page([], String(index)));
    const { end } = await follow(endless);
    expect(end).toBe('quiet');
  });
});

describe('followLog with an end marker that counts the lines', () => {
  it('ends without a second reading when all are there', async () => {
    const { end, tokens, elapsedMs } = await followStream([
      ['a', 1],
      [endMarkerAfter(1), 1],
    ]);
    expect(end).toBe('end-marker');
    expect(tokens.filter((token) => token === undefined)).toHaveLength(1);
    expect(elapsedMs).toBeLessThanOrEqual(1_000);
  });

  it('goes on reading while some are missing, and shows them as late', async () => {
    const { end, inOrder, late } = await followStream([
      ['a', 1],
      ['b', 7],
      [endMarkerAfter(2), 1],
    ]);
    expect(end).toBe('end-marker');
    expect(inOrder).toEqual(['a', endMarkerAfter(2)]);
    expect(late).toEqual(['b']);
  });

  it('says how many never came, when it has waited for them', async () => {
    const { end, troubles, elapsedMs, inOrder, late } = await followStream([
      ['a', 1],
      [endMarkerAfter(4), 1],
    ]);
    expect(end).toBe('incomplete');
    expect(troubles).toEqual(['Of the lines that the container printed, 3 never came.']);
    expect([...inOrder, ...late]).toHaveLength(2);
    expect(elapsedMs).toBeGreaterThanOrEqual(8_000);
    expect(elapsedMs).toBeLessThan(12_000);
  });

  it('does not call a log complete that something else wrote to as well', async () => {
    const { end } = await followStream([
      ['a', 1],
      ['stray', 1],
      [endMarkerAfter(1), 1],
    ]);
    expect(end).toBe('uncounted');
  });
});
