import type { Session } from '../../runner/database/connection/session.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs, type CatalogDifference } from '../catalog/compare-catalogs.ts';
import { readCatalog, type CatalogScope } from '../catalog/read-catalog.ts';
import { formatDifferences } from '../catalog/format-differences.ts';
import type { ScratchDatabase, ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { Step, StepStatement } from './arrange-steps.ts';
import { planDown } from './plan-down.ts';
import { readSchemaFacts, type SchemaFacts } from './schema-diff.ts';
import { settleOrder } from './settle-order.ts';
import { supplement } from './supplement.ts';

/** A step with the way back, and what is known of both. */
export interface TriedStep extends Step {
  readonly down: readonly StepStatement[];
}

/** What came of running the steps, and then their ways back, on a throw-away database. */
export interface Trial {
  readonly steps: readonly TriedStep[];
  /** Why it is no proof, as sentences; none when every step ran, led to the desired schema, and back. */
  readonly objections: readonly string[];
  /** What is not as desired at the end. */
  readonly differences: readonly CatalogDifference[];
}

export interface TrialOptions {
  readonly server: ScratchServer;
  /** Where the steps begin; is changed. */
  readonly database: ScratchDatabase;
  readonly scope: CatalogScope;
  readonly desired: Catalog;
  readonly owner: string;
}

interface State {
  readonly catalog: Catalog;
  readonly facts: SchemaFacts;
}

/**
 * Runs every step, finds the way back of each by comparing the schema before and after it, and runs those too. Catalogs are
 * compared at every step by our own reader, which shares nothing with the engine that planned them.
 */
export async function trySteps(steps: readonly Step[], options: TrialOptions): Promise<Trial> {
  const { server, database, owner } = options;
  const tried: TriedStep[] = [];
  const states = [await readState(options)];
  for (const [index, planned] of steps.entries()) {
    const before = states.at(-1) ?? (await readState(options));
    const ran = await goForth(planned, { isLast: index === steps.length - 1, options });
    if (typeof ran === 'string') {
      const rest = steps.slice(index).map((left) => ({ ...left, down: [] }));
      return { steps: [...tried, ...rest], objections: [ran], differences: [] };
    }
    const after = await readState(options);
    const way = { server, database, from: after.facts, to: before.facts, owner };
    tried.push({ ...ran, down: await planDown(ran, way) });
    states.push(after);
  }
  const differences = compareCatalogs(options.desired, states.at(-1)?.catalog ?? new Map());
  const objections = differences.length === 0 ? [] : ['After it the schema is not the desired one.'];
  for (const [index, step] of [...tried.entries()].toReversed()) {
    const went = await goBack(step, states[index]?.catalog ?? new Map(), options);
    if (typeof went === 'string') return { steps: tried, objections: [...objections, went], differences };
    tried[index] = { ...step, down: went };
  }
  return { steps: tried, objections, differences };
}

function readState({ database, scope }: TrialOptions): Promise<State> {
  return withScratchSession(database.connection, async (session) => ({
    catalog: await readCatalog(session, scope),
    facts: await readSchemaFacts(session),
  }));
}

function readCatalogOf({ database, scope }: TrialOptions): Promise<Catalog> {
  return withScratchSession(database.connection, (session) => readCatalog(session, scope));
}

/** Runs a step; the last one gets what the engine forgot. Answers the step as it ran, or what is against it. */
async function goForth(
  step: Step,
  { isLast, options }: { readonly isLast: boolean; readonly options: TrialOptions },
): Promise<Step | string> {
  const { database, desired } = options;
  const failure = await run(database, step.transactional, step.statements);
  if (failure !== undefined) return failure;
  if (!isLast) return step;
  const more = supplement(compareCatalogs(desired, await readCatalogOf(options)));
  const failed = await run(database, step.transactional, more);
  return failed ?? { ...step, statements: [...step.statements, ...more] };
}

/** Runs the way back, in another order when the planned one fails. Answers it as it ran, or what is against it. */
async function goBack(
  step: TriedStep,
  expected: Catalog,
  options: TrialOptions,
): Promise<readonly StepStatement[] | string> {
  const { server, database } = options;
  let { down } = step;
  let failure = await run(database, step.transactional, down);
  if (failure !== undefined && step.transactional) {
    down = await settleOrder(await server.createDatabase({ copyOf: database }), down);
    failure = await run(database, step.transactional, down);
  }
  if (failure !== undefined) return `Its way back fails: ${failure}`;
  const more = supplement(compareCatalogs(expected, await readCatalogOf(options)));
  const failed = await run(database, step.transactional, more);
  if (failed !== undefined) return `Its way back fails: ${failed}`;
  const differences = compareCatalogs(expected, await readCatalogOf(options));
  return differences.length === 0
    ? [...down, ...more]
    : ['Its way back does not lead to the schema before it:', ...formatDifferences(differences)].join('\n');
}

/** Runs the statements; answers what the server said against them. */
async function run(
  { connection }: ScratchDatabase,
  transactional: boolean,
  statements: readonly StepStatement[],
): Promise<string | undefined> {
  if (statements.length === 0) return undefined;
  return withScratchSession(connection, async (session) => {
    if (transactional) await session.query('BEGIN');
    for (const { sql } of statements) {
      const failure = await refusal(session, sql);
      if (failure !== undefined) return failure;
    }
    if (!transactional) return undefined;
    return refusal(session, 'COMMIT');
  });
}

async function refusal(session: Session, sql: string): Promise<string | undefined> {
  try {
    await session.query(sql);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return `PostgreSQL refuses \`${shortened(sql)}\`: ${message}.`;
  }
}

function shortened(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}
