import { expect } from 'vitest';

import type { AnswerDocument } from '../../src/runner/documents/documents.ts';
import { createProject, threeRevisions, type MigrationProject } from './migrations.ts';

export type Plan = AnswerDocument<'upgradePlan'>;

/** The first of {@link threeRevisions} is applied, its table has rows, and two revisions are pending. */
export async function projectAtFirst(): Promise<MigrationProject> {
  const made = await createProject(threeRevisions);
  expect((await made.migrate(['upgrade', '+1'])).exitCode).toBe(0);
  await made.database.query('INSERT INTO accounts SELECT g FROM generate_series(1, 5000) g; ANALYZE accounts');
  return made;
}

/** What `migrate plan --json` answers. */
export async function planOf({ migrate }: MigrationProject, ...args: readonly string[]): Promise<Plan> {
  const { exitCode, stdout, stderr } = await migrate(['plan', ...args, '--json']);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Plan;
}
