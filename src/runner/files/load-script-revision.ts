import { pathToFileURL } from 'node:url';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { RevisionModule } from './revision-module.ts';

/**
 * Imports a `.ts`, `.js` or `.mjs` revision; Node itself strips the types of a `.ts` file.
 * @throws AppError `bad-revision-file` when it does not load, or its exports are not those of a revision.
 */
export async function loadScriptRevision({ path, file }: { path: string; file: string }): Promise<RevisionModule> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw badModule(
      file,
      `cannot be loaded: ${said}`,
      'Mend the file; only erasable TypeScript syntax can be used.',
      cause,
    );
  }
  const { up, down, transaction } = module;
  if (typeof up !== 'function') throw badModule(file, 'exports no function "up"', 'Export `up` (and `down`).');
  if (down !== undefined && typeof down !== 'function') throw badModule(file, 'exports a "down" that is no function');
  if (transaction !== undefined && typeof transaction !== 'boolean')
    throw badModule(file, 'exports a "transaction" that is neither true nor false');
  return module as unknown as RevisionModule;
}

function badModule(file: string, problem: string, hint?: string, cause?: unknown): AppError {
  return new AppError({
    code: 'bad-revision-file',
    exitCode: exitCodes.usage,
    message: `${file} ${problem}.`,
    hint,
    cause,
  });
}
