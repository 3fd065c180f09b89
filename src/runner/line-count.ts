/** A stream of this process, as far as it is counted. */
interface CountableStream {
  write: NodeJS.WriteStream['write'];
}

/** What has gone through a stream. */
export interface LineCount {
  /** Lines that are not empty, as a log driver tells them apart; one that has no end yet is a line too. */
  lines(): number;
  /** Something stands on a line that has no end yet: what is written next would be glued to it. */
  isWithinLine(): boolean;
}

const newline = 0x0a;

/**
 * Counts the lines of a stream from now on, whoever in this process writes them: we, or a script revision. What a child
 * process writes, or somebody who writes to the descriptor itself, passes by.
 */
export function countLines(stream: CountableStream): LineCount {
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
  let ended = 0;
  let lineLength = 0;
  const see = (chunk: unknown): void => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
    let from = 0;
    for (;;) {
      const end = typeof chunk === 'string' ? chunk.indexOf('\n', from) : chunk.indexOf(newline, from);
      lineLength += (end < 0 ? chunk.length : end) - from;
      if (end < 0) return;
      if (lineLength > 0) ended += 1;
      lineLength = 0;
      from = end + 1;
    }
  };
  stream.write = (...args: readonly unknown[]) => {
    see(args[0]);
    return write(...args);
  };
  return { lines: () => ended + (lineLength > 0 ? 1 : 0), isWithinLine: () => lineLength > 0 };
}
