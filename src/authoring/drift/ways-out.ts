import { AppError } from '../../contract/app-error.ts';
import type { ConnectionSettings } from '../../runner/database/connection/connection-settings.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import { readableSql } from '../autogenerate/readable-sql.ts';
import { planWay } from '../autogenerate/plan-way.ts';
import { readSchemaFacts, type SchemaChange } from '../autogenerate/schema-diff.ts';
import { scopeFilter, type CatalogScope } from '../catalog/catalog-scope.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs } from '../catalog/compare-catalogs.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import { copyLiveSchema } from '../copy-live-schema.ts';
import type { ScratchDatabase, ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';

export interface WaysOut {
  readonly server: ScratchServer;
  /** What the revisions make. */
  readonly replayed: ScratchDatabase;
  readonly live: ConnectionSettings;
  readonly scope: CatalogScope;
  readonly catalogs: { readonly expected: Catalog; readonly actual: Catalog };
}

type Sql = NonNullable<AnswerDocument<'drift'>['sql']>;

/**
 * The statements that take a drift back, and those that would make it a revision; each tried on a scratch copy. What cannot
 * be copied or does not lead there is said in `objections`.
 */
export async function planWaysOut(asked: WaysOut): Promise<Sql> {
  try {
    return await findWaysOut(asked);
  } catch (error) {
    const isOfEngine = error instanceof AppError && /^schema-not-(?:copied|planned)$/.test(error.code);
    if (!isOfEngine) throw error;
    return withScript({ back: [], adopt: [], objections: [error.message] });
  }
}

async function findWaysOut({ server, replayed, live, scope, catalogs }: WaysOut): Promise<Sql> {
  const copy = await copyLiveSchema(server, live, scope);
  const [ours, theirs] = [
    await withScratchSession(replayed.connection, readSchemaFacts),
    await withScratchSession(copy.connection, readSchemaFacts),
  ];
  const owner = copy.connection.user;
  const isWanted = wantedBy(scope);
  const back = (await planWay({ server, database: copy, from: theirs, to: ours, owner })).filter(isWanted);
  const adopt = (await planWay({ server, database: replayed, from: ours, to: theirs, owner })).filter(isWanted);
  const leads = async (
    from: ScratchDatabase,
    changes: readonly SchemaChange[],
    to: Catalog,
  ): Promise<string | undefined> => tryChanges(await server.createDatabase({ copyOf: from }), changes, { scope, to });
  const objections = [
    ...sentence('Taking it back', await leads(copy, back, catalogs.expected)),
    ...sentence('Keeping it', await leads(replayed, adopt, catalogs.actual)),
  ];
  const readable = await withScratchSession(replayed.connection, readableSql);
  const texts = (changes: readonly SchemaChange[]): readonly string[] =>
    changes.map(({ sql, isDestructive }) => `${isDestructive ? '-- Rows or values are lost:\n' : ''}${readable(sql)};`);
  return withScript({ back: texts(back), adopt: texts(adopt), objections });
}

/** Why the changes do not lead to the catalog; `undefined` when they do. */
async function tryChanges(
  { connection }: ScratchDatabase,
  changes: readonly SchemaChange[],
  { scope, to }: { readonly scope: CatalogScope; readonly to: Catalog },
): Promise<string | undefined> {
  return withScratchSession(connection, async (session) => {
    try {
      await session.query('SET check_function_bodies = off');
      for (const { sql } of changes) await session.query(sql);
    } catch (error) {
      return `PostgreSQL says: ${error instanceof Error ? error.message : String(error)}`;
    }
    const left = compareCatalogs(to, await readCatalog(session, scope)).length;
    return left === 0 ? undefined : `${left} ${left === 1 ? 'difference stays' : 'differences stay'}`;
  });
}

function sentence(what: string, problem: string | undefined): readonly string[] {
  return problem === undefined ? [] : [`${what} was tried on a scratch server and does not lead there: ${problem}.`];
}

function wantedBy(scope: CatalogScope): (change: SchemaChange) => boolean {
  const isIgnored = scopeFilter(scope);
  return ({ touches }) =>
    !touches.some(({ kind, schema, table, name }) => {
      const shown = [schema, table ?? name].filter(Boolean).join('.');
      return isIgnored({ kind, name: shown, properties: {} });
    });
}

function withScript({ back, adopt, objections }: Pick<Sql, 'back' | 'adopt' | 'objections'>): Sql {
  const proof =
    objections.length === 0
      ? ['-- Each was tried on a scratch server and leads exactly there.']
      : ['-- NOT PROVED:', ...objections.flatMap((text) => text.split('\n')).map((line) => `--   ${line}`)];
  const script = [
    '-- Two ways to end the drift: choose one. Nothing was run.',
    ...proof,
    '',
    '-- 1. Take it back: these statements make the database what its revisions make.',
    ...back,
    '',
    '-- 2. Or keep it: put these statements, without the dashes, into a new revision (`migrate revision -m "…"`). Where they are',
    '--    in force already, record it with `migrate stamp head --reason "…"`; elsewhere `migrate upgrade` runs them.',
    ...adopt.flatMap((text) => text.split('\n')).map((line) => `-- ${line}`),
    '',
  ].join('\n');
  return { back, adopt, proved: objections.length === 0, objections, script };
}
