import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** A mistake in the command line or the settings (exit 2): nothing was looked up, nothing was touched. */
export function usageError(message: string, hint: string): AppError {
  return new AppError({ code: 'usage', exitCode: exitCodes.usage, message, hint });
}
