/** Hears of a script that it is alive; see {@link watchSilence}. */
export interface SilenceWatch {
  /** Rejects when neither a query was at work nor a word was heard for the whole limit. */
  readonly rejection: Promise<never>;
  readonly heard: () => void;
  /** Silent until this is answered, but not stuck: the server has timeouts of its own for that. */
  readonly waitFor: (answer: Promise<unknown>) => void;
  readonly release: () => void;
}

/** Watches over a script that may be stuck, e.g. in a promise that nobody settles. A limit of 0 ms is none. */
export function watchSilence(limitMs: number, words: string): SilenceWatch {
  let reject: (error: Error) => void = () => undefined;
  const rejection = new Promise<never>((_, fail) => {
    reject = fail;
  });
  // Nobody may be listening any more when it rejects.
  rejection.catch(() => undefined);
  let atWork = 0;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    if (limitMs > 0 && !isOver) timer = setTimeout(giveUp, limitMs);
  };
  const giveUp = (): void => {
    if (atWork > 0) heard();
    else reject(new Error(words));
  };
  const waitFor = (answer: Promise<unknown>): void => {
    atWork += 1;
    const answered = (): void => {
      atWork -= 1;
      heard();
    };
    answer.then(answered, answered);
  };
  heard();
  return {
    rejection,
    heard,
    waitFor,
    release: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
