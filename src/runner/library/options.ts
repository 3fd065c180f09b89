import type { ConnectionOptions } from 'node:tls';

import type { RunEvent } from '../../contract/run-events.ts';
import type { ScriptGuard } from '../database/script/script-guard.ts';

/** What every function of the library takes. All of it can be left out but for the database, which `env` can name too. */
export interface MigrateOptions {
  /** A URL, or the fields of node-postgres' client configuration. The run opens connections of its own and closes them. */
  readonly database?: string | DatabaseConfig | undefined;
  /** Folder of the revisions, as the working directory sees it; default `migrations`. */
  readonly migrations?: string | undefined;
  /** Schema that holds the record; default `migrations`. */
  readonly historySchema?: string | undefined;
  /** How long to wait while another runner holds the lock; default 60,000. */
  readonly lockWaitMs?: number | undefined;
  /** How long a statement may wait for a table lock; default 5,000. */
  readonly lockTimeoutMs?: number | undefined;
  /** How long all tries of a revision together may wait for table locks; default 120,000. */
  readonly lockRetryForMs?: number | undefined;
  /** How long a statement may run; default 0, without limit. */
  readonly statementTimeoutMs?: number | undefined;
  /** How long a script revision may neither query nor log before it is taken for stuck; default 1,800,000, and 0 is without limit. */
  readonly scriptTimeoutMs?: number | undefined;
  /** How long a run may go on with backfills before it pauses with `code: 'budget-over'`; default 0, without limit. */
  readonly budgetMs?: number | undefined;
  /** How far a standby may be behind before the next batch of a backfill waits; default 10,000, and 0 does not look. */
  readonly replicaLagMs?: number | undefined;
  /** What becomes of a half-done backfill whose text was edited; default `refuse`. */
  readonly editedBackfill?: 'refuse' | 'continue' | 'restart' | undefined;
  /** An upgrade runs only as the plan that has this hash; otherwise it fails with `code: 'plan-differs'`. */
  readonly planHash?: string | undefined;
  /** Whether an upgrade or downgrade is one transaction as a whole; default false. */
  readonly atomic?: boolean | undefined;
  /** Role that revisions run as, so that it owns what they make; default the login. */
  readonly role?: string | undefined;
  /** Whether the table `alembic_version` is kept in step from now on; remembered in the record. Default: as it remembers. */
  readonly keepAlembic?: boolean | undefined;
  /** How long to wait for a database that is starting; default 60,000, and 0 is not at all. */
  readonly waitForDatabaseMs?: number | undefined;
  /**
   * Variables to look into for what the options leave open: `DATABASE_URL` and its kin, `PG*`, `MIGRATE_…`, and who runs this, for
   * the record. Pass `process.env` to behave as the program does. Left out, no variable is read.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Interrupts the run: the statement is cancelled and rolled back, and the run fails with `code: 'interrupted'`. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every event as it happens; what it throws fails the run once that has ended, never half-way. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** Id of the run in its events and in the record; default a random one. */
  readonly runId?: string | undefined;
  /**
   * Stands around every `.ts` or `.js` revision that runs, to keep what it does to the process away from it. The program's own
   * guard catches `process.exit`, uncaught errors and console output; the library has none, since it would act on all of your
   * process.
   */
  readonly scriptGuard?: ScriptGuard | undefined;
}

/** Where the database is: the fields of node-postgres' client configuration that say so. */
export interface DatabaseConfig {
  /** `postgres://user:password@host:5432/name`; what it leaves out comes from the other fields. */
  readonly connectionString?: string | undefined;
  readonly host?: string | undefined;
  /** Default 5432. */
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  /** Text, or a function that is asked for each connection (tokens that expire). */
  readonly password?: string | (() => string | Promise<string>) | undefined;
  /** `true` verifies certificate and name; options of `node:tls` are taken as they are. Default: on unless the host is this machine. */
  readonly ssl?: boolean | ConnectionOptions | undefined;
}
