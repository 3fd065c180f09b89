import type { ConnectionSettings } from '../../runner/database/connection/connection-settings.ts';
import type { Machine } from './machine.ts';

export interface ScratchOptions {
  /** A database of a server of the user's own, which must be empty; without it an embedded server is started. */
  readonly shadowUrl: string | undefined;
  /** A file of SQL that every empty database runs first: roles of the real server, extensions, schemas. */
  readonly setupFile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
  /** Folder for the embedded server's data. */
  readonly temporaryDirectory: string;
}

/** How a scratch server was come by; `close` gives back everything. */
export interface ServerLease {
  readonly connection: ConnectionSettings;
  readonly kind: 'embedded' | 'shadow';
  readonly close: () => Promise<void>;
}
