import { createHash } from 'node:crypto';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** All that a reviewed plan rests on. */
export interface PlanBasis {
  /** What runs, in its order. */
  readonly revisions: readonly { readonly id: string; readonly checksum: string }[];
  /** What the record holds. */
  readonly applied: readonly { readonly id: string; readonly checksum: string }[];
  /** What stopped half-way: how many statements had finished. */
  readonly halfway: readonly { readonly revision: string; readonly direction: string; readonly finished: number }[];
  /** Name and oid of the database, and the schema of its record. */
  readonly database: readonly string[];
}

const parts = ['revisions', 'record', 'database'] as const;

/** `plan1-<revisions>-<record>-<database>`: each part changes with what it stands for, so that a refusal can say what is different. */
export function planHash({ revisions, applied, halfway, database }: PlanBasis): string {
  const run = revisions.map(({ id, checksum }) => [id, checksum]);
  const record = [
    applied.map(({ id, checksum }) => [id, checksum]),
    halfway.map(({ revision, direction, finished }) => [revision, direction, finished]),
  ];
  return ['plan1', digest(run), digest(record), digest(database)].join('-');
}

/**
 * Refuses a run that is not the one that was reviewed. Nothing has been run then.
 * @throws AppError `bad-plan-hash` (2), `plan-differs` (5) that says what is different.
 */
export function refuseOtherPlan(reviewed: string, basis: PlanBasis): void {
  if (!/^plan1(?:-[0-9a-f]{16}){3}$/.test(reviewed))
    throw new AppError({
      code: 'bad-plan-hash',
      exitCode: exitCodes.usage,
      message: `"${reviewed}" is no plan hash.`,
      hint: 'Take it from the last line of `migrate plan`.',
    });
  const now = planHash(basis).split('-').slice(1);
  const before = reviewed.split('-').slice(1);
  const different = parts.filter((_, place) => now[place] !== before[place]);
  if (different.length === 0) return;
  const names = basis.revisions.map(({ id }) => id).join(', ');
  const sentences = {
    revisions: `the revisions that would run, or their files, are others (now ${names})`,
    record: `the record has changed since (now at ${basis.applied.at(-1)?.id ?? 'base'}${basis.halfway.length > 0 ? ', with a revision half-way' : ''})`,
    database: `it was made for another database than this one (${basis.database[0] ?? ''})`,
  };
  throw new AppError({
    code: 'plan-differs',
    exitCode: exitCodes.historyUnsound,
    message: `This is not the plan that was reviewed: ${different.map((part) => sentences[part]).join('; ')}. Nothing was run.`,
    hint: 'Review it again with `migrate plan`, and pass the hash that it prints.',
  });
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
