import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** Settings that a file of the project gives, below options and variables. Values are checked with all the others. */
export interface SettingsFile {
  /** For messages: `migrate.config.json`, `package.json#migrate`. */
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The settings file of the folder: `migrate.config.json`, else `migrate` in package.json; `undefined` when there is neither.
 * @throws AppError `bad-settings` (2) for a file that is no JSON object.
 */
export function readSettingsFile(directory: string): SettingsFile | undefined {
  const own = readJson(directory, 'migrate.config.json');
  if (own !== undefined) return { name: 'migrate.config.json', values: objectIn(own, 'migrate.config.json') };
  const manifest = readJson(directory, 'package.json');
  const values =
    typeof manifest === 'object' && manifest !== null && 'migrate' in manifest ? manifest.migrate : undefined;
  const name = 'package.json#migrate';
  return values === undefined ? undefined : { name, values: objectIn(values, name) };
}

function readJson(directory: string, file: string): unknown {
  let text: string;
  try {
    text = readFileSync(join(directory, file), 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw refusal(`${file} cannot be read (${code ?? 'unknown reason'}).`, cause);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    // A package.json that is broken is npm's to complain about, but then nobody knows what it says of us.
    throw refusal(`${file} is no JSON: ${(cause as Error).message}.`, cause);
  }
}

function objectIn(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw refusal(`${name} is no JSON object.`);
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError({
    code: 'bad-settings',
    exitCode: exitCodes.usage,
    message,
    hint: 'Write the settings as { "migrations": "db/migrations", "lockTimeout": "5s" }; README.md lists the keys.',
    cause,
  });
}
