import { AppError } from '../../contract/app-error.ts';
import type { ExitCode } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../documents/documents.ts';
import { refuseUnfitSession } from '../database/connection/check-session.ts';
import { databaseLabel, type ConnectionSettings } from '../database/connection/connection-settings.ts';
import { readHealth } from '../database/inspect/read-health.ts';
import { readRecordOrigin, remarkOnOrigin } from '../database/record/record-origin.ts';
import { readRecord } from '../database/record/record-tables.ts';
import { openSession, type Session } from '../database/connection/session.ts';
import { exitCodeOf, findingOf, formatFinding, ok, problem, warning, type Finding } from '../doctor/finding.ts';
import { judgeConnection } from '../doctor/judge-connection.ts';
import { judgeHistory, judgeLeftovers } from '../doctor/judge-history.ts';
import { judgeRecordFormat, judgeRights } from '../doctor/judge-rights.ts';
import { readRevisions, type RevisionFolder } from '../files/read-revisions.ts';
import { readLineage } from './lineage.ts';
import { refuseLockFileProblems } from './lock.ts';
import { sessionOptionsOf, withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run/run-state.ts';

/** Looks for everything that would stop an upgrade, and changes nothing. */
export async function doctor(context: RunContext, state: RunState): Promise<DoctorAnswer> {
  const findings: Finding[] = [];
  const folder = await attempt(findings, 'files', () => readRevisions(context.settings.migrations));
  if (folder) findings.push(...judgeFiles(folder));
  const connection = await attempt(findings, 'settings', () => Promise.resolve(context.connection()));
  if (connection) {
    findings.push(ok('settings', `${databaseLabel(connection)} as ${connection.user} (from ${connection.source})`));
    // A diagnosis is wanted now: a server that is starting is a finding.
    const impatient = { ...context, settings: { ...context.settings, skipWait: true } };
    await attempt(findings, 'connection', () =>
      withSession(impatient, (session) => examine(session, { context, state, findings, connection, folder })),
    );
  }
  const exitCode = exitCodeOf(findings);
  return { healthy: exitCode === 0, exitCode, findings };
}

/** As in {@link AnswerDocument}, with the type of the exit code. */
export interface DoctorAnswer extends AnswerDocument<'doctor'> {
  readonly exitCode: ExitCode;
}

export function formatDoctor({ findings }: AnswerDocument<'doctor'>): string {
  return findings.map(formatFinding).join('\n');
}

function judgeFiles(folder: RevisionFolder): readonly Finding[] {
  const count = folder.revisions.length;
  return [
    ok('files', `${folder.directory} holds ${count} revision${count === 1 ? '' : 's'}, no id twice`),
    findingOf('lock file', () => refuseLockFileProblems(folder), 'agrees with the files'),
    ...(folder.strangers.length === 0
      ? []
      : [
          warning(
            'files',
            `no revisions, so never run: ${folder.strangers.slice(0, 5).join(', ')}`,
            'Name a revision YYYYMMDDHHMMSS_lower_case_words.sql, or move the file away.',
          ),
        ]),
  ];
}

interface Examination {
  readonly context: RunContext;
  readonly state: RunState;
  readonly findings: Finding[];
  readonly connection: ConnectionSettings;
  readonly folder: RevisionFolder | undefined;
}

async function examine(session: Session, { context, state, findings, connection, folder }: Examination): Promise<void> {
  const schema = context.settings.historySchema;
  findings.push(ok('connection', 'the server answers and takes the login'));
  const openAnother = (): Promise<Session> => openSession(sessionOptionsOf(context, connection));
  const fit = await attempt(findings, 'session', () => refuseUnfitSession(session, openAnother).then(() => true));
  if (fit) findings.push(ok('session', 'the server is the writer, and no pooler in transaction mode stands before it'));
  const health = await readHealth(session, schema);
  findings.push(
    ...judgeConnection(health, { connection, clientTimeMs: context.clock.date().getTime() }),
    ...judgeRights(health, schema),
    judgeRecordFormat(health.record, schema),
  );
  const applied = await attempt(findings, 'record', () => readRecord(session, schema));
  const origin = await readRecordOrigin(session, schema);
  const remark = origin && remarkOnOrigin(origin);
  if (remark !== undefined) findings.push(warning('origin', remark, 'Check that it is the database that you mean.'));
  const seen =
    applied && folder && (await attempt(findings, 'files', () => readLineage(session, folder, { schema, applied })));
  if (applied && seen) {
    noteRecord(state, seen.revisions, applied);
    findings.push(...judgeHistory(seen.revisions, applied));
  }
  findings.push(...judgeLeftovers(health));
}

/** Answers what the work answers; `undefined` when it fails in a way that people can mend, which becomes a finding. */
async function attempt<T>(findings: Finding[], what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    findings.push(problem(what, error));
    return undefined;
  }
}
