import { AppError } from '../../contract/app-error.ts';
import { visibleText } from '../../contract/visible-text.ts';

/** An error for stderr: what happened and the way out; a bug comes with its stack trace. */
export function formatError(error: unknown, inGithubActions: boolean): string {
  if (!(error instanceof AppError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `launch-migration has a bug; please report it with this:\n${visibleText(stack)}\n`;
  }
  const hint = error.hint === undefined ? '' : `\n  ${error.hint}`;
  const text = visibleText(`error: ${error.message}${hint}\n`);
  // AWS's words may hold anything; the Actions runner acts on this form anywhere in a line.
  return inGithubActions ? text.replaceAll('##[', '##\\[') : text;
}
