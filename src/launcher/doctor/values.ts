import type { Names } from '../target/names.ts';
import type { Place } from '../target/read-place.ts';
import type { Sourced, Target } from '../target/target.ts';
import type { DiagnosedValue } from './diagnosis.ts';

/** What is looked for, and who called it so. */
export function nameValues({ computeStack, securityStack, sources }: Names): readonly DiagnosedValue[] {
  return [
    { name: 'stack', value: computeStack, source: sources.computeStack ?? 'convention' },
    { name: 'network stack', value: securityStack, source: sources.securityStack ?? 'convention' },
  ];
}

export function placeValues(place: Place): readonly DiagnosedValue[] {
  const { accountId, cluster, taskDefinition } = place;
  return [
    ...(accountId === undefined
      ? []
      : [{ name: 'account', value: accountId, source: 'the stack, or the credentials' }]),
    valueOf('cluster', cluster),
    valueOf('task definition', taskDefinition),
  ];
}

export function targetValues({ subnets, securityGroups }: Target): readonly DiagnosedValue[] {
  return [valueOf('subnets', subnets), valueOf('security groups', securityGroups)];
}

function valueOf(name: string, { value, source }: Sourced<string | readonly string[]>): DiagnosedValue {
  return { name, value: typeof value === 'string' ? value : value.join(','), source };
}
