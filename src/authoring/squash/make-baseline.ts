import { writeSql } from '../dump/write-sql.ts';
import type { ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { Built } from './build-revisions.ts';
import { keepColumnOrder, readColumnOrder } from './keep-column-order.ts';
import type { BaselineBody } from './format-baseline.ts';
import { readSequences } from './read-facts.ts';
import { writeRoles } from './read-roles.ts';
import { isMoment, writeRows, type FilledTable } from './read-rows.ts';
import { readEngineFacts } from './read-state.ts';

export interface MadeBaseline {
  readonly body: BaselineBody;
  /** What could not be written, as `migrate dump` says it: the cause of a difference. */
  readonly unwritten: readonly string[];
  /** What no comparison would find missing. */
  readonly objections: readonly string[];
  /** What a person should know of the rows. */
  readonly remarks: readonly string[];
}

export interface BaselineWish {
  readonly historySchema: string;
  readonly data: 'carried' | 'left out';
  /** SQL that a person wants at its end. */
  readonly appended: string | undefined;
}

/** Writes as SQL what the replaced revisions have built: roles, schema, rows, sequences. */
export async function makeBaseline(
  server: ScratchServer,
  { database, state, tables, varying, roles, ...wish }: Built & BaselineWish,
): Promise<MadeBaseline> {
  const columns = await withScratchSession(database.connection, readColumnOrder);
  const { parts, objections } = await writeSql(server, {
    facts: await readEngineFacts(database),
    catalog: state.catalog,
    owner: database.connection.user,
    scope: { ignoredSchemas: [wish.historySchema] },
    arrange: (changes) => keepColumnOrder(changes, columns),
  });
  const carried = wish.data === 'carried' ? tables : [];
  const defaults = new Set(carried.flatMap((table) => momentsOf(table, varying)));
  return withScratchSession(database.connection, async (session) => {
    const written = await writeRoles(session, roles);
    const rows: string[] = [];
    for (const table of carried) rows.push(...(await writeRows(session, table, defaults)));
    const sequences = wish.data === 'carried' ? await readSequences(session) : [];
    const last = sequences
      .filter(({ isFresh }) => !isFresh)
      .map(({ name, value }) => `SELECT pg_catalog.setval('${name.replaceAll("'", "''")}', ${value});`);
    const appended = wish.appended === undefined ? [] : [wish.appended.trimEnd()];
    return {
      body: { roles: written.statements, parts, rows, last: [...last, ...appended] },
      unwritten: objections,
      // What a person has added for them cannot be judged.
      objections: wish.appended === undefined ? written.objections : [],
      remarks: remarksOn({ tables, varying, defaults, data: wish.data, roles }),
    };
  });
}

function momentsOf({ name, columns }: FilledTable, varying: ReadonlySet<string>): readonly string[] {
  return columns
    .filter((column) => varying.has(`${name}.${column.name}`) && isMoment(column))
    .map((column) => `${name}.${column.name}`);
}

function remarksOn({
  tables,
  varying,
  defaults,
  data,
  roles,
}: {
  readonly tables: readonly FilledTable[];
  readonly varying: ReadonlySet<string>;
  readonly defaults: ReadonlySet<string>;
  readonly data: BaselineWish['data'];
  readonly roles: readonly string[];
}): readonly string[] {
  const rows = listed(tables.map(({ name, count }) => `${name} (${count})`));
  if (tables.length > 0 && data === 'left out') return [`Rows of ${rows} are left out, and sequences begin anew.`];
  const fixed = [...varying].filter((column) => !defaults.has(column));
  return [
    ...(tables.length > 0 ? [`Rows that the revisions write are in it: ${rows}.`] : []),
    ...(defaults.size > 0 ? [`Left to their defaults, as each run has its own time: ${listed([...defaults])}.`] : []),
    ...(fixed.length > 0 ? [`Other in every run of the revisions, and fixed by the baseline: ${listed(fixed)}.`] : []),
    ...(roles.length > 0 ? [`Roles are made where they are missing: ${roles.join(', ')}.`] : []),
  ];
}

/** All of them are in `--json`, and in the file. */
function listed(names: readonly string[]): string {
  const more = names.length - 10;
  return more > 0 ? `${names.slice(0, 10).join(', ')} and ${more} more` : names.join(', ');
}
