import { idAfter } from '../write-revision.ts';
import { slugOf } from '../../runner/files/revision-name.ts';
import type { ImportedBody, ImportedMigration } from './imported-migration.ts';

export interface ImportedFile {
  readonly name: string;
  readonly fileName: string;
  readonly text: string;
  readonly isStub: boolean;
}

/** The files that the migrations become, their ids in the tool's order. */
export function formatImported(migrations: readonly ImportedMigration[]): readonly ImportedFile[] {
  let previous: string | undefined;
  return migrations.map((migration) => {
    const id = idBehind(previous, migration.wantedId);
    previous = id;
    const name = `${id}_${slugOf(migration.title) || 'imported'}`;
    return { name, fileName: `${name}.sql`, text: textOf(migration), isStub: isStub(migration) };
  });
}

function idBehind(previous: string | undefined, wanted: string): string {
  if (previous === undefined || wanted > previous) return wanted;
  // Numbers go on as numbers, moments as moments.
  return previous.startsWith('0') ? String(Number(previous) + 1).padStart(14, '0') : idAfter(previous, new Date(0));
}

function isStub({ up, down }: ImportedMigration): boolean {
  return up.stub !== undefined || down?.stub !== undefined;
}

function textOf({ title, header, source, up, down }: ImportedMigration): string {
  const line = title.replaceAll(/\s+/g, ' ').trim();
  const isNothing = up.stub === undefined && up.sql.trim() === '';
  const upText = section('up', isNothing ? { ...up, sql: '-- Nothing to do.\nSELECT 1;' } : up, source);
  const nothingDown = { sql: 'SELECT 1;', transactional: true };
  const shownDown = isNothing && (down === undefined || isEmpty(down)) ? nothingDown : down;
  const downText = shownDown === undefined || isEmpty(shownDown) ? '' : `\n${section('down', shownDown, source)}`;
  return `-- ${line}\n${header}\n-- Imported from ${source}.\n\n${upText}${downText}`;
}

function isEmpty({ sql, stub }: ImportedBody): boolean {
  return stub === undefined && sql.trim() === '';
}

function section(direction: 'up' | 'down', { sql, transactional, stub }: ImportedBody, source: string): string {
  const mode = transactional ? '' : ' transaction:false';
  const body = stub === undefined ? sql.trim() : stubBlock(stub, source);
  return `-- migrate:${direction}${mode}\n${body}\n`;
}

/** In the place of SQL that could not be had: what runs it must fail, never pass over it. */
function stubBlock(reason: string, source: string): string {
  return [
    `-- NOT IMPORTED: ${reason.replaceAll(/\s+/g, ' ').trim()}`,
    `-- Write what ${source} does here as SQL, try it with \`migrate test\`, then remove this block and run \`migrate lock\`.`,
    `DO $not_imported$ BEGIN RAISE EXCEPTION 'this imported revision has no SQL yet: read the block in its file'; END $not_imported$;`,
  ].join('\n');
}
