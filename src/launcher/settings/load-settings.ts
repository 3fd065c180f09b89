import { configFor, type EnvironmentConfig } from './environment-config.ts';
import { readConfig } from './read-config.ts';
import type { Flags } from '../command-line/flags.ts';
import { readSettings, variableOf, type Settings } from './settings.ts';

/** Where the command was started. */
interface Whence {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

interface Asked {
  readonly environment: string;
  readonly flags: Flags;
}

/** The settings of one command: flags, then the environment, then the configuration file. Throws an AppError (exit 2). */
export async function loadSettings(asked: Asked, { env, cwd }: Whence): Promise<Settings> {
  return readSettings(asked.flags, env, await configOf(asked, { env, cwd }));
}

async function configOf({ environment, flags }: Asked, { env, cwd }: Whence): Promise<EnvironmentConfig | undefined> {
  // The stand-in has our own names, whatever a company calls its environments.
  if (environment === 'local') return undefined;
  const named = flags['config'] ?? (env[variableOf('config') ?? ''] || undefined);
  const found = await readConfig(cwd, typeof named === 'string' ? named : undefined);
  return found && configFor(found.config, environment, found.file);
}
