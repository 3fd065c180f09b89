import { hash } from 'node:crypto';
import type { LogLine } from '../aws/logs.ts';

/** Remembers which lines of a stream were shown, so that reading it again shows only what came late. */
export interface LogLedger {
  /** Begins another reading from the head. */
  startPass(): void;
  /** Whether this line, in this reading, is one that no earlier reading had; counts it as shown. */
  isNew(line: LogLine): boolean;
  /** Whether this reading has met every line that an earlier one had: before that it has not come to the end. */
  passIsWhole(): boolean;
}

/**
 * A ledger by multiplicity: GetLogEvents gives no event ids and equal lines are legal, so the third "ok" of a millisecond
 * is new when only two were shown. It keeps a number per distinct line, not the lines.
 */
export function createLogLedger(): LogLedger {
  const shown = new Map<number, number>();
  let pass: Map<number, number> | undefined;
  let shownCount = 0;
  let metAgain = 0;
  let toMeetAgain = 0;
  return {
    startPass() {
      pass = new Map();
      metAgain = 0;
      toMeetAgain = shownCount;
    },
    isNew(line) {
      const key = digest(line);
      const times = shown.get(key) ?? 0;
      if (pass) {
        const timesNow = (pass.get(key) ?? 0) + 1;
        pass.set(key, timesNow);
        if (timesNow <= times) {
          metAgain += 1;
          return false;
        }
      }
      shown.set(key, times + 1);
      shownCount += 1;
      return true;
    },
    passIsWhole: () => metAgain >= toMeetAgain,
  };
}

/** 52 bits: two of a million lines share a number once in ten thousand logs, and then only a late one could be missed. */
function digest({ timestampMs, message }: LogLine): number {
  return Number.parseInt(hash('sha1', `${timestampMs} ${message}`, 'hex').slice(0, 13), 16);
}
