import type { Fault, FaultKind } from './fault.ts';
import { parseFault } from './parse-fault.ts';
import { createRandom } from './random.ts';

/** What is to go wrong. */
export interface FaultPlan {
  /** Sentences (parse-fault.ts). */
  readonly faults: readonly string[];
  /** The same seed and the same occasions give the same strikes; 1 by default. */
  readonly seed?: number | undefined;
}

/** The faults of a stand-in while it runs. */
export interface Faults {
  /** Puts these in the place of all others. @throws AppError when a sentence is wrong; nothing changes then. */
  readonly set: (plan: FaultPlan) => void;
  readonly seed: () => number;
  readonly list: () => readonly FaultReport[];
  /** The first fault of this kind that strikes at this occasion, which it counts. */
  readonly strike: (kind: FaultKind, concerns?: (fault: Fault) => boolean) => Fault | undefined;
}

export interface FaultReport {
  readonly fault: string;
  /** Occasions at which it might have struck, and those at which it did. */
  readonly occasions: number;
  readonly strikes: number;
}

interface SetFault {
  readonly fault: Fault;
  readonly setAtMs: number;
  readonly random: () => number;
  occasions: number;
  strikes: number;
}

/** A stand-in's faults. Each draws numbers of its own, so that what one does is the same whatever the others do. */
export function createFaults(now: () => number): Faults {
  let seed = 1;
  let faults: readonly SetFault[] = [];
  return {
    set(plan) {
      const parsed = plan.faults.map(parseFault);
      seed = plan.seed ?? 1;
      const setAtMs = now();
      faults = parsed.map((fault, index) => ({
        fault,
        setAtMs,
        random: createRandom(seed * 1_000 + index),
        occasions: 0,
        strikes: 0,
      }));
    },
    seed: () => seed,
    list: () => faults.map(({ fault: { sentence }, occasions, strikes }) => ({ fault: sentence, occasions, strikes })),
    strike(kind, concerns = () => true) {
      return faults.find((candidate) => {
        const { fault, setAtMs } = candidate;
        if (fault.kind !== kind || now() - setAtMs >= fault.forMs || !concerns(fault)) return false;
        candidate.occasions += 1;
        if (candidate.occasions <= fault.after || candidate.strikes >= fault.times) return false;
        if (fault.chance < 1 && candidate.random() >= fault.chance) return false;
        candidate.strikes += 1;
        return true;
      })?.fault;
    },
  };
}
