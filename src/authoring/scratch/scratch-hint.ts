import { AppError } from '../../contract/app-error.ts';

/**
 * What to do about an error that a scratch server makes and the real one would not: it lacks a role or an extension.
 * `undefined` for all others.
 */
export function scratchHint(message: string): string | undefined {
  const [, role] = /role "((?:[^"]|"")+)" does not exist/.exec(message) ?? [];
  if (role !== undefined)
    return `The scratch server has no role of yours: write \`CREATE ROLE "${role}";\` into a file and name it with --scratch-setup FILE.`;
  const [, extension] =
    /extension "((?:[^"]|"")+)" is not available|extension control file.*\/([^/"]+)\.control/.exec(message) ?? [];
  return extension === undefined && !message.includes('extension control file')
    ? undefined
    : 'The scratch server lacks that extension: name an empty database of a server that has it with --shadow-url.';
}

/** Does the work and gives an error of that kind its hint. @throws what the work throws. */
export async function withScratchHint<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const hint = error instanceof AppError ? scratchHint(error.message) : undefined;
    if (!(error instanceof AppError) || hint === undefined) throw error;
    const { code, exitCode, message } = error;
    throw new AppError({ code, exitCode, message, hint, cause: error });
  }
}
