import type { ConnectionSettings } from '../runner/database/connection/connection-settings.ts';

/** Runs revisions on a scratch database exactly as the runner would; handed in by main, since authoring never imports it. */
export interface Replay {
  /** @throws AppError, RevisionError: as `migrate upgrade` and `migrate downgrade`. */
  readonly upgrade: (run: ReplayRun) => Promise<void>;
  readonly downgrade: (run: ReplayRun) => Promise<void>;
  /** Records revisions up to the target as applied without running them. */
  readonly stamp: (run: ReplayRun) => Promise<void>;
  /** What a script revision would send, as far as it can be told without a database. */
  readonly record: (script: { readonly path: string; readonly file: string }) => Promise<RecordedScript>;
}

export interface RecordedScript {
  readonly transactional: boolean;
  readonly statements: readonly string[];
  /** Why they are not all; absent when they are. */
  readonly problem?: string | undefined;
}

export interface ReplayRun {
  readonly connection: ConnectionSettings;
  readonly migrations: string;
  readonly target: string;
}
