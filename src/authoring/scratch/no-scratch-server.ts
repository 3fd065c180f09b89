import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** No package for this machine, or, as in the container image, no folder that may be written to. */
export function cannotRunHere(error: unknown): error is Error {
  if (error instanceof AppError) return error.code === 'embedded-postgres-missing';
  return error instanceof Error && 'syscall' in error && error.syscall === 'mkdtemp';
}

/** What is said where no scratch server can run: the instruction is the way that works there. */
export function noScratchServer(cause: Error, instruction: string): AppError {
  return new AppError({
    code: 'no-scratch-server',
    exitCode: exitCodes.usage,
    message: `No scratch server can run here: ${cause.message.replace(/\.$/, '')}.`,
    hint: instruction,
    cause,
  });
}
