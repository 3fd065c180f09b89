import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

import type { TestDatabase } from './database.ts';

/** Debian's own, by its path: another `alembic` may come first in PATH. */
const program = '/usr/bin/alembic';

/** The real Alembic with a copy of Wumbo's project, on one database. */
export interface AlembicProject {
  readonly directory: string;
  readonly versions: string;
  /** Runs `alembic …`; answers what it printed on stdout. Throws with its stderr when it fails. */
  readonly alembic: (...args: readonly string[]) => Promise<string>;
  /** Adds a revision file behind the one that it names. */
  readonly add: (revision: AddedRevision) => Promise<void>;
}

export interface AddedRevision {
  readonly id: string;
  readonly after: string | readonly string[];
  readonly message: string;
  readonly createDate?: string;
  /** Lines of Python. */
  readonly upgrade: string;
  readonly downgrade?: string;
}

/** Whether the real Alembic is here; says aloud when it is not. */
export function hasAlembic(): boolean {
  if (existsSync(program)) return true;
  console.warn('alembic is not installed (apt-get install alembic python3-psycopg2), so its tests are skipped');
  return false;
}

export async function createAlembicProject(database: TestDatabase): Promise<AlembicProject> {
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-alembic-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await cp(resolve(import.meta.dirname, '../fixtures/wumbo-alembic'), directory, { recursive: true });
  const versions = join(directory, 'alembic/versions');
  return {
    directory,
    versions,
    alembic: (...args) =>
      new Promise((done, fail) => {
        const env = { PATH: process.env['PATH'], ALEMBIC_URL: database.url.replace('postgres:', 'postgresql:') };
        execFile(program, [...args], { cwd: directory, env }, (error, stdout, stderr) =>
          error ? fail(new Error(`${stdout}${stderr}`, { cause: error })) : done(stdout),
        );
      }),
    add: ({ id, after, message, createDate = '2026-01-15 10:00:00', upgrade, downgrade = 'pass' }) => {
      const body = (text: string): string => text.replaceAll(/^/gm, '    ');
      const parents = Array.isArray(after)
        ? `(${after.map((parent) => `'${parent}'`).join(', ')})`
        : `'${String(after)}'`;
      return writeFile(
        join(versions, `${id}_x.py`),
        `"""${message}\n\nRevision ID: ${id}\nCreate Date: ${createDate}\n\n"""\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = '${id}'\ndown_revision = ${parents}\n\n\ndef upgrade():\n${body(upgrade)}\n\n\ndef downgrade():\n${body(downgrade)}\n`,
      );
    },
  };
}
