import type { Node } from '@pgsql/types';
import { hasSqlDetails, loadModule, parseSync, scanSync } from 'libpg-query';

import type { Statement } from '../../runner/files/split-statements.ts';

/** A statement of a revision, as the server's own grammar (PostgreSQL 18) reads it. */
export interface ParsedStatement {
  /** From 1, in its section. */
  readonly number: number;
  readonly text: string;
  /** UTF-16 offset in the text that its section is given in. */
  readonly offset: number;
  /** Whether it runs in batches (`-- migrate:batch`), with the keys of each as its parameters. */
  readonly isBatched: boolean;
  /** Absent when the grammar refuses it. */
  readonly node: Node | undefined;
  readonly problem: { readonly message: string; readonly offset: number } | undefined;
}

/** The parts of an ALTER TABLE: `ALTER TABLE t`, and each of its commands. */
export interface AlterTableText {
  readonly head: string;
  readonly commands: readonly string[];
}

/** A statement longer than this is data; reading it would take seconds and tell nothing. */
const longestParsed = 16 * 1_024 * 1_024;

/** Parses each statement alone, so that an error hides no other. */
export async function parseStatements(
  statements: readonly (Pick<Statement, 'text' | 'offset'> & { readonly isBatched?: boolean })[],
): Promise<readonly ParsedStatement[]> {
  await loadModule();
  return statements.map(({ text, offset, isBatched = false }, index) => ({
    number: index + 1,
    text,
    offset,
    isBatched,
    ...parseOne(text),
  }));
}

function parseOne(text: string): Pick<ParsedStatement, 'node' | 'problem'> {
  // The parser reads C strings: it would take what stands before a NUL for the whole.
  const nul = text.indexOf('\0');
  if (nul !== -1) return refused('it holds a NUL character', nul);
  if (text.length > longestParsed) return refused('it is longer than 16 MiB, so nobody has looked into it', 0);
  try {
    const { stmts = [] } = parseSync(text);
    const [first, second] = stmts;
    if (second !== undefined) return refused('it is several statements', offsetOfByte(text, second.stmt_location ?? 0));
    return first?.stmt ? { node: first.stmt, problem: undefined } : refused('it is empty', 0);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const cursor = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
    return refused(error.message, offsetOfCodePoint(text, cursor));
  }
}

function refused(message: string, offset: number): Pick<ParsedStatement, 'node' | 'problem'> {
  return { node: undefined, problem: { message, offset } };
}

/** UTF-16 offset of a place of the tree: the parser counts bytes of UTF-8. */
export function offsetOfByte(text: string, byte: number): number {
  return Buffer.from(text).subarray(0, byte).toString().length;
}

/** UTF-16 offset of a place of an error: there the parser counts code points, from 0. */
function offsetOfCodePoint(text: string, codePoint: number): number {
  let offset = 0;
  for (let at = 0; at < codePoint && offset < text.length; at += 1)
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

/** Cuts an ALTER TABLE at its commas; `nameAt` is the place of the table's name in it, in bytes. */
export function cutAlterTable(text: string, nameAt: number): AlterTableText {
  const bytes = Buffer.from(text);
  const tokens = scanSync(text).tokens.filter(
    ({ start, tokenName }) => start >= nameAt && !tokenName.endsWith('COMMENT'),
  );
  // The name, with its schema, and perhaps a star.
  let begin = 1;
  while (tokens[begin]?.text === '.') begin += 2;
  if (tokens[begin]?.text === '*') begin += 1;
  const cut = (from: number, to: number): string => bytes.subarray(from, to).toString().trim();
  const start = tokens[begin]?.start ?? bytes.length;
  const commands: string[] = [];
  let depth = 0;
  let from = start;
  for (const token of tokens.slice(begin)) {
    if (token.text === '(' || token.text === '[') depth += 1;
    if (token.text === ')' || token.text === ']') depth -= 1;
    if (token.text !== ',' || depth > 0) continue;
    commands.push(cut(from, token.start));
    from = token.end;
  }
  return { head: cut(0, start), commands: [...commands, cut(from, bytes.length)] };
}

/** The tree of a condition as the server prints it. */
export async function parseCondition(condition: string): Promise<Node | undefined> {
  await loadModule();
  const { node } = parseOne(`SELECT 1 WHERE ${condition}`);
  return node && 'SelectStmt' in node ? node.SelectStmt.whereClause : undefined;
}
