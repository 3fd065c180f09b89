import type { AnswerDocument } from '../../documents/documents.ts';
import { databaseLabel } from '../../database/connection/connection-settings.ts';
import { startupOptions } from '../../database/connection/session.ts';
import { readRevisions } from '../../files/read-revisions.ts';
import { currentRevision } from '../../history/record.ts';
import { formatScript } from '../../offline/format-script.ts';
import { offlineRevision } from '../../offline/offline-revision.ts';
import type { Medium } from '../../offline/psql-text.ts';
import { sqlLiteral } from '../../offline/sql-literal.ts';
import { refuseLockFileProblems, warnOfStrangers } from '../lock.ts';
import { readOfflinePlan, type OfflineRequest } from './offline-plan.ts';
import type { RunContext } from '../run-context.ts';
import { noteRecord, type RunState } from './run-state.ts';

export interface OfflineRun extends OfflineRequest {
  /** Where the script goes. */
  readonly medium: Medium;
}

/** How long a script may be silent that is only printed. */
const longestSilenceMs = 30_000;

/**
 * What upgrade or downgrade would send, as a script for psql. Runs nothing and creates nothing.
 * @throws AppError: see the exit codes; `half-way` (10) when a revision of the plan stopped half-way in the database.
 */
export async function printSql(context: RunContext, state: RunState, run: OfflineRun): Promise<AnswerDocument<'sql'>> {
  const { settings, output, signal, identity, environment, scriptGuard } = context;
  const folder = await readRevisions(settings.migrations);
  refuseLockFileProblems(folder);
  warnOfStrangers(folder, context);
  const plan = await readOfflinePlan(context, run, folder);
  if (plan.isRead) noteRecord(state, plan.known, plan.applied);
  const at = currentRevision(plan.applied)?.name ?? 'base';
  if (plan.revisions.length === 0)
    output.emit({ event: 'message', level: 'info', text: `Nothing to do, the database is at ${at}.` });
  const revisions = [];
  for (const revision of plan.revisions) {
    const { emit } = output;
    // Nothing is at work that a script could be waiting for.
    const scriptTimeoutMs = Math.min(settings.scriptTimeout || longestSilenceMs, longestSilenceMs);
    const offline = await offlineRevision(revision, { medium: run.medium, emit, signal, scriptGuard, scriptTimeoutMs });
    revisions.push(offline);
    if (offline.stub === undefined) continue;
    const text = `Revision ${revision.name} ${offline.stub}: the printed script stops there. Run it with \`migrate ${run.command}\`.`;
    output.emit({ event: 'message', level: 'warning', text });
  }
  const sql = await formatScript({
    command: run.command,
    schema: settings.historySchema,
    heading: [
      `migrate ${run.command} ${run.target} ${settings.atomic ? '--atomic ' : ''}--sql, wumbo-migrations ${identity.toolVersion}`,
      `From ${at}${plan.isRead ? ` (${databaseLabel(context.connection())})` : ''}: ${
        revisions.length === 0 ? 'nothing to do' : `${revisions.length} revision${revisions.length === 1 ? '' : 's'}`
      }.`,
      'Run it with: psql -X -f <this file>',
    ],
    applied: plan.applied.map(({ id }) => id).toSorted(),
    createsRecord: !plan.recordExists && plan.applied.length === 0 && revisions.length > 0,
    atomic: settings.atomic,
    role: settings.role,
    revisions,
    events: plan.events,
    keptAlembic: plan.keptAlembic,
    // Who prints the script is not who runs it, so only what the files themselves say is recorded.
    run: {
      runId: 'offline',
      toolVersion: identity.toolVersion,
      launchedBy: undefined,
      gitSha: environment['MIGRATE_GIT_SHA'] ?? environment['GITHUB_SHA'],
      imageDigest: undefined,
      taskArn: undefined,
    },
    settings: sessionSettings(context),
  });
  return {
    command: run.command,
    from: currentRevision(plan.applied)?.name ?? null,
    revisions: plan.revisions.map(({ name }) => name),
    incomplete: revisions.filter(({ stub }) => stub !== undefined).map(({ revision }) => revision.name),
    sql,
  };
}

/** What an online session has from its start-up, and its name in pg_stat_activity. */
function sessionSettings({ settings, identity }: RunContext): readonly string[] {
  const options = startupOptions({
    lockTimeoutMs: settings.lockTimeout,
    statementTimeoutMs: settings.statementTimeout,
  });
  return [
    "SET client_encoding = 'UTF8';",
    `SET application_name = ${sqlLiteral(`wumbo-migrations/${identity.toolVersion} offline`)};`,
    ...Array.from(
      options.matchAll(/-c (\w+)=(\S+)/g),
      ([, name = '', value = '']) => `SET ${name} = ${sqlLiteral(value)};`,
    ),
  ];
}
