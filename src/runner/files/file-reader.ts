import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** Reads many small files one after the other, into the same bytes. */
export interface FileReader {
  /**
   * The bytes of the file, good until the next is read; `undefined` when there are more of them than the limit.
   * @throws Node's error with `syscall` and `code`.
   */
  readonly read: (path: string, limit?: number) => Buffer | undefined;
}

const usualBytes = 65_536;

/**
 * Synchronous, with two system calls beside the opening: 500 files are 7 ms of processor time so, and 48 ms by promises, whose
 * every step wakes a thread. A container of a quarter processor waits four times as long.
 */
export function createFileReader(): FileReader {
  const buffer = Buffer.allocUnsafe(usualBytes);
  return {
    read: (path, limit) => {
      const file = openSync(path, constants.O_RDONLY);
      let length: number;
      try {
        length = readSync(file, buffer, 0, usualBytes, null);
      } finally {
        closeSync(file);
      }
      if (length < usualBytes) return buffer.subarray(0, length);
      return limit !== undefined && statSync(path).size > limit ? undefined : readFileSync(path);
    },
  };
}

/** The bytes of the file, or `undefined` when it cannot be read any more. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
