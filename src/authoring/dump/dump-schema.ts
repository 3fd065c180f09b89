import { exitCodes } from '../../contract/exit-codes.ts';
import { databaseLabel, type ConnectionSettings } from '../../runner/database/connection/connection-settings.ts';
import type { Session } from '../../runner/database/connection/session.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import { readRevisions } from '../../runner/files/read-revisions.ts';
import { readSchemaFacts } from '../autogenerate/schema-diff.ts';
import { digestOf, formatCatalogFile } from '../catalog/catalog-file.ts';
import { notLookedAt, readCatalog } from '../catalog/read-catalog.ts';
import { withLiveSession } from '../live-session.ts';
import { replayRevisions } from '../replay-revisions.ts';
import { withScratchServer, type ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { AuthoringAnswer, Surroundings } from '../surroundings.ts';
import { writeDumpFile, writeDumpFiles } from './write-dump-files.ts';
import { writeSql, type SchemaToWrite } from './write-sql.ts';

export interface DumpSchema {
  /** The database to dump, which is only read; `undefined`: what the revisions make. */
  readonly database: ConnectionSettings | undefined;
  readonly form: 'sql' | 'catalog';
  readonly output: string | undefined;
  readonly force: boolean;
  readonly directory: string;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

type Answer = AuthoringAnswer<AnswerDocument<'dump'>>;

/**
 * Writes a schema as SQL or as a catalog, in an order of its own: two databases of one schema give one text. The SQL was run
 * before it is shown; answers 11 when something is not in it.
 * @throws AppError for an unreachable database, revisions that cannot be replayed, a place that is taken.
 */
export async function dumpSchema(asked: DumpSchema): Promise<Answer> {
  // The catalog of a database needs no scratch server.
  if (asked.form === 'catalog' && asked.database !== undefined)
    return catalogAnswer(asked, await withLiveSession(asked.database, (session) => readSource(session, asked)), null);
  return withScratchServer(asked.surroundings.scratch, async (server) => {
    const source = await readAnySource(server, asked);
    if (source.facts !== undefined) return sqlAnswer(server, asked, { ...source, facts: source.facts });
    const { revisions } = await readRevisions(asked.directory);
    return catalogAnswer(asked, source, { revision: revisions.at(-1)?.id ?? null, revisions: digestOf(revisions) });
  });
}

interface Source extends Omit<SchemaToWrite, 'facts'> {
  /** What the engine needs to write SQL. */
  readonly facts: SchemaToWrite['facts'] | undefined;
  readonly major: number;
}

async function readAnySource(server: ScratchServer, asked: DumpSchema): Promise<Source> {
  if (asked.database !== undefined) return withLiveSession(asked.database, (session) => readSource(session, asked));
  const { connection } = await replayRevisions(server, { ...asked, target: 'head' });
  return withScratchSession(connection, (session) => readSource(session, { ...asked, database: connection }));
}

async function readSource(session: Session, { database, form, historySchema }: DumpSchema): Promise<Source> {
  const scope = { ignoredSchemas: [historySchema] };
  const catalog = await readCatalog(session, scope);
  const { rows } = await session.query<{ server_version_num: string }>('SHOW server_version_num');
  return {
    catalog,
    scope,
    owner: database?.user ?? '',
    major: Math.floor(Number(rows[0]?.server_version_num) / 10_000),
    facts: form === 'sql' ? await readSchemaFacts(session) : undefined,
  };
}

async function sqlAnswer(server: ScratchServer, asked: DumpSchema, source: SchemaToWrite): Promise<Answer> {
  const { parts, objections } = await writeSql(server, source);
  const head = `-- The schema of ${nameOf(asked)}, written by \`migrate dump\`.\n`;
  const texts = parts.map(({ group, text }, index) => ({
    name: `${String(index + 1).padStart(2, '0')}_${group.replaceAll(' ', '_')}.sql`,
    text,
  }));
  const warning = objections.map((line) => `-- NOT IN HERE, or not exactly: ${line}\n`).join('');
  const whole = `${head}${warning}\n${texts.map(({ text }) => text).join('\n')}`;
  const files = asked.output === undefined ? [] : await writeDumpFiles(asked.output, texts, asked);
  const proved = objections.length === 0;
  const said = [
    ...files,
    ...(proved
      ? ['Proved: run in an empty database, it makes the same catalog.']
      : ['Not in it, or not exactly:', ...objections.map((line) => `  ${line}`)]),
  ].join('\n');
  return {
    exitCode: proved ? exitCodes.done : exitCodes.differenceFound,
    text: asked.output === undefined ? whole.trimEnd() : said,
    document: {
      source: nameOf(asked),
      files,
      proved,
      objections,
      text: asked.output === undefined ? whole : null,
      notLookedAt,
    },
  };
}

async function catalogAnswer(
  asked: DumpSchema,
  { catalog, major }: Source,
  of: { readonly revision: string | null; readonly revisions: string } | null,
): Promise<Answer> {
  const text = formatCatalogFile({
    catalog,
    server: major,
    revision: of?.revision ?? null,
    revisions: of?.revisions ?? null,
  });
  if (asked.output !== undefined) await writeDumpFile(asked.output, text, asked);
  const files = asked.output === undefined ? [] : [asked.output];
  return {
    exitCode: exitCodes.done,
    text: asked.output ?? text.trimEnd(),
    document: {
      source: nameOf(asked),
      files,
      proved: true,
      objections: [],
      text: asked.output === undefined ? text : null,
      notLookedAt,
    },
  };
}

function nameOf({ database }: DumpSchema): string {
  return database === undefined ? 'the revisions' : databaseLabel(database);
}
