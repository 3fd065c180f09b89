import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { loadScriptRevision } from '../../../../src/runner/files/load-script-revision.ts';
import type { RevisionModule } from '../../../../src/runner/files/revision-module.ts';
import { refusalOf } from '../../contract/refusal.ts';
import { revisionFolder } from './revision-folder.ts';

const file = 'migrations/20260101000000_a';

async function load(extension: string, text: string): Promise<RevisionModule> {
  const name = `20260101000000_a.${extension}`;
  const directory = await revisionFolder({ [name]: text });
  return loadScriptRevision({ path: join(directory, name), file: `${file}.${extension}` });
}

describe('loadScriptRevision', () => {
  it.each([
    ['ts', 'export const up = async (context: unknown): Promise<void> => void context;'],
    ['mjs', 'export async function up() {}'],
    ['js', 'module.exports = { up: async () => {} };'],
  ])('loads a .%s file with up alone', async (extension, text) => {
    const { up, down, transaction } = await load(extension, text);
    expect(up).toBeTypeOf('function');
    expect({ down, transaction }).toEqual({ down: undefined, transaction: undefined });
  });

  it('gives down and transaction too', async () => {
    const module = await load('mjs', 'export const up = () => {}, down = () => {}, transaction = false;');
    expect(module.down).toBeTypeOf('function');
    expect(module.transaction).toBe(false);
  });

  it.each([
    ['no up', 'export const down = () => {};', 'exports no function "up".', 'Export `up` (and `down`).'],
    ['an up that is text', 'export const up = "SELECT 1";', 'exports no function "up".', 'Export `up` (and `down`).'],
    ['only a default export', 'export default { up() {} };', 'exports no function "up".', 'Export `up` (and `down`).'],
    [
      'a down that is null',
      'export const up = () => {}, down = null;',
      'exports a "down" that is no function.',
      undefined,
    ],
    [
      'a transaction that is text',
      'export const up = () => {}, transaction = "false";',
      'exports a "transaction" that is neither true nor false.',
      undefined,
    ],
  ])('refuses %s', async (_what, text, problem, hint) => {
    expect(await refusalOf(load('mjs', text))).toEqual({
      code: 'bad-revision-file',
      exitCode: 2,
      message: `${file}.mjs ${problem}`,
      hint,
    });
  });

  it.each([
    ['throws on import', 'throw new Error("no such luck");', 'no such luck'],
    ['throws what is no error', 'throw "just text";', 'just text'],
    ['imports what is not there', 'import "./not-there.mjs"; export const up = () => {};', 'not-there.mjs'],
    ['is no JavaScript', 'export const up = () => {{;', ''],
  ])('a file that %s is named with the reason', async (_what, text, said) => {
    const { code, exitCode, message, hint } = await refusalOf(load('mjs', text));
    expect({ code, exitCode, hint }).toEqual({
      code: 'bad-revision-file',
      exitCode: 2,
      hint: 'Mend the file; only erasable TypeScript syntax can be used.',
    });
    expect(message).toContain(`${file}.mjs cannot be loaded: `);
    expect(message).toContain(said);
  });
});
