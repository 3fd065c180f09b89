import type { FigureName } from './budgets.ts';
import type { Result } from './compare.ts';
import type { InstalledPeer } from './peers/all.ts';
import type { BenchServer } from './server.ts';

/**
 * How much is measured: `full` is what the results are made of, `quick` takes two minutes, `tiny` proves only that
 * everything still works: its figures mean nothing.
 */
export type Size = 'full' | 'quick' | 'tiny';

/** What a part may use. */
export interface Bench {
  readonly server: BenchServer;
  readonly peers: readonly InstalledPeer[];
  readonly size: Size;
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
  /** What failed or was left out, and why. */
  readonly notes: readonly string[];
}

export interface PartOutcome {
  readonly tables: readonly Table[];
  /** What the budgets are held against; one that could not be measured is left out. */
  readonly figures: Readonly<Partial<Record<FigureName, number>>>;
}

/** One workload, selectable by its name. */
export interface Part {
  readonly name: string;
  readonly about: string;
  readonly run: (bench: Bench) => Promise<PartOutcome>;
}

/** A table of a comparison, with ratios to the named contender. */
export function comparisonTable(
  { title, about, notes = [] }: Pick<Table, 'title' | 'about'> & { readonly notes?: readonly string[] },
  results: readonly Result[],
  reference: string,
): Table {
  const base = results.find(({ name }) => name === reference)?.median;
  const rows = results.map(({ name, median }) => {
    if (median === undefined) return [name, 'failed', '', '', ''];
    const ratio = base === undefined ? '' : (median.wallMs / base.wallMs).toFixed(2);
    return [name, median.wallMs.toFixed(0), ratio, (median.cpuMs / 1_000).toFixed(2), median.peakMiB.toFixed(0)];
  });
  const remarks = results.flatMap(({ name, failure, remark }) => [
    ...(failure === undefined ? [] : [`${name} failed: ${oneLine(failure)}`]),
    ...(remark === undefined ? [] : [`${name}: ${remark}`]),
  ]);
  return {
    title,
    about,
    columns: ['tool', 'wall ms', `× ${reference}`, 'CPU s', 'peak MiB'],
    rows,
    notes: [...notes, ...remarks],
  };
}

/** Wall time of one contender over that of another; `undefined` where one of them gave none. */
export function ratioOf(results: readonly Result[], name: string, reference: string): number | undefined {
  const wallMs = (wanted: string): number | undefined =>
    results.find((result) => result.name === wanted)?.median?.wallMs;
  const [own, base] = [wallMs(name), wallMs(reference)];
  return own === undefined || base === undefined ? undefined : own / base;
}

/** The figures that there are. */
export function figuresOf(figures: Readonly<Partial<Record<FigureName, number | undefined>>>): PartOutcome['figures'] {
  return Object.fromEntries(
    Object.entries(figures).filter(([, figure]) => figure !== undefined && Number.isFinite(figure)),
  );
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)} …` : line;
}
