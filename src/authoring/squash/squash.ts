import { readFile } from 'node:fs/promises';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { decodeText } from '../../runner/files/normalised-text.ts';
import type { SquashInvocation } from '../../runner/command-line/invocation.ts';
import type { Surroundings } from '../surroundings.ts';
import { checkSquash } from './check-squash.ts';
import { squashRevisions, type SquashAnswer } from './squash-revisions.ts';

/** `migrate squash` in one of its forms. @throws AppError `append-file` (2); what the form throws. */
export async function squash(
  { action, append, ...asked }: SquashInvocation,
  place: { readonly directory: string; readonly historySchema: string; readonly surroundings: Surroundings },
): Promise<SquashAnswer> {
  if (action === 'check') return checkSquash({ ...asked, ...place });
  const appended = append === undefined ? undefined : await readAppended(append);
  return squashRevisions({ ...asked, ...place, dryRun: action === 'dry run', appended });
}

async function readAppended(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new AppError({
      code: 'append-file',
      exitCode: exitCodes.usage,
      message: `The file ${file} of --append cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
      hint: 'Name a file of SQL.',
      cause,
    });
  });
  return decodeText(bytes, file);
}
