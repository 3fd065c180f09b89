import { execFile } from 'node:child_process';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';

export interface AlembicProgram {
  /** `alembic`, `poetry run alembic`: split at spaces. */
  readonly command: string;
  /** Folder of alembic.ini. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What Alembic printed; when it failed, all that it had printed before, and why. */
export interface AlembicOutput {
  readonly stdout: string;
  /** Last line of the error; `undefined` when it went well. */
  readonly failure: string | undefined;
}

/** @throws AppError `alembic-missing` (2). */
export function runAlembic(
  { command, directory, environment }: AlembicProgram,
  args: readonly string[],
): Promise<AlembicOutput> {
  const [program = 'alembic', ...first] = command.split(/\s+/).filter((word) => word !== '');
  const options = { cwd: directory, env: { ...environment }, maxBuffer: 2 ** 28 };
  return new Promise((done, fail) => {
    execFile(program, [...first, ...args], options, (error, stdout, stderr) => {
      if (error === null) return done({ stdout, failure: undefined });
      if (error.code === 'ENOENT') return fail(missing(program, error));
      const lines = stderr.split('\n').filter((line) => line.trim() !== '');
      done({ stdout, failure: withoutPassword(lines.at(-1) ?? error.message) });
    });
  });
}

function withoutPassword(text: string): string {
  return text.replaceAll(/(\b[a-z][a-z\d+.-]*:\/\/)[^\s/@]*@/gi, '$1…@');
}

function missing(program: string, cause: Error): AppError {
  return new AppError({
    code: 'alembic-missing',
    exitCode: exitCodes.usage,
    message: `"${program}" is not installed here, and only Alembic itself can write its revisions as SQL.`,
    hint: 'Run this where the project’s Alembic is, or say how it is started: --alembic-command "poetry run alembic".',
    cause,
  });
}
