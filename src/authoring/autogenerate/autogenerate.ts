import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs, type CatalogDifference } from '../catalog/compare-catalogs.ts';
import { readCatalog, type CatalogScope } from '../catalog/read-catalog.ts';
import type { ScratchDatabase, ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import { arrangePlainly, arrangeSafely, type SchemaKnowledge, type Step } from './arrange-steps.ts';
import { loadSchema, type SchemaText } from './load-schema.ts';
import { planWay } from './plan-way.ts';
import { renameInRounds } from './rename-rounds.ts';
import type { RenameCandidate } from './renames.ts';
import { readSchemaFacts, type SchemaChange } from './schema-diff.ts';
import { settleOrder } from './settle-order.ts';
import { trySteps, type Trial } from './try-steps.ts';
import { decideTypeChanges, type AskUsing, type OpenTypeChange, type UsingAnswer } from './type-changes.ts';

export interface Autogenerate {
  readonly server: ScratchServer;
  /** The schema as it is, without the record; is not changed. */
  readonly current: ScratchDatabase;
  readonly desiredTexts: readonly SchemaText[];
  readonly scope: CatalogScope;
  readonly decisions: Decisions;
}

/** What only a person can say. */
export interface Decisions {
  /** Picks the candidates that really are renames, beside those that are done. @throws AppError when it cannot be known. */
  readonly chooseRenames: (
    candidates: readonly RenameCandidate[],
    done: readonly RenameCandidate[],
  ) => Promise<readonly RenameCandidate[]>;
  /** After the last choice. @throws AppError for an answer that fitted nothing. */
  readonly refuseUnusedRenames: () => void;
  readonly usings: readonly UsingAnswer[];
  /** Asks a person, on a terminal only, how values become another type; `undefined`: not now. */
  readonly askUsing: AskUsing | undefined;
  /** The short form of every statement, whatever it locks. */
  readonly plain: boolean;
}

/** What there is to do, proved or not. */
export interface Proposal {
  /** From the present schema to the desired one: `missing` is what goes, `extra` what comes. */
  readonly differences: readonly CatalogDifference[];
  readonly desired: Catalog;
  readonly steps: Trial['steps'];
  /** Why the steps are no proof; none: up and down were run, and led exactly where they should. */
  readonly objections: readonly string[];
  readonly remaining: readonly CatalogDifference[];
  readonly openTypeChanges: readonly OpenTypeChange[];
  /** Why the lock-safe form was given up for the short one. */
  readonly plainBecause: readonly string[];
  /** What the engine saw and does not handle. */
  readonly unhandled: readonly string[];
}

/**
 * Finds the steps from the current schema to the desired one and tries them, forth and back, on scratch databases: first in
 * the lock-safe form, then, if that does not work, in the short one.
 * @throws AppError for a desired schema that cannot be loaded (2), and what the decisions throw.
 */
export async function autogenerate({
  server,
  current,
  desiredTexts,
  scope,
  decisions,
}: Autogenerate): Promise<Proposal> {
  const desired = await server.createDatabase();
  await withScratchSession(desired.connection, (session) => loadSchema(session, desiredTexts));
  const read = ({ connection }: ScratchDatabase): Promise<Catalog> =>
    withScratchSession(connection, (session) => readCatalog(session, scope));
  const [before, after] = [await read(current), await read(desired)];
  const differences = compareCatalogs(before, after);
  if (differences.length === 0) return { ...nothingToDo, desired: after };

  // Without renames nothing is changed in it, and making a database is what takes the longest of all.
  let renamed = current;
  const { renames, statements, catalog } = await renameInRounds({
    current: before,
    desired: after,
    choose: decisions.chooseRenames,
    onCopy: async (work) => {
      if (renamed === current) renamed = await server.createDatabase({ copyOf: current });
      return withScratchSession(renamed.connection, work);
    },
    read: (session) => readCatalog(session, scope),
  });
  decisions.refuseUnusedRenames();
  const renameSteps: readonly Step[] =
    statements.length === 0 ? [] : [{ phase: 'rename', transactional: true, statements }];
  const [from, to] = [
    await withScratchSession(renamed.connection, readSchemaFacts),
    await withScratchSession(desired.connection, readSchemaFacts),
  ];
  const owner = current.connection.user;
  const planned = await planWay({ server, database: renamed, from, to, owner });
  const { changes, open } = await withScratchSession(renamed.connection, (session) =>
    decideTypeChanges(session, planned, { ...decisions, renames }),
  );
  const attempt = async (steps: readonly Step[]): Promise<Trial> => {
    const database = await server.createDatabase({ copyOf: current });
    const all = [...renameSteps, ...steps];
    return trySteps(all.length === 0 ? [emptyStep] : all, { server, database, scope, desired: after, owner });
  };
  const settle = async (): Promise<readonly SchemaChange[]> =>
    settleOrder(await server.createDatabase({ copyOf: renamed }), changes);
  const knowledge = knowledgeOf(catalog, after, server.majorVersion);
  const best = await bestTrial(changes, { attempt, settle, plain: decisions.plain, knowledge });
  return {
    differences,
    desired: after,
    ...best,
    objections: [
      ...best.objections,
      ...open.map(
        ({ column, type }) =>
          `How the values of ${column} become ${type} is a decision: the server does not convert them by itself.`,
      ),
    ],
    openTypeChanges: open,
    unhandled: [...new Set([...from.unhandled, ...to.unhandled])],
  };
}

/** For what only our own comparison sees: {@link trySteps} completes it. */
const emptyStep: Step = { phase: 'expand', transactional: true, statements: [] };

const nothingToDo: Omit<Proposal, 'desired'> = {
  differences: [],
  steps: [],
  objections: [],
  remaining: [],
  openTypeChanges: [],
  plainBecause: [],
  unhandled: [],
};

interface Attempts {
  readonly attempt: (steps: readonly Step[]) => Promise<Trial>;
  /** The changes in an order that was seen to work. */
  readonly settle: () => Promise<readonly SchemaChange[]>;
  readonly plain: boolean;
  readonly knowledge: SchemaKnowledge;
}

async function bestTrial(
  changes: readonly SchemaChange[],
  { attempt, settle, plain, knowledge }: Attempts,
): Promise<Pick<Proposal, 'steps' | 'objections' | 'remaining' | 'plainBecause'>> {
  const arrange = (ordered: readonly SchemaChange[]): readonly Step[] =>
    plain ? arrangePlainly(ordered) : arrangeSafely(ordered, knowledge);
  const tried = await attempt(arrange(changes));
  if (tried.objections.length === 0) return resultOf(tried, []);
  const settled = await settle();
  const isNew = settled.some((change, index) => change !== changes[index]);
  const again = isNew ? await attempt(arrange(settled)) : tried;
  if (plain || again.objections.length === 0) return resultOf(again, []);
  const short = await attempt(arrangePlainly(settled));
  return resultOf(short, again.objections);
}

function resultOf(
  { steps, objections, differences }: Trial,
  plainBecause: readonly string[],
): Pick<Proposal, 'steps' | 'objections' | 'remaining' | 'plainBecause'> {
  return { steps, objections, remaining: differences, plainBecause };
}

function knowledgeOf(before: Catalog, after: Catalog, majorVersion: number): SchemaKnowledge {
  const partitioned = [...before.values()]
    .filter(({ kind, properties }) => kind === 'table' && properties['partition key'] !== undefined)
    .map(({ name }) => name.replaceAll('"', ''));
  const attached = [...after.values()].flatMap(({ kind, name, properties }) => {
    const { definition, 'attached to': parent } = properties;
    return kind === 'index' && definition !== undefined && parent !== undefined ? [{ name, definition, parent }] : [];
  });
  return { partitioned: new Set(partitioned), attached, majorVersion };
}
