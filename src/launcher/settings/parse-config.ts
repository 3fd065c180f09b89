import * as z from 'zod/mini';
import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { suggestion } from '../../contract/suggestion.ts';

const text = z.string().check(z.trim(), z.minLength(1, 'must not be empty'));
/** May hold `{env}`, which stands for the environment's name. */
const template = text.check(
  z.refine((value) => !/\{(?!env\})[^}]*\}/.test(value), 'may hold {env} and no other word in braces'),
);
const templates = z.union([template, z.array(template).check(z.minLength(1))], 'must be a text or a list of texts');

const perEnvironment = {
  stack: z.optional(template),
  networkStack: z.optional(template),
  outputs: z.optional(
    z.strictObject({
      cluster: z.optional(template),
      taskDefinition: z.optional(template),
      subnets: z.optional(template),
      securityGroups: z.optional(template),
      logGroup: z.optional(template),
      container: z.optional(template),
    }),
  ),
  cluster: z.optional(template),
  taskDefinition: z.optional(template),
  family: z.optional(template),
  service: z.optional(template),
  subnets: z.optional(templates),
  securityGroups: z.optional(templates),
  container: z.optional(template),
  logGroup: z.optional(template),
  region: z.optional(template),
  profile: z.optional(template),
  timeout: z.optional(text),
  startTimeout: z.optional(text),
  onInterrupt: z.optional(text),
};
const environmentConfig = z.strictObject(perEnvironment);
const configSchema = z.strictObject({
  $schema: z.optional(z.string()),
  ...perEnvironment,
  environments: z.optional(z.record(z.string(), environmentConfig)),
});

/** What one environment, or all of them, are called and where they are. */
export type EnvironmentValues = z.infer<typeof environmentConfig>;
export type ConfigFile = z.infer<typeof configSchema>;

const keys = Object.keys(perEnvironment);
const outputKeys = ['cluster', 'taskDefinition', 'subnets', 'securityGroups', 'logGroup', 'container'];

/** The configuration. Throws one AppError (exit 2) that lists every problem; `source` is the file's name for people. */
export function parseConfig(value: unknown, source: string): ConfigFile {
  const parsed = z.safeParse(configSchema, value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(describeIssue);
  throw new AppError({
    code: 'config',
    exitCode: exitCodes.usage,
    message:
      problems.length === 1
        ? `${source}: ${problems[0]}.`
        : `${source} has ${problems.length} problems: ${problems.join('; ')}.`,
    hint: 'docs/configuration.md of wumbo-migrations lists the keys.',
  });
}

function describeIssue(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key]));
  const place = path.join('.') || 'the whole';
  if (issue.code === 'invalid_type')
    return [`${place} must be ${issue.expected === 'object' ? 'an object' : 'a text'}`];
  return [`${place} ${issue.message}`];
}

function unknownKey(path: readonly string[]): string {
  const [key = '', parent] = path.toReversed();
  const known = parent === 'outputs' ? outputKeys : path.length === 1 ? [...keys, 'environments'] : keys;
  const similar = suggestion(key, known);
  return `${path.join('.')} is no key${similar === undefined ? '' : `; did you mean ${similar}?`}`;
}
