import type { Result } from './compare.ts';
import type { InstalledPeer } from './peers/all.ts';
import type { BenchServer } from './server.ts';

/** What a part may use. */
export interface Bench {
  readonly server: BenchServer;
  readonly peers: readonly InstalledPeer[];
  /** Fewer rounds and smaller amounts: two minutes for everything. */
  readonly quick: boolean;
  /** A folder for this part alone. */
  readonly folder: (name: string) => Promise<string>;
}

/** A table of figures; the first row is ours. */
export interface Table {
  readonly title: string;
  /** What was done, in a sentence. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One workload, selectable by its name. */
export interface Part {
  readonly name: string;
  readonly about: string;
  readonly run: (bench: Bench) => Promise<readonly Table[]>;
}

/** A table of a comparison, with ratios to the named contender. */
export function comparisonTable(
  { title, about }: Pick<Table, 'title' | 'about'>,
  results: readonly Result[],
  reference: string,
): Table {
  const base = results.find(({ name }) => name === reference)?.median;
  const rows = results.map(({ name, median, failure }) => {
    if (median === undefined) return [name, `failed: ${(failure ?? '').split('\n')[0]}`, '', '', ''];
    const ratio = base === undefined ? '' : (median.wallMs / base.wallMs).toFixed(2);
    return [name, median.wallMs.toFixed(0), ratio, median.cpuMs.toFixed(0), median.peakMiB.toFixed(0)];
  });
  return { title, about, columns: ['tool', 'wall ms', `× ${reference}`, 'CPU ms', 'peak MiB'], rows };
}
