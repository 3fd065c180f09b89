import type { ConnectionSettings } from '../database/connection-settings.ts';
import { downgrade } from './downgrade.ts';
import type { RunContext } from './run-context.ts';
import { emptyRunState } from './run-state.ts';
import { upgrade } from './upgrade.ts';

interface ReplayRun {
  readonly connection: ConnectionSettings;
  readonly migrations: string;
  readonly target: string;
}

/** The runner itself, made ready for scratch databases: silent, and deaf to settings that name another database. */
export function replayIn(context: RunContext): {
  readonly upgrade: (run: ReplayRun) => Promise<void>;
  readonly downgrade: (run: ReplayRun) => Promise<void>;
} {
  const contextOf = ({ connection, migrations }: ReplayRun): RunContext => ({
    ...context,
    environment: {},
    output: { emit: () => undefined, answer: () => undefined, remark: () => undefined },
    settings: { ...context.settings, databaseUrl: urlOf(connection), migrations, skipWait: true },
  });
  return {
    upgrade: (run) => upgrade(contextOf(run), emptyRunState(), { target: run.target, allowOutOfOrder: false }),
    downgrade: (run) => downgrade(contextOf(run), emptyRunState(), { target: run.target }),
  };
}

function urlOf({ host, port, database, user, password }: ConnectionSettings): string {
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}`;
  return `postgres://${login}@${host}:${port}/${encodeURIComponent(database)}?sslmode=disable`;
}
