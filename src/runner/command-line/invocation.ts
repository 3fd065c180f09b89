/** What the command line asks for. */
export type Invocation =
  | { readonly command: 'upgrade'; readonly target: string; readonly sql: boolean; readonly allowOutOfOrder: boolean }
  | { readonly command: 'downgrade'; readonly target: string; readonly sql: boolean }
  | { readonly command: 'plan'; readonly target: string; readonly allowOutOfOrder: boolean }
  | { readonly command: 'show' | 'rebase'; readonly target: string }
  | { readonly command: 'check' | 'current' | 'heads' | 'lock' | 'doctor' }
  | {
      readonly command: 'history';
      readonly range: string | undefined;
      readonly detailed: boolean;
      readonly indicateCurrent: boolean;
    }
  | { readonly command: 'stamp'; readonly target: string; readonly reason: string; readonly dryRun: boolean }
  | AdoptInvocation
  | AuthoringInvocation;

/** Takes over a database that another tool manages. */
export interface AdoptInvocation {
  readonly command: 'adopt';
  /** What to do; `record` is the takeover itself. */
  readonly action: 'detect' | 'record' | 'import' | 'write-catalog' | 'release';
  /** The other tool's name; empty for `detect` and `write-catalog`. */
  readonly tool: string;
  readonly dryRun: boolean;
  /** Where the tool's table is, when it has another name. */
  readonly versionTable: string | undefined;
  readonly unproved: 'refused' | 'differences-accepted' | 'no-proof';
  readonly reason: string | undefined;
  /** Folder of the tool's migrations, for `import`. */
  readonly importFrom: string | undefined;
  readonly linearize: boolean;
  readonly alembicCommand: string;
}

/** What writes or tries revision files on a laptop or in CI. */
export type AuthoringInvocation =
  | { readonly command: 'revision'; readonly message: string; readonly format: 'sql' | 'ts' }
  | AutogenerateInvocation
  | LintInvocation
  | { readonly command: 'test'; readonly since: string | undefined }
  | DriftInvocation
  | DumpInvocation
  | SquashInvocation;

/** Replaces old revisions by a baseline, or proves again one that is there. */
export interface SquashInvocation {
  readonly command: 'squash';
  readonly action: 'write' | 'dry run' | 'check';
  /** The last revision to replace; empty for a check. */
  readonly to: string;
  readonly message: string;
  readonly data: 'carried' | 'left out';
  /** A file with SQL for the end of the baseline. */
  readonly append: string | undefined;
}

export interface DriftInvocation {
  readonly command: 'drift';
  readonly sql: boolean;
  /** A file with the catalog of the revisions, in the place of a scratch server. */
  readonly against: string | undefined;
}

export interface DumpInvocation {
  readonly command: 'dump';
  readonly source: 'database' | 'revisions';
  readonly form: 'sql' | 'catalog';
  /** A folder for SQL, a file for the catalog; `undefined`: printed. */
  readonly output: string | undefined;
  readonly force: boolean;
}

export interface LintInvocation {
  readonly command: 'lint';
  /** Paths; empty: the whole folder. */
  readonly files: readonly string[];
  readonly since: string | undefined;
  readonly failOn: string | undefined;
  readonly postgres: string | undefined;
  readonly format: 'text' | 'github' | 'sarif' | undefined;
  /** Folder or file with queries of the running application. */
  readonly queries: string | undefined;
  readonly trace: 'when possible' | 'never';
}

export interface AutogenerateInvocation {
  readonly command: 'autogenerate';
  readonly message: string;
  readonly check: boolean;
  readonly fromDatabase: boolean;
  readonly renames: readonly string[];
  readonly noRenames: boolean;
  readonly usings: readonly string[];
  readonly plain: boolean;
}

/** Whether the command changes a database, and therefore reports itself as a run, in a container or not. */
export function isRun(invocation: Invocation): boolean {
  if (invocation.command === 'stamp') return !invocation.dryRun;
  if (invocation.command === 'adopt')
    return invocation.action === 'release' || (invocation.action === 'record' && !invocation.dryRun);
  return (invocation.command === 'upgrade' || invocation.command === 'downgrade') && !invocation.sql;
}
