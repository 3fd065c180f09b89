import { confirm, isCancel } from '@clack/prompts';

import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { visibleText } from '../contract/visible-text.ts';
import { lastPart, type RenameCandidate } from './autogenerate/renames.ts';

/** Asks a person on the terminal. @throws AppError `interrupted` (130) when they leave. */
export async function askRename({ kind, from, to }: RenameCandidate): Promise<boolean> {
  const answer = await confirm({
    message: visibleText(
      `Was the ${kind} ${from} renamed to ${lastPart(to)}? (No: it is dropped, and ${lastPart(to)} is new)`,
    ),
    initialValue: true,
  });
  if (!isCancel(answer)) return answer;
  throw new AppError({
    code: 'interrupted',
    exitCode: exitCodes.interrupted,
    message: 'You left the question open.',
    hint: 'Nothing was written; answer it, or say --rename or --no-renames.',
  });
}
