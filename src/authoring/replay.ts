import type { ConnectionSettings } from '../runner/database/connection-settings.ts';

/** Runs revisions on a scratch database exactly as the runner would; handed in by main, since authoring never imports it. */
export interface Replay {
  /** @throws AppError, RevisionError: as `migrate upgrade` and `migrate downgrade`. */
  readonly upgrade: (run: ReplayRun) => Promise<void>;
  readonly downgrade: (run: ReplayRun) => Promise<void>;
}

export interface ReplayRun {
  readonly connection: ConnectionSettings;
  readonly migrations: string;
  readonly target: string;
}
