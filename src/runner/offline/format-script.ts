import { visibleLine } from '../../contract/visible-text.ts';
import { becomeLogin } from '../database/record/as-login.ts';
import { journalFinishSql, journalStartSql } from '../database/record/journal.ts';
import { alembicVersionOf, moveAlembicVersion, type KeptAlembic } from '../database/record/kept-alembic.ts';
import { quoted, type RunIdentity } from '../database/record/record-tables.ts';
import type { Session } from '../database/connection/session.ts';
import { checkDeferred } from '../database/run/shared-transaction.ts';
import { deleteRecord, insertEvent, insertRecord, type RecordEvent } from '../database/record/write-record.ts';
import { revisionTitle } from '../files/revision-name.ts';
import { currentRevision } from '../history/record.ts';
import type { OfflineRevision } from './offline-revision.ts';
import { createRecording } from './recording-session.ts';
import { createRecordBlock, guardBlock, releaseLockBlock, stubBlock, takeLockBlock } from './script-frame.ts';

/** Everything that a script is made of. */
export interface OfflineScript {
  readonly command: 'upgrade' | 'downgrade';
  readonly schema: string;
  /** Lines of the comment at the top. */
  readonly heading: readonly string[];
  /** Ids of the revisions that the record has before the first one runs. */
  readonly applied: readonly string[];
  readonly createsRecord: boolean;
  /** Whether all revisions are one transaction, as with `--atomic`. */
  readonly atomic: boolean;
  /** What the bodies run as; absent: the login. */
  readonly role: string | undefined;
  readonly revisions: readonly OfflineRevision[];
  /** Events that an online run writes before its first revision. */
  readonly events: readonly RecordEvent[];
  readonly run: RunIdentity;
  /** Alembic's table, when it is kept in step. */
  readonly keptAlembic: KeptAlembic | undefined;
  /** The settings of an online session, `SET` by `SET`: psql has no start-up options. */
  readonly settings: readonly string[];
}

const reset = 'RESET SESSION AUTHORIZATION;\nRESET ROLE;';

/** The script for psql: what an online run would send, in its order. */
export async function formatScript(script: OfflineScript): Promise<string> {
  const { schema, command, run } = script;
  const settings = script.settings.join('\n');
  const blocks = [
    script.heading.map((line) => `-- ${visibleLine(line)}`).join('\n'),
    '\\set ON_ERROR_STOP on\n\\set ON_ERROR_ROLLBACK off\n\\set AUTOCOMMIT on',
    settings,
    `-- One runner at a time: the lock of an online run\n${takeLockBlock(schema)}`,
    `-- Only from the state that this script was made for\n${guardBlock({
      schema,
      applied: script.applied,
      untouched: script.revisions.map(({ revision }) => revision.id),
    })}`,
    ...(script.createsRecord ? [`-- The record of applied revisions\n${createRecordBlock(schema)}`] : []),
  ];
  for (const event of script.events) blocks.push(await recorded((session) => insertEvent(session, schema, event, run)));
  const isOneTransaction = script.atomic && script.revisions.length > 0;
  if (isOneTransaction) blocks.push('-- One transaction for all of it\nBEGIN;');
  const applied = new Set(script.applied);
  const current = (): string => currentRevision([...applied].map((id) => ({ id })))?.id ?? '';
  for (const { revision, steps, stub } of script.revisions) {
    const before = current();
    const alembicBefore = script.keptAlembic && alembicVersionOf(script.keptAlembic, applied);
    if (command === 'upgrade') applied.add(revision.id);
    else applied.delete(revision.id);
    const title = `-- Running ${command} ${before} -> ${command === 'upgrade' ? revision.id : current()}, ${revisionTitle(revision.name)}`;
    const record = await recorded(async (session) => {
      await changeRecord(session, { script, revision });
      const { keptAlembic: kept } = script;
      if (kept) await moveAlembicVersion(session, kept, { from: alembicBefore, to: alembicVersionOf(kept, applied) });
    });
    const body = stub === undefined ? undefined : stubBlock(revision.name, stub, command);
    const takeRole = script.role === undefined ? [] : [`SET LOCAL ROLE ${quoted(script.role)};`];
    const inTransaction = [body ?? steps.map(({ lines: text }) => text).join('\n'), reset, record];
    const lines = script.atomic
      ? [...takeRole, ...inTransaction.slice(0, 1), reset, `${checkDeferred};`, ...inTransaction.slice(2)]
      : revision.transactional
        ? ['BEGIN;', ...takeRole, ...inTransaction, 'COMMIT;']
        : [
            body ?? journalled(script, { revision, steps }),
            `${reset}\nRESET ALL;\n${settings}`,
            'BEGIN;',
            record,
            'COMMIT;',
          ];
    blocks.push([title, ...lines].filter((text) => text !== '').join('\n'), `${reset}\nRESET ALL;\n${settings}`);
  }
  if (isOneTransaction) blocks.push('COMMIT;');
  return [...blocks, releaseLockBlock(schema)].join('\n\n');
}

/** What an online run of the revision does to the record, through the same functions. */
async function changeRecord(
  session: Session,
  { script: { schema, run, command }, revision }: { script: OfflineScript; revision: OfflineRevision['revision'] },
): Promise<void> {
  const durationMs = 0;
  if (command === 'upgrade') await insertRecord(session, schema, { ...revision, durationMs }, run);
  else await deleteRecord(session, schema, revision.id);
  const detail = { name: revision.name, durationMs };
  await insertEvent(session, schema, { event: command, revision: revision.id, detail }, run);
}

function journalled(
  { schema, settings, role }: OfflineScript,
  { revision, steps }: Pick<OfflineRevision, 'revision' | 'steps'>,
): string {
  // As online: a mark is the login's, whatever role a statement has taken on. `\\;` sends several statements as one query.
  const changesRole = role !== undefined || steps.some((step) => /\b(?:ROLE|AUTHORIZATION)\b/i.test(step.lines));
  const asLogin = changesRole ? becomeLogin.map((statement) => `${statement}\\; `).join('') : '';
  const lines: string[] = role === undefined ? [] : [`SET ROLE ${quoted(role)};`];
  const lockTimeout = settings.find((line) => line.startsWith('SET lock_timeout ')) ?? 'RESET lock_timeout;';
  for (const [index, step] of steps.entries()) {
    const at = { revision: revision.id, direction: revision.direction, statement: index + 1 };
    lines.push(
      `${asLogin}${journalStartSql(schema, at, step.checksum)};`,
      // CREATE INDEX CONCURRENTLY waits for transactions by way of locks; a timeout would leave an INVALID index.
      ...(step.isConcurrent ? ["SET lock_timeout = '0';", step.lines, lockTimeout] : [step.lines]),
      `${asLogin}${journalFinishSql(schema, at)};`,
    );
  }
  return lines.join('\n');
}

/** What the work sends, as statements for the script. */
async function recorded(work: (session: Session) => Promise<unknown>): Promise<string> {
  // Our own functions ask only whether the one row was there, which the guard at the top has proved.
  const recording = createRecording({ rowCount: 1 });
  await work(recording.session);
  return recording.statements.map((statement) => `${statement};`).join('\n');
}
