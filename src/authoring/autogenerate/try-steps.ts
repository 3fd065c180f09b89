import type { Session } from '../../runner/database/session.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs, type CatalogDifference } from '../catalog/compare-catalogs.ts';
import { readCatalog, type CatalogScope } from '../catalog/read-catalog.ts';
import type { ScratchDatabase } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { Step, StepStatement } from './arrange-steps.ts';
import { planDown } from './plan-down.ts';
import { readSchemaFacts, type SchemaFacts } from './schema-diff.ts';

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
  /** Where the steps begin; is changed. */
  readonly database: ScratchDatabase;
  readonly scope: CatalogScope;
  readonly desired: Catalog;
  readonly owner: string;
}

/**
 * Runs every step, finds the way back of each by comparing the schema before and after it, and runs those too. Catalogs are
 * compared at every step by our own reader, which shares nothing with the engine that planned them.
 */
export async function trySteps(
  steps: readonly Step[],
  { database, scope, desired, owner }: TrialOptions,
): Promise<Trial> {
  const { connection } = database;
  const tried: TriedStep[] = [];
  const states: { readonly catalog: Catalog; readonly facts: SchemaFacts }[] = [];
  const read = (): Promise<{ catalog: Catalog; facts: SchemaFacts }> =>
    withScratchSession(connection, async (session) => ({
      catalog: await readCatalog(session, scope),
      facts: await readSchemaFacts(session),
    }));
  let before = await read();
  states.push(before);
  for (const [index, step] of steps.entries()) {
    const failure = await run(database, step.transactional, step.statements);
    if (failure !== undefined) {
      const rest = steps.slice(index).map((left) => ({ ...left, down: [] }));
      return { steps: [...tried, ...rest], objections: [failure], differences: [] };
    }
    const after = await read();
    tried.push({ ...step, down: planDown(step, { from: after.facts, to: before.facts, owner }) });
    states.push(after);
    before = after;
  }
  const differences = compareCatalogs(desired, before.catalog);
  const objections = differences.length === 0 ? [] : ['After it the schema is not the desired one.'];
  for (const [index, step] of [...tried.entries()].toReversed()) {
    const failure = await run(database, step.transactional, step.down);
    if (failure !== undefined)
      return { steps: tried, objections: [...objections, `Its way back fails: ${failure}`], differences };
    const back = await withScratchSession(connection, (session) => readCatalog(session, scope));
    if (compareCatalogs(states[index]?.catalog ?? new Map(), back).length > 0)
      return {
        steps: tried,
        objections: [...objections, 'Its way back does not lead to the schema before it.'],
        differences,
      };
  }
  return { steps: tried, objections, differences };
}

/** Runs the statements; answers what the server said against them. */
async function run(
  { connection }: ScratchDatabase,
  transactional: boolean,
  statements: readonly StepStatement[],
): Promise<string | undefined> {
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
