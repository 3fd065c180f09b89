import type { RunEvent } from '../../contract/run-events.ts';

/**
 * A run that has begun: a promise of its result, and its events beside it.
 * Read as many or as few of the events as you like, they never hold the run up: who begins to read in the same turn as the
 * run was started misses none, who begins later gets what comes from then on, and nobody's unread events are kept.
 */
export interface Run<Result> extends Promise<Result> {
  /**
   * What happens, ending with `run.finished`. A run that fails makes the loop throw its error after the last event, so that a
   * failure is seen by who reads the events only. Leaving the loop early does not stop the run; its `signal` does.
   */
  readonly events: AsyncIterable<RunEvent>;
}

/** Starts the work in the next microtask. */
export function startRun<Result>(work: (tell: (event: RunEvent) => void) => Promise<Result>): Run<Result> {
  const readers = new Set<EventReader>();
  const result = Promise.resolve()
    .then(() => work((event) => readers.forEach((reader) => reader.put(event))))
    .finally(() => {
      for (const reader of readers) reader.end();
      readers.clear();
    });
  const events = async function* read(): AsyncGenerator<RunEvent, void, undefined> {
    const reader = createEventReader();
    readers.add(reader);
    // Its failure is thrown here as well, below: who reads the events has seen it.
    const outcome = result.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    void outcome.then(reader.end);
    try {
      yield* reader.events();
    } finally {
      readers.delete(reader);
    }
    const failure = await outcome;
    if (failure) throw failure.error;
  };
  return Object.assign(result, { events: { [Symbol.asyncIterator]: events } });
}

interface EventReader {
  readonly put: (event: RunEvent) => void;
  readonly end: () => void;
  readonly events: () => AsyncGenerator<RunEvent, void, undefined>;
}

/** A queue between one reader and the run. */
function createEventReader(): EventReader {
  const queue: RunEvent[] = [];
  let hasEnded = false;
  let wake = (): void => undefined;
  return {
    put: (event) => {
      queue.push(event);
      wake();
    },
    end: () => {
      hasEnded = true;
      wake();
    },
    events: async function* events() {
      for (;;) {
        for (let event = queue.shift(); event; event = queue.shift()) yield event;
        if (hasEnded) return;
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    },
  };
}
