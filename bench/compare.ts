import { measure, medianOf, type Command, type Measurement } from './measure.ts';

/** One side of a comparison. */
export interface Contender {
  readonly name: string;
  /** Puts everything as it was before each run; not measured. */
  readonly prepare?: () => Promise<void>;
  readonly command: () => Command | Promise<Command>;
}

export interface Result {
  readonly name: string;
  readonly median: Measurement | undefined;
  /** Why there is no figure. */
  readonly failure?: string;
}

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
    for (const { name, prepare, command } of contenders) {
      if (failures.has(name)) continue;
      try {
        await prepare?.();
        measured.get(name)?.push(await measure(await command(), throttle));
        process.stderr.write(`    ${name}: ${measured.get(name)?.at(-1)?.wallMs.toFixed(0)} ms\n`);
      } catch (error) {
        failures.set(name, error instanceof Error ? error.message : String(error));
        process.stderr.write(`    ${name} failed: ${failures.get(name)}\n`);
      }
    }
  }
  return contenders.map(({ name }) => {
    const failure = failures.get(name);
    return {
      name,
      median: failure === undefined ? medianOf(measured.get(name) ?? []) : undefined,
      ...(failure && { failure }),
    };
  });
}
