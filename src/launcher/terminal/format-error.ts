import { AppError } from '../../contract/app-error.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { annotation } from './workflow-commands.ts';

/**
 * An error for stderr: what happened and the way out; a bug comes with its stack trace. For the GitHub Actions runner it is
 * an annotation, which the runner shows in the log too.
 */
export function formatError(error: unknown, reader: 'person' | 'actions-runner'): string {
  if (!(error instanceof AppError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `launch-migration has a bug; please report it with this:\n${visibleText(stack)}\n`;
  }
  const { message, hint, exitCode } = error;
  if (reader === 'person') return visibleText(`error: ${message}${hint === undefined ? '' : `\n  ${hint}`}\n`);
  const text = hint === undefined ? message : `${message}\n${hint}`;
  return `${annotation({ level: 'error', message: text, title: `launch-migration: exit code ${exitCode}` })}\n`;
}
