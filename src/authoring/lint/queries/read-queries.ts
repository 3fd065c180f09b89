import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, resolve } from 'node:path';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { decodeText } from '../../../runner/files/normalised-text.ts';
import { positionAt } from '../../../runner/files/source-position.ts';
import { SplitError, splitStatements } from '../../../runner/files/split-statements.ts';
import { parseCsv } from './parse-csv.ts';

/** A query that the running application sends. */
export interface ApplicationQuery {
  /** Path for people. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/**
 * Reads the queries: every `.sql` file below a folder, or one file: `.sql`, or an export of pg_stat_statements as `.json` (an
 * array of objects) or `.csv` (with a header), each with a field `query`.
 * @throws AppError `bad-queries` (2).
 */
export async function readQueries(path: string, workingDirectory: string): Promise<readonly ApplicationQuery[]> {
  const start = resolve(workingDirectory, path);
  const paths = await filesAt(start, path);
  const queries = await Promise.all(
    paths.map(async (file) => queriesIn(decodeText(await readFile(file), file), relative(workingDirectory, file))),
  );
  if (queries.flat().length > 0) return queries.flat();
  throw badQueries(`${path} holds no query.`);
}

async function filesAt(start: string, path: string): Promise<readonly string[]> {
  const found = await stat(start).catch(() => undefined);
  if (found === undefined) throw badQueries(`${path} is not there.`);
  if (!found.isDirectory()) return [start];
  const entries = await readdir(start, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function queriesIn(text: string, file: string): readonly ApplicationQuery[] {
  switch (extname(file)) {
    case '.json':
      return exported(file, parseJson(text, file));
    case '.csv':
      return exported(file, parseCsv(text));
    default:
      return statementsIn(text, file);
  }
}

function statementsIn(text: string, file: string): readonly ApplicationQuery[] {
  try {
    return splitStatements(text).map((statement) => ({
      file,
      ...positionAt(text, statement.offset),
      text: statement.text,
    }));
  } catch (error) {
    if (!(error instanceof SplitError)) throw error;
    const { line, column } = positionAt(text, error.offset);
    throw badQueries(`${file}:${line}:${column}: ${error.message}.`);
  }
}

function parseJson(text: string, file: string): readonly unknown[] {
  try {
    const rows: unknown = JSON.parse(text);
    if (Array.isArray(rows)) return rows;
  } catch (cause) {
    throw badQueries(`${file} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
  throw badQueries(`${file} is no array of rows.`);
}

/** What pg_stat_statements counts beside queries (COMMIT, SET, CREATE …) has no plan. */
const planned = /^\s*(?:\/\*[\s\S]*?\*\/\s*|--[^\n]*\n\s*)*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|TABLE)\b/i;

function exported(file: string, rows: readonly unknown[]): readonly ApplicationQuery[] {
  const texts = rows.map((row) => (row as Readonly<Record<string, unknown>> | null)?.['query']);
  if (!texts.some((query) => typeof query === 'string')) throw badQueries(`${file} has no field "query".`);
  return texts.flatMap((query, index) =>
    typeof query === 'string' && planned.test(query) ? [{ file, line: index + 1, column: 1, text: query }] : [],
  );
}

function badQueries(message: string): AppError {
  return new AppError({
    code: 'bad-queries',
    exitCode: exitCodes.usage,
    message,
    hint: 'Name with --queries a folder of .sql files, or an export of pg_stat_statements: a .json or .csv file with a field "query".',
  });
}
