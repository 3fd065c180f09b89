import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { checksumOf } from '../../../../src/runner/files/normalised-text.ts';
import { openVerifiedFile, type VerifiedFile } from '../../../../src/runner/files/verified-file.ts';
import { refusalOf } from '../../contract/refusal.ts';
import { revisionFolder } from './revision-folder.ts';

const text = `\ufeffé\r\n${'some 🚀 text\r\n'.repeat(40_000)}`;

async function opened(checksum = checksumOf(text.slice(1))): Promise<{ file: VerifiedFile; path: string }> {
  const path = join(await revisionFolder({ 'a.sql': text }), 'a.sql');
  const file = await openVerifiedFile({ path, file: 'm/a.sql', checksum });
  onTestFinished(() => file.close());
  return { file, path };
}

async function textOf(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const copies: Buffer[] = [];
  for await (const part of parts) copies.push(Buffer.from(part));
  return Buffer.concat(copies).toString();
}

describe('openVerifiedFile', () => {
  it('reads spans, some of them twice, and finds the checksum of all that it read and left out', async () => {
    const { file } = await opened();
    expect(await textOf(file.read({ offset: 3, end: 7 }))).toBe('é\r\n');
    const span = { offset: 16, end: 400_000 };
    const expected = Buffer.from(text).subarray(16, 400_000).toString();
    expect(await textOf(file.read(span))).toBe(expected);
    expect(await textOf(file.read(span))).toBe(expected);
    expect(await textOf(file.read({ offset: 450_000, end: 450_010 }))).toHaveLength(10);
    await file.verify();
  });

  it('refuses a file with another checksum, at the end', async () => {
    const { file, path } = await opened();
    await textOf(file.read({ offset: 3, end: 100 }));
    await appendFile(path, ';');
    expect(await refusalOf(file.verify())).toMatchObject({
      code: 'file-changed',
      message: 'm/a.sql was edited while this run was under way.',
    });
  });

  it('refuses a file that has become shorter as soon as it sees that', async () => {
    const { file } = await opened();
    expect(await refusalOf(textOf(file.read({ offset: 0, end: 10_000_000 })))).toMatchObject({ code: 'file-changed' });
  });

  it('refuses a file that is gone', async () => {
    const path = join(await revisionFolder({ 'a.sql': text }), 'a.sql');
    await rm(path);
    expect(await refusalOf(openVerifiedFile({ path, file: 'm/a.sql', checksum: '' }))).toMatchObject({
      code: 'file-changed',
      message: 'm/a.sql was removed while this run was under way.',
    });
  });
});
