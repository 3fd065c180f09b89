import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { firstPart, isSameName, lastPart, typeOfLabel } from './names.ts';
import { namesBefore, type RenameCandidate } from './renames.ts';

/** `users.mail=email`: what was said on the command line or in a `-- migrate:rename` line of a schema file. */
export interface RenameAnswer {
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

/** Reads one answer. @throws AppError `bad-rename` (2). */
export function parseRename(text: string): RenameAnswer {
  // A quoted name may hold the sign.
  const [, from, to] = /^\s*((?:"(?:[^"]|"")*"|[^"=])+?)\s*=\s*(.+?)\s*$/.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new AppError({
      code: 'bad-rename',
      exitCode: exitCodes.usage,
      message: `"${text}" is no rename.`,
      hint: 'Write --rename users.mail=email: the old name with its table, then the new name.',
    });
  }
  return { text, from, to };
}

/** The answers that stand in schema files, as comments `-- migrate:rename users.mail=email`. */
export function renamesIn(text: string): readonly RenameAnswer[] {
  return [...text.matchAll(/^\s*--\s*migrate:rename\s+(.+)$/gm)].map(([, answer = '']) => parseRename(answer));
}

/** Whether the answer means this candidate, under the present names or those before the renames that are done. */
export function isMeant(
  { kind, from, to }: RenameCandidate,
  answer: RenameAnswer,
  done: readonly RenameCandidate[],
): boolean {
  const isFrom = namesBefore(from, done).some((name) => isNamed(kind, name, answer.from));
  const part = kind === 'enum label' ? to.slice(typeOfLabel(to).length + 1) : lastPart(to);
  const isShort = kind === 'enum label' ? part === answer.to : isSameName(part, answer.to);
  // Without its schema a name stays in the schema.
  const stays = kind === 'column' || kind === 'enum label' || firstPart(from) === firstPart(to);
  return isFrom && (namesBefore(to, done).some((name) => isNamed(kind, name, answer.to)) || (isShort && stays));
}

/** `users.mail` names `public.users.mail`. */
function isNamed(kind: RenameCandidate['kind'], name: string, asked: string): boolean {
  const isSame = kind === 'enum label' ? (one: string, other: string): boolean => one === other : isSameName;
  return isSame(name, asked) || isSame(name, `public.${asked}`);
}

/** The statements that rename, in their order, each with the one that undoes it; `schemas` are those that are there. */
export function renameSql(
  rename: Omit<RenameCandidate, 'isLikely'>,
  schemas: ReadonlySet<string>,
): readonly { readonly sql: string; readonly back: string }[] {
  const { kind, from, to } = rename;
  const both = (sql: (one: string, other: string) => string): { readonly sql: string; readonly back: string } => ({
    sql: sql(from, to),
    back: sql(to, from),
  });
  switch (kind) {
    case 'column': {
      const parent = to.slice(0, -lastPart(to).length - 1);
      return [both((one, other) => `ALTER TABLE ${parent} RENAME COLUMN ${lastPart(one)} TO ${lastPart(other)}`)];
    }
    case 'enum label': {
      const type = typeOfLabel(to);
      const label = (name: string): string => literal(name.slice(typeOfLabel(name).length + 1));
      return [both((one, other) => `ALTER TYPE ${type} RENAME VALUE ${label(one)} TO ${label(other)}`)];
    }
    case 'table':
    case 'type':
      return moveSql(rename, schemas);
  }
}

function moveSql(
  { kind, from, to }: Omit<RenameCandidate, 'isLikely'>,
  schemas: ReadonlySet<string>,
): readonly { readonly sql: string; readonly back: string }[] {
  const word = kind === 'table' ? 'TABLE' : 'TYPE';
  const [home, goal] = [firstPart(from), firstPart(to)];
  const moved = `${goal}.${lastPart(from)}`;
  return [
    ...(schemas.has(goal) ? [] : [{ sql: `CREATE SCHEMA ${goal}`, back: `DROP SCHEMA ${goal}` }]),
    ...(home === goal
      ? []
      : [{ sql: `ALTER ${word} ${from} SET SCHEMA ${goal}`, back: `ALTER ${word} ${moved} SET SCHEMA ${home}` }]),
    ...(moved === to
      ? []
      : [
          {
            sql: `ALTER ${word} ${moved} RENAME TO ${lastPart(to)}`,
            back: `ALTER ${word} ${to} RENAME TO ${lastPart(from)}`,
          },
        ]),
  ];
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
