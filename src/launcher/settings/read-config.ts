import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { parseConfig, type ConfigFile } from './parse-config.ts';

/** A configuration and the name of its file, as seen from where we are. */
export interface FoundConfig {
  readonly config: ConfigFile;
  readonly file: string;
}

const ownFile = 'launch-migration.config.json';
const packageKey = 'launch-migration';

/**
 * The configuration of this project: the file that is named, else the nearest of `launch-migration.config.json` and
 * package.json's `launch-migration`, from the directory upwards. `undefined` when there is none.
 * Throws an AppError (exit 2) for a file that is missing, no JSON, or wrong.
 */
export async function readConfig(directory: string, named: string | undefined): Promise<FoundConfig | undefined> {
  if (named !== undefined) {
    const value = await readJson(resolve(directory, named), named);
    if (value === undefined) throw problem(`The configuration ${named} does not exist`);
    const isPackage = /(^|\/)package\.json$/.test(named);
    return { config: parseConfig(isPackage ? (packageValue(value) ?? {}) : value, named), file: named };
  }
  for (let place = resolve(directory); ; place = dirname(place)) {
    const own = join(place, ownFile);
    const shown = (path: string): string => relative(directory, path) || path;
    const value = await readJson(own, shown(own));
    if (value !== undefined) return { config: parseConfig(value, shown(own)), file: shown(own) };
    const packageFile = join(place, 'package.json');
    const inPackage = packageValue(await readJson(packageFile, shown(packageFile)));
    const file = `${shown(packageFile)}#${packageKey}`;
    if (inPackage !== undefined) return { config: parseConfig(inPackage, file), file };
    if (dirname(place) === place) return undefined;
  }
}

function packageValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[packageKey] : undefined;
}

async function readJson(path: string, shown: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw problem(`${shown} cannot be read (${code})`);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw problem(`${shown} is no JSON: ${(error as Error).message}`);
  }
}

function problem(message: string): AppError {
  return new AppError({
    code: 'config',
    exitCode: exitCodes.usage,
    message: `${message}.`,
    hint: 'Correct the file, or name another one with --config.',
  });
}
