import * as z from 'zod/mini';
import { _default as defaultsTo } from 'zod/mini';
import { AppError } from '../../contract/app-error.ts';
import { parseDuration } from '../../contract/duration.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { suggestion } from '../../contract/suggestion.ts';
import type { EnvironmentConfig } from './environment-config.ts';
import type { Names } from '../target/names.ts';
import type { Flags } from '../command-line/flags.ts';

const prefix = 'LAUNCH_MIGRATION_';

const text = z.string().check(z.trim(), z.minLength(1, 'must not be empty'));
const list = z.pipe(
  text,
  z.transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
);
const switchedOn = z.pipe(
  z.union([z.boolean(), z.string()]),
  z.transform((value, context) => {
    if (typeof value === 'boolean') return value;
    if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true;
    if (['0', 'false', 'no', 'off'].includes(value.toLowerCase())) return false;
    context.issues.push({ code: 'custom', message: 'must be true or false', input: value });
    return z.NEVER;
  }),
);
const durationMs = z.pipe(
  text,
  z.transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms > 0) return ms;
    context.issues.push({ code: 'custom', message: 'must be a duration such as 90s, 10m or 1h', input: value });
    return z.NEVER;
  }),
);
const milliseconds = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,6}$/, 'must be a number of milliseconds')),
  z.transform(Number),
);

/** Every setting: flag `--start-timeout`, variable `LAUNCH_MIGRATION_START_TIMEOUT`. The flag wins. */
const schema = {
  config: z.optional(text),
  region: z.optional(text),
  profile: z.optional(text),
  cluster: z.optional(text),
  taskDefinition: z.optional(text),
  subnets: z.optional(list),
  securityGroups: z.optional(list),
  container: z.optional(text),
  logGroup: z.optional(text),
  timeout: z.optional(durationMs),
  startTimeout: defaultsTo(z.optional(durationMs), 600_000),
  /** `undefined`: ask on a terminal, else detach. */
  onInterrupt: z.optional(z.enum(['detach', 'stop'], 'must be detach or stop')),
  runId: z.optional(text),
  /** Of `stop`: why, for ECS to keep. */
  reason: z.optional(text),
  latest: defaultsTo(z.optional(switchedOn), false),
  force: defaultsTo(z.optional(switchedOn), false),
  yes: defaultsTo(z.optional(switchedOn), false),
  json: defaultsTo(z.optional(switchedOn), false),
  verbose: defaultsTo(z.optional(switchedOn), false),
  quiet: defaultsTo(z.optional(switchedOn), false),
  logsOnFailure: defaultsTo(z.optional(switchedOn), false),
  /** Not in the help, for tests: how long one poll, the quiet time after the end, the first wait before a retry, and one
   * look for a new login last, how long a pause is told as a sleep, and how long a launch says nothing before it says that it
   * is alive: CI systems end jobs that print nothing. */
  pollMs: defaultsTo(z.optional(milliseconds), 1_000),
  quietMs: defaultsTo(z.optional(milliseconds), 8_000),
  retryMs: defaultsTo(z.optional(milliseconds), 2_000),
  loginPollMs: defaultsTo(z.optional(milliseconds), 15_000),
  sleepJumpMs: defaultsTo(z.optional(milliseconds), 60_000),
  aliveMs: defaultsTo(z.optional(milliseconds), 30_000),
};
const settingsSchema = z.object(schema);

/** The settings of one launch; durations in milliseconds. */
export interface Settings extends z.infer<typeof settingsSchema> {
  /** What the configuration file calls things; `undefined`: convention. */
  readonly names?: Names | undefined;
  /** Where each setting that is not a default came from. */
  readonly sources?: Readonly<Record<string, string>>;
  /** The settings that the configuration file gave, and that it will give again. */
  readonly configured?: readonly string[];
}

/**
 * The settings from flags, environment variables and the configuration, in this order. Throws one AppError (exit 2) that lists *every* problem, unknown
 * `LAUNCH_MIGRATION_…` names included: a misspelt setting must not be a silent default.
 */
export function readSettings(
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
  config?: EnvironmentConfig,
): Settings {
  const given: Record<string, string | boolean> = {};
  const sources: Record<string, string> = {};
  for (const key of Object.keys(schema)) {
    const variable = variableName(key);
    const flag = flags[key];
    const fromEnv = env[variable] === '' ? undefined : env[variable];
    const configured = config?.values[key];
    const value = flag ?? fromEnv ?? configured?.value;
    if (value === undefined) continue;
    given[key] = value;
    sources[key] = flag === undefined ? (fromEnv === undefined ? (configured?.source ?? '') : variable) : flagName(key);
  }
  const parsed = z.safeParse(settingsSchema, given);
  const problems = unknownVariables(env);
  if (!parsed.success)
    for (const { path, message } of parsed.error.issues) {
      const key = String(path[0]);
      problems.push(`${sources[key] ?? flagName(key)} ${message}, not "${String(given[key])}"`);
    }
  if (!parsed.success || problems.length > 0)
    throw new AppError({
      code: 'settings',
      exitCode: exitCodes.usage,
      message: problems.length === 1 ? `${problems[0]}.` : `The settings have problems: ${problems.join('; ')}.`,
      hint: 'Correct the setting, or see launch-migration --help.',
    });
  const configured = Object.keys(sources).filter((key) => sources[key] === config?.values[key]?.source);
  return { ...parsed.data, names: config?.names, sources, configured };
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.keys(schema).map(variableName);
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.includes(name))
    .map((name) => {
      const similar = suggestion(
        name.slice(prefix.length),
        known.map((variable) => variable.slice(prefix.length)),
      );
      return `${name} is no setting${similar === undefined ? '' : `; did you mean ${prefix}${similar}?`}`;
    });
}

/** `startTimeout` → `LAUNCH_MIGRATION_START_TIMEOUT`; `undefined` when the option has no variable. */
export function variableOf(key: string): string | undefined {
  return Object.hasOwn(schema, key) ? variableName(key) : undefined;
}

function variableName(key: string): string {
  return prefix + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
