import { findForeignTables } from '../../adoption/find-foreign-tables.ts';
import { alembic } from '../../adoption/tools/alembic.ts';
import { keepEvent, readKeptTable, refuseMovedAlembic, type KeptAlembic } from '../../database/record/kept-alembic.ts';
import type { RunIdentity } from '../../database/record/record-tables.ts';
import { insertEvent } from '../../database/record/write-record.ts';
import type { Session } from '../../database/connection/session.ts';
import type { RevisionFile } from '../../files/read-revisions.ts';
import type { RunContext } from '../run-context.ts';

export interface Keeping {
  readonly kept: KeptAlembic;
  /** Whether the record knows of it already. */
  readonly isRemembered: boolean;
}

/** Alembic's table when it is to be kept in step: since the record remembers it, or since `--keep-alembic` asks for it now. */
export async function readKeeping(
  session: Session,
  { settings, output }: Pick<RunContext, 'settings' | 'output'>,
  revisions: readonly RevisionFile[],
): Promise<Keeping | undefined> {
  const remembered = await readKeptTable(session, settings.historySchema);
  if (remembered) return { kept: { ...remembered, ids: alembicIds(revisions) }, isRemembered: true };
  if (!settings.keepAlembic) return undefined;
  const [found] = await findForeignTables(session, { tools: [alembic] });
  if (found) return { kept: { ...found, ids: alembicIds(revisions) }, isRemembered: false };
  const text = 'There is no alembic_version in this database, so --keep-alembic has nothing to keep in step.';
  output.emit({ event: 'message', level: 'warning', text });
  return undefined;
}

/** Alembic's ids by ours. */
export function alembicIds(revisions: readonly Pick<RevisionFile, 'id' | 'alembicId'>[]): ReadonlyMap<string, string> {
  return new Map(revisions.flatMap(({ id, alembicId }) => (alembicId === undefined ? [] : [[id, alembicId] as const])));
}

/** Writes down that the table is kept in step, so that no later run forgets it. */
export async function rememberKeeping(
  session: Session,
  { historySchema, run }: { readonly historySchema: string; readonly run: RunIdentity },
  { kept, isRemembered }: Keeping,
): Promise<void> {
  if (!isRemembered) await insertEvent(session, historySchema, keepEvent('keep-alembic', kept, '--keep-alembic'), run);
}

/** What a plan is checked against before it runs: Alembic must not have moved by itself. @throws AppError `alembic-moved` (5). */
export async function refuseIfMoved(
  session: Session,
  keeping: Keeping | undefined,
  applied: readonly { readonly id: string }[],
): Promise<void> {
  if (keeping)
    await refuseMovedAlembic(
      session,
      keeping.kept,
      applied.map(({ id }) => id),
    );
}

/** Says once which revisions Alembic does not know: its version stays, and it must add nothing of its own from here on. */
export function sayWhatAlembicMisses(
  { output }: Pick<RunContext, 'output'>,
  { kept }: Keeping,
  names: readonly { readonly id: string; readonly name: string }[],
): void {
  const unknown = names.filter(({ id }) => !kept.ids.has(id)).map(({ name }) => name);
  if (unknown.length === 0) return;
  const text = `${kept.schema}.${kept.table} stays where it is for ${unknown.join(', ')}, which Alembic does not know: add no revision in Alembic any more, and run no \`alembic downgrade\`.`;
  output.emit({ event: 'message', level: 'warning', text });
}
