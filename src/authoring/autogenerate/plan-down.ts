import type { Step, StepStatement } from './arrange-steps.ts';
import { arrangePlainly } from './arrange-steps.ts';
import { concurrentIndex } from './safe-forms.ts';
import { planChanges, type SchemaFacts } from './schema-diff.ts';

/** The way back from a step: the difference between the schemas after and before it, in the transaction mode of the step. */
export function planDown(
  step: Step,
  { from, to, owner }: { readonly from: SchemaFacts; readonly to: SchemaFacts; readonly owner: string },
): readonly StepStatement[] {
  // A rename planned as a difference would drop and create: the way back is the rename turned round.
  if (step.phase === 'rename') return step.statements.map(({ back }) => ({ sql: back ?? '' })).toReversed();
  const changes = planChanges(from, to, owner);
  if (step.transactional) return arrangePlainly(changes).flatMap(({ statements }) => statements);
  return changes.flatMap((change) => {
    const safe = concurrentIndex(change)?.indexes;
    return safe ?? arrangePlainly([change]).flatMap(({ statements }) => statements);
  });
}
