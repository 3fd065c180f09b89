import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import { readSettingsFile } from '../../../../src/runner/settings/config-file.ts';
import { readSettings } from '../../../../src/runner/settings/read-settings.ts';
import { refusal } from '../../contract/refusal.ts';

function folder(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'wumbo-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

describe('the settings file', () => {
  it('is migrate.config.json, else package.json#migrate, else none', () => {
    const manifest = '{ "migrate": { "schema": "b" } }';
    expect(readSettingsFile(folder({ 'migrate.config.json': '{ "schema": "a" }', 'package.json': manifest }))).toEqual({
      name: 'migrate.config.json',
      values: { schema: 'a' },
    });
    expect(readSettingsFile(folder({ 'package.json': manifest }))?.name).toBe('package.json#migrate');
    expect(readSettingsFile(folder({ 'package.json': '{}' }))).toBeUndefined();
    expect(readSettingsFile(folder({}))).toBeUndefined();
  });

  it.each([
    ['{ "schema": ', /^migrate\.config\.json is no JSON: /],
    ['["schema"]', /^migrate\.config\.json is no JSON object\.$/],
  ])('%s is refused with its name', (text, message) => {
    const directory = folder({ 'migrate.config.json': text });
    expect(refusal(() => readSettingsFile(directory))).toMatchObject({
      code: 'bad-settings',
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });
});

describe('precedence', () => {
  const file = { name: 'migrate.config.json', values: { schema: 'file', lockTimeout: 7, atomic: true } };

  it('is option, variable, file, default', () => {
    expect(readSettings({}, {}, file)).toMatchObject({
      schema: 'file',
      lockTimeout: 7_000,
      atomic: true,
      lockWait: 60_000,
    });
    expect(readSettings({}, { MIGRATE_SCHEMA: 'variable' }, file).schema).toBe('variable');
    expect(readSettings({ schema: 'option' }, { MIGRATE_SCHEMA: 'variable' }, file).schema).toBe('option');
    expect(readSettings({}, { MIGRATE_ATOMIC: 'false' }, file).atomic).toBe(false);
  });

  it('all problems are named at once: unknown keys, wrong values, and what must not stand in a file', () => {
    const values = { shema: 'x', lockTimeout: 'soon', migrations: ['a'], databaseUrl: 'postgres://u:secret@h/d' };
    const problem = refusal(() => readSettings({}, { MIGRATE_SCHEMAA: 'x' }, { name: 'package.json#migrate', values }));
    expect(problem.message).toContain('MIGRATE_SCHEMAA is no setting; did you mean MIGRATE_SCHEMA?');
    expect(problem.message).toContain('shema of package.json#migrate is no setting; did you mean schema?');
    expect(problem.message).toContain('lockTimeout of package.json#migrate is no duration');
    expect(problem.message).toContain('migrations of package.json#migrate is neither text, number nor boolean');
    expect(problem.message).toContain('databaseUrl of package.json#migrate belongs into MIGRATE_DATABASE_URL');
    expect(problem.message).not.toContain('secret');
  });
});
