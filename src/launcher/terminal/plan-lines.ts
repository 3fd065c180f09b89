import type { LaunchPlan } from '../report.ts';
import type { Sourced } from '../target.ts';
import type { Paint } from '../../contract/paint.ts';
import { visibleLine } from '../../contract/visible-text.ts';

/** What is about to run, and where; with its sources when somebody wants to know why. */
export function planLines(
  { target, definition, image, command }: LaunchPlan,
  detail: 'short' | 'with-sources',
  paint: Paint,
): readonly string[] {
  const account = target.accountId === undefined ? '' : `account ${target.accountId}, `;
  const what = command === undefined ? "the task's own command" : `migrate ${command.join(' ')}`;
  const lines = [
    `${paint.strong(target.environment)}: ${visibleLine(what)}`,
    `  ${definition.name} in ${target.cluster.value} (${account}${target.region}), image ${visibleLine(image)}`,
  ];
  if (detail === 'short') return lines;
  const value = (name: string, { value: found, source }: Sourced<string | readonly string[]>): string =>
    paint.dim(`  ${name} ${typeof found === 'string' ? found : found.join(',')} (${source})`);
  return [
    ...lines,
    value('cluster', target.cluster),
    value('task definition', target.taskDefinition),
    value('subnets', target.subnets),
    value('security groups', target.securityGroups),
  ];
}
