import { readFile, writeFile } from 'node:fs/promises';

import type { Machine } from './machine.ts';
import type { PartOutcome, Size } from './part.ts';

/** What one run of a part gave, and under which circumstances. */
export interface PartResult extends PartOutcome {
  readonly part: string;
  /** ISO time of its end. */
  readonly measuredAt: string;
  readonly tookSeconds: number;
  readonly size: Size;
  /** Of the sources that were measured; absent outside a clone. */
  readonly commit?: string;
  readonly machine: Machine;
  readonly postgres: string;
  /** `name version`. */
  readonly tools: readonly string[];
  readonly absent: readonly string[];
  /** Why it stopped before its end. */
  readonly failure?: string;
}

/** What earlier runs kept; nothing when there is no such file. @throws Error when it is another format. */
export async function readResults(file: string): Promise<readonly PartResult[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return [];
  const { format, parts } = JSON.parse(text) as { format: number; parts: PartResult[] };
  if (format !== 1) throw new Error(`${file} has format ${format}; remove it and measure again`);
  return parts;
}

export async function writeResults(file: string, results: readonly PartResult[]): Promise<void> {
  await writeFile(file, `${JSON.stringify({ format: 1, parts: results }, null, 2)}\n`);
}

/** The new results in the places of older ones of the same parts, in the given order. */
export function mergeResults(
  older: readonly PartResult[],
  newer: readonly PartResult[],
  order: readonly string[],
): readonly PartResult[] {
  return order.flatMap((part) => {
    const result = [...newer, ...older].find((candidate) => candidate.part === part);
    return result === undefined ? [] : [result];
  });
}

/** Why the README cannot show these results, a sentence each; nothing when it can. */
export function reasonsAgainstReadme(
  results: readonly PartResult[],
  order: readonly string[],
  isLoaded: (machine: Machine) => boolean,
): readonly string[] {
  return order.flatMap((part) => {
    const result = results.find((candidate) => candidate.part === part);
    if (result === undefined) return [`${part} was never measured in full`];
    if (result.failure !== undefined) return [`${part} failed`];
    return isLoaded(result.machine) ? [`${part} was measured while the machine was loaded`] : [];
  });
}
