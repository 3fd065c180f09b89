import { conventionalNames, type Names } from '../target/names.ts';
import type { ConfigFile, EnvironmentValues } from './parse-config.ts';

/** What a configuration says of one environment. */
export interface EnvironmentConfig {
  readonly names: Names;
  /** Settings by their names, as texts, with where they stand. */
  readonly values: Readonly<Record<string, { readonly value: string; readonly source: string }>>;
}

const settingKeys = [
  'cluster',
  'taskDefinition',
  'subnets',
  'securityGroups',
  'container',
  'logGroup',
  'region',
  'profile',
  'timeout',
  'startTimeout',
  'onInterrupt',
] as const;

/** The values for an environment: its own before those for all, `{env}` filled in. Pure. */
export function configFor(config: ConfigFile, environment: string, file: string): EnvironmentConfig {
  const own = config.environments?.[environment] ?? {};
  const fill = (text: string): string => text.replaceAll('{env}', environment);
  const find = (key: Exclude<keyof EnvironmentValues, 'outputs'>) => {
    const value = own[key] ?? config[key];
    if (value === undefined) return undefined;
    const place = own[key] === undefined ? key : `environments.${environment}.${key}`;
    const list = typeof value === 'string' ? [value] : value;
    return { value: list.map(fill).join(','), source: `${place} of ${file}` };
  };
  const usual = conventionalNames(environment);
  const named = {
    computeStack: find('stack'),
    securityStack: find('networkStack'),
    family: find('family'),
    backendService: find('service'),
  };
  const given = Object.entries(named).flatMap(([key, found]) => (found ? [[key, found] as const] : []));
  const outputs = Object.entries({ ...config.outputs, ...own.outputs }).flatMap(([key, name]) =>
    name === undefined ? [] : [[key, fill(name)] as const],
  );
  return {
    names: {
      ...usual,
      ...Object.fromEntries(given.map(([key, { value }]) => [key, value])),
      outputs: { ...usual.outputs, ...Object.fromEntries(outputs) },
      documentedLogGroup: named.computeStack ? undefined : usual.documentedLogGroup,
      sources: Object.fromEntries(given.map(([key, { source }]) => [key, source])),
    },
    values: Object.fromEntries(
      settingKeys.flatMap((key) => {
        const found = find(key);
        return found ? [[key, found] as const] : [];
      }),
    ),
  };
}
