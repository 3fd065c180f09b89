import type { ConnectionSettings } from './database/connection-settings.ts';
import { downgrade, upgrade } from './library.ts';
import type { MigrateOptions } from './library/options.ts';

interface ReplayRun {
  readonly connection: ConnectionSettings;
  readonly migrations: string;
  readonly target: string;
}

/** The runner itself, made ready for scratch databases: silent, and deaf to settings that name another database. */
export function replayWith({ historySchema, signal, scriptGuard }: MigrateOptions): {
  readonly upgrade: (run: ReplayRun) => Promise<void>;
  readonly downgrade: (run: ReplayRun) => Promise<void>;
} {
  const optionsOf = ({ connection, migrations, target }: ReplayRun): MigrateOptions & { readonly target: string } => {
    const { host, port, database, user, password } = connection;
    return {
      database: { host, port, database, user, password, ssl: false },
      migrations,
      target,
      historySchema,
      signal,
      scriptGuard,
      waitForDatabaseMs: 0,
    };
  };
  return {
    upgrade: async (run) => void (await upgrade(optionsOf(run))),
    downgrade: async (run) => void (await downgrade(optionsOf(run))),
  };
}
