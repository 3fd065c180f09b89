import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { decodeText } from '../../runner/files/normalised-text.ts';
import type { SchemaText } from './load-schema.ts';

/** Where the desired schema comes from. */
export type SchemaSource =
  | { readonly kind: 'files'; readonly directory: string }
  | { readonly kind: 'command'; readonly command: string };

/**
 * Reads the desired schema: every `.sql` file below the folder, or what the command prints on stdout. The command is the
 * user's own line for the shell, as in a package.json script.
 * @throws AppError `schema-missing`, `schema-command` (2).
 */
export async function readSchemaTexts(
  source: SchemaSource,
  { environment }: { readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<readonly SchemaText[]> {
  const texts =
    source.kind === 'files' ? await readFiles(source.directory) : [await runCommand(source.command, environment)];
  if (texts.some(({ text }) => text.trim() !== '')) return texts;
  const what = source.kind === 'files' ? `${source.directory} holds no SQL` : `\`${source.command}\` printed nothing`;
  throw new AppError({
    code: 'schema-missing',
    exitCode: exitCodes.usage,
    message: `There is no desired schema: ${what}.`,
    hint: 'An empty schema would drop everything. Write the CREATE statements into schema/*.sql, or name a command that prints them with --schema-command.',
  });
}

async function readFiles(directory: string): Promise<readonly SchemaText[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new AppError({
      code: 'schema-missing',
      exitCode: exitCodes.usage,
      message: `The folder of the desired schema, ${directory}, cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
      hint: 'Make it and write the CREATE statements of your schema there, or name another with --schema DIR, or a command that prints them with --schema-command.',
      cause,
    });
  });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  return Promise.all(paths.map(async (path) => ({ name: path, text: decodeText(await readFile(path), path) })));
}

/** More than any schema: 64 MiB. */
const maxBuffer = 64 * 1_024 * 1_024;

function runCommand(command: string, environment: Readonly<Record<string, string | undefined>>): Promise<SchemaText> {
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', command], { env: { ...environment }, maxBuffer }, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ name: `output of \`${command}\``, text: stdout });
        return;
      }
      const said = stderr.trim().split('\n').slice(-10).join('\n');
      const how = typeof error.code === 'number' ? `exit code ${error.code}` : error.message;
      reject(
        new AppError({
          code: 'schema-command',
          exitCode: exitCodes.usage,
          message: `The command of the desired schema, \`${command}\`, failed (${how})${said === '' ? '.' : `:\n${said}`}`,
          hint: 'Run it by hand until it prints the CREATE statements and nothing else; nothing was written.',
        }),
      );
    });
  });
}
