import { measure, medianOf, type Command, type Measurement } from './measure.ts';

/** One side of a comparison. */
export interface Contender {
  readonly name: string;
  /** Puts everything as it was before each run; not measured. */
  readonly prepare?: () => Promise<void>;
  readonly command: () => Command | Promise<Command>;
  /** Looks at what a run left behind; not measured. */
  readonly inspect?: () => Promise<void> | void;
}

export interface Result {
  readonly name: string;
  readonly median: Measurement | undefined;
  /** Why there is no figure. */
  readonly failure?: string;
  /** What a reader should know of the figure. */
  readonly remark?: string;
}

/** A run that takes longer is repeated once at most, so that one slow tool does not hold up the others. */
const slowMs = 15_000;

/**
 * Runs every contender `rounds` times, one after the other within each round, so that a slow moment of the machine meets
 * all of them. One that fails is named as failed and left out from then on.
 */
export async function compare(
  contenders: readonly Contender[],
  { rounds, throttle = [] }: { readonly rounds: number; readonly throttle?: readonly string[] },
): Promise<readonly Result[]> {
  const measured = new Map<string, Measurement[]>(contenders.map(({ name }) => [name, []]));
  const failures = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, prepare, command, inspect } of contenders) {
      const earlier = measured.get(name) ?? [];
      if (failures.has(name) || (earlier.length > 1 && isSlow(earlier))) continue;
      try {
        await prepare?.();
        earlier.push(await measure(await command(), throttle));
        await inspect?.();
        process.stderr.write(`    ${name}: ${earlier.at(-1)?.wallMs.toFixed(0)} ms\n`);
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error);
        failures.set(name, failure);
        process.stderr.write(`    ${name} failed: ${failure}\n`);
      }
    }
  }
  return contenders.map(({ name }) => {
    const failure = failures.get(name);
    const runs = measured.get(name) ?? [];
    if (failure !== undefined) return { name, median: undefined, failure };
    const remark = runs.length < rounds ? { remark: `the better of ${runs.length} runs, since each takes long` } : {};
    return { name, median: medianOf(runs), ...remark };
  });
}

function isSlow(runs: readonly Measurement[]): boolean {
  return runs.some(({ wallMs }) => wallMs > slowMs);
}
