import * as z from 'zod/mini';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { suggestion } from '../../contract/suggestion.ts';
import type { VersionRange } from './consequences/consequence.ts';
import type { Severity } from './finding.ts';
import { rules, type RuleName } from './rules.ts';

const configSchema = z.strictObject({
  postgres: z.optional(z.string()),
  failOn: z.optional(z.string()),
  since: z.optional(z.string()),
  allow: z.optional(z.array(z.strictObject({ path: z.string(), rules: z.array(z.string()), reason: z.string() }))),
});

/** Reads `lint: {…}` of the settings file. @throws AppError `bad-settings` (2) for a key or a value that means nothing. */
export function readLintConfig(value: unknown): LintConfig {
  const { success, data, error } = configSchema.safeParse(value);
  if (success) return data;
  throw wrongSettings(
    error.issues.map((issue) => {
      const place = ['lint', ...issue.path].join('.');
      return issue.code === 'unrecognized_keys'
        ? `${place} has no key ${issue.keys.join(', ')}`
        : `${place} is missing or of another type`;
    }),
  );
}

/** `lint: {…}` of the settings file; every part may be left out. */
export interface LintConfig {
  /** Versions of PostgreSQL that the revisions must run on: `16`, or `14-18`. */
  readonly postgres?: string | undefined;
  readonly failOn?: string | undefined;
  /** Revision behind which linting begins. */
  readonly since?: string | undefined;
  /** What is accepted in files whose path fits; `*` stands for anything but `/`, `**` for anything. */
  readonly allow?:
    | readonly { readonly path: string; readonly rules: readonly string[]; readonly reason: string }[]
    | undefined;
}

export interface LintPolicy {
  readonly versions: VersionRange;
  readonly failOn: Severity;
  readonly since: string | undefined;
  readonly accepts: (file: string, rule: RuleName) => string | undefined;
}

/** Makes the policy of a configuration. Pure. @throws AppError `bad-settings` (2) that names every problem at once. */
export function lintPolicy(config: LintConfig): LintPolicy {
  const { postgres = '14-18', failOn = 'warning', since, allow = [] } = config;
  const problems: string[] = [];
  const [, from = '', to = from] = /^(\d{2})(?:-(\d{2}))?$/.exec(postgres) ?? [];
  if (from === '' || Number(from) > Number(to) || Number(from) < 12 || Number(to) > 19)
    problems.push(`"${postgres}" is no range of PostgreSQL versions such as 16 or 14-18`);
  if (failOn !== 'error' && failOn !== 'warning' && failOn !== 'notice')
    problems.push(`"${failOn}" is neither error, warning nor notice`);
  for (const { rules: named, reason, path } of allow) {
    if (reason.trim() === '') problems.push(`what is allowed in ${path} has no reason`);
    for (const rule of named) {
      if (rules.has(rule as RuleName)) continue;
      const near = suggestion(rule, rules.keys());
      problems.push(`there is no rule "${rule}"${near === undefined ? '' : `; did you mean ${near}?`}`);
    }
  }
  if (problems.length > 0) throw wrongSettings(problems);
  const patterns = allow.map(({ path, ...rest }) => ({ ...rest, path: patternOf(path) }));
  return {
    versions: { from: Number(from), to: Number(to) },
    failOn: failOn as Severity,
    since,
    accepts: (file, rule) => patterns.find(({ path, rules: named }) => path.test(file) && named.includes(rule))?.reason,
  };
}

function wrongSettings(problems: readonly string[]): AppError {
  return new AppError({
    code: 'bad-settings',
    exitCode: exitCodes.usage,
    message: `The settings of lint are wrong: ${problems.join('; ')}.`,
    hint: 'See `migrate lint --help` and docs/lint.md.',
  });
}

function patternOf(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`);
  const source = escaped.replaceAll(/\*\*\/?|\*/g, (stars) => (stars === '*' ? '[^/]*' : '.*'));
  return new RegExp(`^${source}$`);
}
