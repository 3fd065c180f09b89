import type { Session } from '../../runner/database/connection/session.ts';
import { isSameName } from './names.ts';
import { namesBefore, type RenameCandidate } from './renames.ts';
import type { SchemaChange } from './schema-diff.ts';

/** Said on the command line: how the values of a column become the new type. */
export interface UsingAnswer {
  /** `users.age` or `public.users.age`. */
  readonly column: string;
  readonly expression: string;
}

/** A type change whose values the server does not convert by itself: how is a person's decision. */
export interface OpenTypeChange {
  readonly column: string;
  readonly type: string;
  readonly change: SchemaChange;
}

/**
 * Asks for the expression that makes the new value; `refusal` says what the server has against one. `undefined`: it stays open.
 */
export type AskUsing = (
  open: Pick<OpenTypeChange, 'column' | 'type'>,
  refusal: (expression: string) => Promise<string | undefined>,
) => Promise<string | undefined>;

export interface TypeDecisions {
  readonly usings: readonly UsingAnswer[];
  readonly askUsing: AskUsing | undefined;
  readonly renames: readonly RenameCandidate[];
}

const name = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_][\w$]*)`;
const typeChange = new RegExp(
  String.raw`^ALTER TABLE (?:ONLY )?(${name}\.${name}) ALTER COLUMN (${name}) TYPE ([\s\S]+?) USING ([\s\S]+)$`,
);

/** The table, the column and the new type of a statement that changes one, as they stand there. */
export function changedColumn(
  sql: string,
): { readonly table: string; readonly column: string; readonly type: string } | undefined {
  const [, table, column, type] = typeChange.exec(sql) ?? [];
  return table === undefined || column === undefined || type === undefined ? undefined : { table, column, type };
}

/**
 * Goes through the changes of types: one that the server converts by itself needs no USING; of the others those with an
 * answer get it, and those without are left open. The session is one of a database where the changes begin; it stays as it is.
 */
export async function decideTypeChanges(
  session: Session,
  changes: readonly SchemaChange[],
  { usings, askUsing, renames }: TypeDecisions,
): Promise<{ readonly changes: readonly SchemaChange[]; readonly open: readonly OpenTypeChange[] }> {
  const decided: SchemaChange[] = [];
  const newTypes = changes.filter(({ sql }) => /^CREATE (?:TYPE|DOMAIN) /.test(sql));
  const open: OpenTypeChange[] = [];
  for (const change of changes) {
    const [, table, column, type] = typeChange.exec(change.sql) ?? [];
    if (table === undefined || column === undefined || type === undefined || isRebuilt(type, changes)) {
      decided.push(change);
      continue;
    }
    const short = `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type}`;
    const full = `${table}.${column}`;
    const given = usings.find(({ column: asked }) => isColumn(asked, full, renames))?.expression;
    if (given === undefined && (await convertsItself(session, short, newTypes))) {
      decided.push({ ...change, sql: short });
      continue;
    }
    const named = { column: unquoted(full), type: unquoted(type) };
    const refusal = async (expression: string): Promise<string | undefined> =>
      (await refusalOf(session, `${short} USING ${expression}`, newTypes))?.message;
    const expression = given ?? (await askUsing?.(named, refusal));
    decided.push(expression === undefined ? change : { ...change, sql: `${short} USING ${expression}` });
    if (expression === undefined) open.push({ ...named, change });
  }
  return { changes: decided, open };
}

/** The engine makes an enum anew when labels go or change places; values keep their labels then, which is no decision. */
function isRebuilt(type: string, changes: readonly SchemaChange[]): boolean {
  const name = unquoted(type).replace(/(?:\[\])+$/, '');
  return changes.some(({ sql }) => {
    const [, renamed] = /^ALTER TYPE (\S+) RENAME TO "\S+__pgdelta_replaced"$/.exec(sql) ?? [];
    return renamed !== undefined && unquoted(renamed) === name;
  });
}

/** 42804: "column … cannot be cast automatically to type …". Whatever else stands in the way (a view, a default) is no answer. */
async function convertsItself(session: Session, sql: string, newTypes: readonly SchemaChange[]): Promise<boolean> {
  return (await refusalOf(session, sql, newTypes))?.code !== '42804';
}

interface Refusal {
  readonly code?: string;
  readonly message: string;
}

/** What the server says against the statement; `undefined` when it runs. Nothing stays of it. */
async function refusalOf(
  session: Session,
  sql: string,
  newTypes: readonly SchemaChange[],
): Promise<Refusal | undefined> {
  await session.query('BEGIN');
  try {
    for (const { sql: create } of newTypes) {
      await session.query('SAVEPOINT new_type');
      await session.query(create).catch(() => session.query('ROLLBACK TO new_type'));
    }
    await session.query(sql);
    return undefined;
  } catch (error) {
    return error as Refusal;
  } finally {
    await session.query('ROLLBACK');
  }
}

/** Under its present name or one that it had before it was renamed. */
function isColumn(asked: string, full: string, renames: readonly RenameCandidate[]): boolean {
  return namesBefore(unquotedWherePossible(full), renames).some(
    (known) => isSameName(known, asked) || isSameName(known, `public.${asked}`),
  );
}

/** As the catalog writes names: the engine quotes every one. */
function unquotedWherePossible(text: string): string {
  return text.replaceAll(/"([a-z_][a-z0-9_$]*)"/g, '$1');
}

function unquoted(text: string): string {
  return text.replaceAll(/"([^"]*)"/g, '$1');
}
