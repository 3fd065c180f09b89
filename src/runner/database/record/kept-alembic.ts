import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { withRecordErrors } from './record-errors.ts';
import { quoted } from './record-tables.ts';
import { sendQuery } from '../connection/send-query.ts';
import type { Session } from '../connection/session.ts';
import type { RecordEvent } from './write-record.ts';

/** Alembic's table, which our runs keep in step while both tools are in use. */
export interface KeptAlembic {
  readonly schema: string;
  readonly table: string;
  /** Alembic's ids of our revisions, by our ids; those that Alembic never had are not in it. */
  readonly ids: ReadonlyMap<string, string>;
}

/** The events that say from when on, and until when, the table is kept in step. */
export function keepEvent(
  event: 'keep-alembic' | 'release-alembic',
  { schema, table }: Pick<KeptAlembic, 'schema' | 'table'>,
  reason?: string,
): RecordEvent {
  return { event, reason, detail: { schema, table } };
}

/**
 * The table that the record remembers to keep in step; `undefined` when none, when there is no record, and for a role that may
 * not read the events: such a one only looks.
 * @throws AppError `foreign-record` (2) when the table of events is somebody else's.
 */
export async function readKeptTable(
  session: Session,
  schema: string,
): Promise<Pick<KeptAlembic, 'schema' | 'table'> | undefined> {
  // Simple queries, of which the driver has little to do: every command asks this.
  let mayRead = false;
  const events = `${quoted(schema)}.events`;
  await sendQuery(session, {
    text: `SELECT WHERE pg_catalog.has_table_privilege(pg_catalog.to_regclass(${session.escapeLiteral(events)})::pg_catalog.oid, 'SELECT')`,
    onRow: () => {
      mayRead = true;
    },
  });
  if (!mayRead) return undefined;
  let kept: Pick<KeptAlembic, 'schema' | 'table'> | undefined;
  await withRecordErrors({ session, schema }, () =>
    sendQuery(session, {
      text: `SELECT event, detail FROM ${events}
       WHERE event OPERATOR(pg_catalog.=) ANY (ARRAY['keep-alembic', 'release-alembic']) ORDER BY id DESC LIMIT 1`,
      onRow: ([event, detail]) => {
        if (event === 'keep-alembic') kept = JSON.parse(detail ?? '{}') as typeof kept;
      },
    }),
  );
  return kept && { schema: kept.schema, table: kept.table };
}

/** The id that Alembic must name when these revisions are applied: that of the newest one which Alembic knows. */
export function alembicVersionOf({ ids }: KeptAlembic, applied: Iterable<string>): string | undefined {
  return [...applied]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((id) => ids.get(id))
    .findLast((id) => id !== undefined);
}

/** What the table says now; `undefined` when it is gone. */
export async function readAlembicVersions(
  session: Session,
  { schema, table }: Pick<KeptAlembic, 'schema' | 'table'>,
): Promise<readonly string[] | undefined> {
  const name = `${quoted(schema)}.${quoted(table)}`;
  const { rows: there } = await session.query(
    'SELECT FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)',
    [name],
  );
  if (there.length === 0) return undefined;
  const { rows } = await session.query<{ version_num: string }>(`SELECT version_num FROM ${name} ORDER BY version_num`);
  return rows.map(({ version_num: id }) => id);
}

/**
 * Moves Alembic's version on with a revision of ours, inside the transaction that is open, as Alembic itself does: the row
 * must hold what it held before, so that an Alembic that runs at the same time and this run cannot both win.
 * @throws AppError `alembic-moved` (5): nothing of the revision stays then.
 */
export async function moveAlembicVersion(
  session: Session,
  kept: KeptAlembic,
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
): Promise<void> {
  if (from === to) return;
  const name = `${quoted(kept.schema)}.${quoted(kept.table)}`;
  const column = 'version_num OPERATOR(pg_catalog.=)';
  const { rowCount } =
    from === undefined
      ? await session.query(`INSERT INTO ${name} (version_num) VALUES ($1)`, [to])
      : to === undefined
        ? await session.query(`DELETE FROM ${name} WHERE ${column} $1`, [from])
        : await session.query(`UPDATE ${name} SET version_num = $1 WHERE ${column} $2`, [to, from]);
  if (rowCount !== 1) throw alembicMoved(kept, `no longer at ${from ?? 'base'}`);
}

/** Makes Alembic's table say exactly this, whatever it said. */
export async function setAlembicVersion(session: Session, kept: KeptAlembic, to: string | undefined): Promise<void> {
  const name = `${quoted(kept.schema)}.${quoted(kept.table)}`;
  await session.query(`DELETE FROM ${name}`);
  if (to !== undefined) await session.query(`INSERT INTO ${name} (version_num) VALUES ($1)`, [to]);
}

/**
 * Refuses a database in which Alembic has gone on, or back, by itself: the record no longer says what is applied.
 * @throws AppError `alembic-moved` (5).
 */
export async function refuseMovedAlembic(
  session: Session,
  kept: KeptAlembic,
  applied: Iterable<string>,
): Promise<void> {
  const found = await readAlembicVersions(session, kept);
  const expected = alembicVersionOf(kept, applied);
  if (found === undefined) throw alembicMoved(kept, 'gone');
  if (found.length <= 1 && found[0] === expected) return;
  const at = found.length === 0 ? 'at base' : `at ${found.join(', ')}`;
  throw alembicMoved(kept, `${at}, while the record stands at ${expected ?? 'base'}: Alembic has run since`);
}

function alembicMoved({ schema, table }: KeptAlembic, what: string): AppError {
  return new AppError({
    code: 'alembic-moved',
    exitCode: exitCodes.historyUnsound,
    message: `${schema}.${table}, which is kept in step (--keep-alembic), is ${what}.`,
    hint: 'Run `migrate adopt alembic`: it proves where the database is and takes over what Alembic did. When Alembic is no longer in use: `migrate adopt alembic --release --reason "…"`.',
  });
}
