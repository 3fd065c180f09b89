import type { Command } from '../measure.ts';

/** A revision for every tool's format. */
export interface BenchRevision {
  /** 14 digits, rising. */
  readonly id: string;
  readonly up: string;
  readonly down: string;
}

/** A tool that brings a database to its newest revision. */
export interface Peer {
  readonly name: string;
  /** Where it comes from: `npm` and `PyPI` are installed by `--install-peers`, others by these words in a shell. */
  readonly source: 'npm' | 'PyPI' | 'here' | `apt-get install ${string}`;
  /** Its version; `undefined` when it is not installed here. */
  readonly version: () => Promise<string | undefined>;
  /** Writes the revisions into the empty folder, in the tool's own format. */
  readonly write: (folder: string, revisions: readonly BenchRevision[]) => Promise<void>;
  /** Applies what is pending. */
  readonly up: (folder: string, url: string) => Command;
  /** Finds that nothing is pending, in the way that the tool offers; where it offers none, by applying nothing. */
  readonly nothingPending?: (folder: string, url: string) => Command;
  /** It takes the data of `COPY … FROM stdin` in a revision. */
  readonly takesCopyData?: true;
  /** It takes so long for a revision that it would hold up a quick run, and thousands of revisions take minutes. */
  readonly isSlow?: boolean;
}

/** Small revisions, as most are: one table each. */
export function tinyRevisions(count: number): readonly BenchRevision[] {
  return Array.from({ length: count }, (_, index) => {
    const table = `t_${String(index + 1).padStart(5, '0')}`;
    const seconds = String(index % 60).padStart(2, '0');
    const minutes = String(Math.floor(index / 60) % 60).padStart(2, '0');
    const hours = String(Math.floor(index / 3_600)).padStart(2, '0');
    return {
      id: `20260101${hours}${minutes}${seconds}`,
      up: `CREATE TABLE ${table} (id int PRIMARY KEY, body text NOT NULL);`,
      down: `DROP TABLE ${table};`,
    };
  });
}
