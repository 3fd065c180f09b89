import { confirm, isCancel, log, text } from '@clack/prompts';

import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { visibleText } from '../contract/visible-text.ts';
import { lastPart } from './autogenerate/names.ts';
import { newNameOf, type RenameCandidate } from './autogenerate/renames.ts';
import type { AskUsing } from './autogenerate/type-changes.ts';

/** Asks a person on the terminal. @throws AppError `interrupted` (130) when they leave. */
export async function askRename(candidate: RenameCandidate): Promise<boolean> {
  const { kind, from } = candidate;
  const name = newNameOf(candidate);
  const answer = await confirm({
    message: visibleText(`Was the ${kind} ${from} renamed to ${name}? (No: it is dropped, and ${name} is new)`),
    initialValue: true,
  });
  if (!isCancel(answer)) return answer;
  throw left();
}

/** Asks until the server takes the expression, or nothing is said. @throws AppError `interrupted` (130) when they leave. */
export const askUsing: AskUsing = async ({ column, type }, refusal) => {
  const suggested = visibleText(`${lastPart(column)}::${type}`);
  for (;;) {
    const answer = await text({
      message: visibleText(
        `How do the values of ${column} become ${type}? An expression of the old value; nothing: decide later, the revision stops until then`,
      ),
      placeholder: suggested,
    });
    if (isCancel(answer)) throw left();
    const expression = (answer ?? '').trim();
    if (expression === '') return undefined;
    const against = await refusal(expression);
    if (against === undefined) return expression;
    log.error(visibleText(`PostgreSQL does not take it: ${against}`));
  }
};

function left(): AppError {
  return new AppError({
    code: 'interrupted',
    exitCode: exitCodes.interrupted,
    message: 'You left the question open.',
    hint: 'Nothing was written; answer it, or say --rename, --no-renames or --using.',
  });
}
