import type { LaunchPlan } from '../report.ts';
import type { Sourced } from '../target/target.ts';
import type { Paint } from '../../contract/paint.ts';
import { visibleLine } from '../../contract/visible-text.ts';

/** What is about to run, and where; with its sources when somebody wants to know why. */
export function planLines(
  { target, definition, image, command }: LaunchPlan,
  detail: 'short' | 'with-sources',
  paint: Paint,
): readonly string[] {
  const account = target.accountId === undefined ? '' : `, account ${target.accountId}`;
  const lines = [
    `${paint.strong(target.environment)}: ${commandText(command)}`,
    `  ${definition.name} in ${target.cluster.value} (${target.region}${account})`,
    `  image ${visibleLine(image)}`,
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

/** Everything that somebody should have seen before production changes. */
export function confirmationLines(
  { target, definition, image, command }: LaunchPlan,
  { name, profile }: { readonly name: string; readonly profile: string | undefined },
  paint: Paint,
): readonly string[] {
  const rows = [
    ['command', commandText(command)],
    ['revision', definition.name],
    ['image', image],
    ['cluster', target.cluster.value],
    ['account', target.accountId ?? 'not known before the first call'],
    ['region', target.region],
    ['subnets', target.subnets.value.join(', ')],
    ['as', profile === undefined ? name : `${name}, AWS profile ${profile}`],
  ] as const;
  return [
    paint.warning(`This changes ${target.environment}:`),
    ...rows.map(([label, value]) => `  ${paint.dim(label.padEnd(8))}  ${visibleLine(value)}`),
  ];
}

/** The command as the container gets it; one that holds a password was refused before. */
function commandText(command: readonly string[] | undefined): string {
  if (command === undefined) return "the task's own command";
  return visibleLine(`migrate ${command.join(' ')}`);
}
