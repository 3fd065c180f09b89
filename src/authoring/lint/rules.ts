import type { Severity } from './finding.ts';

interface Rule {
  readonly severity: Severity;
  readonly family:
    | 'locks and rewrites'
    | 'breaks old code'
    | 'loses data'
    | 'transactions'
    | 'cannot run'
    | 'the linter itself';
  /** What it is about, one sentence. */
  readonly about: string;
  /** Versions of PostgreSQL that it concerns; all when left out. */
  readonly versions?: string;
}

/** Every rule of `migrate lint`. The table of docs/lint.md is written from here. */
export const rules = {
  'create-index-not-concurrently': {
    severity: 'error',
    family: 'locks and rewrites',
    about: 'CREATE INDEX lets nobody write to the table until it is built.',
  },
  unparsable: {
    severity: 'error',
    family: 'the linter itself',
    about: 'The server’s grammar refuses the statement, so nobody has looked at it.',
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

export function ruleOf(name: RuleName): Rule {
  return rules[name];
}
