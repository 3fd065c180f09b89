import type { OutputStream } from './output-stream.ts';

/** A log that is printed only when it is needed. */
export interface HeldLog {
  add(stream: OutputStream, text: string): void;
  /** Everything that was kept, in order; and how many of the first lines were too many to keep. */
  release(): {
    readonly texts: readonly { readonly stream: OutputStream; readonly text: string }[];
    readonly dropped: number;
  };
}

/** More than anybody reads after a failure; `launch-migration logs` has the rest. */
const mostCharacters = 4 * 1024 * 1024;

export function createHeldLog(limit: number = mostCharacters): HeldLog {
  let kept: { readonly stream: OutputStream; readonly text: string }[] = [];
  let first = 0;
  let length = 0;
  let droppedBefore = 0;
  return {
    add(stream, text) {
      kept.push({ stream, text });
      length += text.length;
      while (length > limit && first < kept.length - 1) {
        length -= kept[first]?.text.length ?? 0;
        first += 1;
      }
      if (first > 1_000 && first > kept.length / 2)
        [kept, droppedBefore, first] = [kept.slice(first), droppedBefore + first, 0];
    },
    release: () => ({ texts: kept.slice(first), dropped: droppedBefore + first }),
  };
}
