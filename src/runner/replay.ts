import type { ConnectionSettings } from './database/connection/connection-settings.ts';
import { runScript } from './database/script/run-script.ts';
import { loadScriptRevision } from './files/load-script-revision.ts';
import { downgrade, stamp, upgrade } from './library.ts';
import type { MigrateOptions } from './library/options.ts';
import { createRecording } from './offline/recording-session.ts';

interface ReplayRun {
  readonly connection: ConnectionSettings;
  readonly migrations: string;
  readonly target: string;
}

/** The runner itself, made ready for scratch databases: silent, and deaf to settings that name another database. */
export function replayWith({ historySchema, signal, scriptGuard }: MigrateOptions): {
  readonly upgrade: (run: ReplayRun) => Promise<void>;
  readonly downgrade: (run: ReplayRun) => Promise<void>;
  readonly stamp: (run: ReplayRun) => Promise<void>;
  readonly record: (script: { readonly path: string; readonly file: string }) => Promise<RecordedScript>;
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
    stamp: async (run) => void (await stamp({ ...optionsOf(run), reason: 'it was run statement by statement' })),
    record: (script) => recordScript(script, { signal, scriptGuard }),
  };
}

interface RecordedScript {
  readonly transactional: boolean;
  readonly statements: readonly string[];
  readonly problem?: string | undefined;
}

/** How long a script that only writes SQL may take, in milliseconds. */
const recordingTimeoutMs = 30_000;

async function recordScript(
  script: { readonly path: string; readonly file: string },
  { signal, scriptGuard }: Pick<MigrateOptions, 'signal' | 'scriptGuard'>,
): Promise<RecordedScript> {
  const recording = createRecording();
  let transactional = true;
  const told = (problem?: string): RecordedScript => ({ transactional, statements: recording.statements, problem });
  try {
    const { up, transaction } = await loadScriptRevision(script);
    transactional = transaction !== false;
    await runScript(recording.session, up, {
      emit: () => undefined,
      signal: signal ?? new AbortController().signal,
      scriptTimeoutMs: recordingTimeoutMs,
      batch: () => Promise.reject(new Error('it works in batches')),
      scriptGuard,
    });
    return told(recording.wasRead() ? 'it reads what the database answers' : undefined);
  } catch (error) {
    signal?.throwIfAborted();
    if (recording.wasRead()) return told('it reads what the database answers');
    return told((error instanceof Error ? error.message : String(error)).split('\n')[0]);
  }
}
