import { readFile } from 'node:fs/promises';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { isServerError } from '../../runner/database/connection/database-error.ts';
import { decodeText } from '../../runner/files/normalised-text.ts';
import { splitStatements } from '../../runner/files/split-statements.ts';
import type { ScratchDatabase } from './scratch-server.ts';
import { withScratchSession } from './scratch-session.ts';

/** What every empty scratch database begins with. */
export interface ScratchSetup {
  readonly file: string;
  readonly text: string;
}

/** @throws AppError `scratch-setup` (2) for a file that cannot be read. */
export async function readSetup(file: string): Promise<ScratchSetup> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw refusal(`The file ${file} of --scratch-setup cannot be read (${reason}).`, cause);
  });
  return { file, text: decodeText(bytes, file) };
}

/**
 * Runs the statements one by one. Roles belong to the whole server: one that is there already, from the database before or
 * on a server of the user's own, is as good as a new one.
 * @throws AppError `scratch-setup` (2).
 */
export async function runSetup({ connection }: ScratchDatabase, { file, text }: ScratchSetup): Promise<void> {
  await withScratchSession(connection, async (session) => {
    for (const { text: sql, words } of splitStatements(text)) {
      try {
        await session.query(sql);
      } catch (cause) {
        if (!isServerError(cause)) throw cause;
        if (
          cause.code === duplicateObject &&
          words[0] === 'CREATE' &&
          ['ROLE', 'USER', 'GROUP'].includes(words[1] ?? '')
        )
          continue;
        throw refusal(`${file}: ${cause.message} (SQLSTATE ${cause.code}) in \`${sql.trim().slice(0, 120)}\`.`, cause);
      }
    }
  });
}

const duplicateObject = '42710';

function refusal(message: string, cause: unknown): AppError {
  return new AppError({
    code: 'scratch-setup',
    exitCode: exitCodes.usage,
    message,
    hint: 'Mend the file; it is run on scratch databases only, nothing else was touched.',
    cause,
  });
}
