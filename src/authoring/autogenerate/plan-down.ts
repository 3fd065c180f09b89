import type { ScratchDatabase, ScratchServer } from '../scratch/scratch-server.ts';
import { arrangePlainly, type Step, type StepStatement } from './arrange-steps.ts';
import { planWay } from './plan-way.ts';
import { concurrentIndex } from './safe-forms.ts';
import type { SchemaFacts } from './schema-diff.ts';

export interface WayDown {
  readonly server: ScratchServer;
  /** Holds the schema after the step; stays as it is. */
  readonly database: ScratchDatabase;
  readonly from: SchemaFacts;
  readonly to: SchemaFacts;
  readonly owner: string;
}

/** The way back from a step: the difference between the schemas after and before it, in the transaction mode of the step. */
export async function planDown(step: Step, way: WayDown): Promise<readonly StepStatement[]> {
  // A rename planned as a difference would drop and create: the way back is the rename turned round.
  if (step.phase === 'rename') return step.statements.map(({ back }) => ({ sql: back ?? '' })).toReversed();
  const changes = await planWay(way);
  if (step.transactional) return arrangePlainly(changes).flatMap(({ statements }) => statements);
  const ofPartitioned = step.statements.flatMap(({ sql }) => / INDEX (\S+) ON ONLY /.exec(sql)?.[1] ?? []);
  return changes.flatMap((change) => {
    const [, dropped = ''] = /^DROP INDEX (?:\S+\.)?(\S+)$/.exec(change.sql) ?? [];
    // The server drops an index of a partitioned table in the plain way only.
    if (ofPartitioned.some((name) => name.replaceAll('"', '') === dropped.replaceAll('"', '')))
      return [{ sql: change.sql }];
    const safe = concurrentIndex(change)?.indexes;
    return safe ?? arrangePlainly([change]).flatMap(({ statements }) => statements);
  });
}
