/** A stream of the process, as far as the launcher writes to it. */
export interface WritableStream {
  write(text: string, callback?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'drain' | 'close', listener: () => void): unknown;
}

/** A stream whose reader may leave (`| head`): then nothing is printed any more, and the launch goes on. */
export interface OutputStream {
  write(text: string): void;
  /** Resolves when the stream takes more, or when nobody reads it. */
  ready(): Promise<void>;
  /** Resolves when everything written has left, or when nobody reads it. */
  flushed(): Promise<void>;
}

export function createOutputStream(stream: WritableStream): OutputStream {
  let gone = false;
  let full = false;
  let wake: (() => void)[] = [];
  const proceed = (): void => {
    full = false;
    for (const resolve of wake) resolve();
    wake = [];
  };
  stream.on('error', () => {
    gone = true;
    proceed();
  });
  stream.once('close', () => {
    gone = true;
    proceed();
  });
  return {
    write(text) {
      if (gone) return;
      const takesMore = stream.write(text);
      if (takesMore || full) return;
      full = true;
      stream.once('drain', proceed);
    },
    async ready() {
      if (full && !gone) await new Promise<void>((resolve) => wake.push(resolve));
    },
    async flushed() {
      if (gone) return;
      await new Promise<void>((resolve) => {
        wake.push(resolve);
        stream.write('', () => resolve());
      });
    },
  };
}
