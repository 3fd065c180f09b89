import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configFor } from '../../../../src/launcher/settings/environment-config.ts';
import { parseConfig } from '../../../../src/launcher/settings/parse-config.ts';
import { readConfig } from '../../../../src/launcher/settings/read-config.ts';
import { readSettings } from '../../../../src/launcher/settings/settings.ts';

describe('parseConfig', () => {
  it('lists every problem at once, unknown keys with what was probably meant', () => {
    const wrong = {
      stak: 'x',
      cluster: 7,
      networkStack: '{environment}-net',
      outputs: { subnet: 'A' },
      environments: { production: { famly: 'x' } },
    };
    expect(() => parseConfig(wrong, 'the file')).toThrowError(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(/^the file has 5 problems: /),
      }),
    );
    const message = messageOf(() => parseConfig(wrong, 'the file'));
    expect(message).toContain('stak is no key; did you mean stack?');
    expect(message).toContain('cluster must be a text');
    expect(message).toContain('networkStack may hold {env} and no other word in braces');
    expect(message).toContain('outputs.subnet is no key; did you mean subnets?');
    expect(message).toContain('environments.production.famly is no key; did you mean family?');
  });

  it.each([[[]], ['text'], [null]])('%j is no configuration', (value) => {
    expect(messageOf(() => parseConfig(value, 'f'))).toBe('f: the whole must be an object.');
  });
});

describe('configFor', () => {
  const config = parseConfig(
    {
      stack: 'acme-{env}',
      subnets: ['subnet-1', 'subnet-2'],
      region: 'eu-west-1',
      outputs: { cluster: 'EcsCluster' },
      environments: { production: { region: 'eu-central-1', outputs: { taskDefinition: 'Migrate{env}' } } },
    },
    'f',
  );

  it('fills in the environment, and takes its own values before those for all', () => {
    const { names, values } = configFor(config, 'production', 'f');
    expect(names.computeStack).toBe('acme-production');
    expect(names.outputs).toMatchObject({ cluster: 'EcsCluster', taskDefinition: 'Migrateproduction' });
    expect(names.securityStack).toBe('production-SecurityStack');
    expect(names.sources).toEqual({ computeStack: 'stack of f' });
    expect(values['region']).toEqual({ value: 'eu-central-1', source: 'environments.production.region of f' });
    expect(configFor(config, 'staging', 'f').values['region']?.value).toBe('eu-west-1');
  });

  it('is below flags and variables', () => {
    const found = configFor(config, 'staging', 'f');
    expect(readSettings({}, {}, found)).toMatchObject({
      region: 'eu-west-1',
      subnets: ['subnet-1', 'subnet-2'],
      configured: ['region', 'subnets'],
    });
    const settings = readSettings({ region: 'a' }, { LAUNCH_MIGRATION_SUBNETS: 'subnet-9' }, found);
    expect(settings).toMatchObject({ region: 'a', subnets: ['subnet-9'], configured: [] });
    expect(settings.sources).toEqual({ region: '--region', subnets: 'LAUNCH_MIGRATION_SUBNETS' });
  });

  it('a wrong value names the place in the file', () => {
    const wrong = configFor(parseConfig({ environments: { staging: { timeout: 'soon' } } }, 'f'), 'staging', 'f');
    expect(messageOf(() => readSettings({}, {}, wrong))).toContain(
      'environments.staging.timeout of f must be a duration',
    );
  });
});

describe('readConfig', () => {
  async function directory(files: Readonly<Record<string, string>>): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'config-'));
    onTestFinished(() => rm(root, { recursive: true }));
    await mkdir(join(root, 'a/b'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
    return join(root, 'a/b');
  }

  it('takes the nearest one upwards, and package.json only when it has the key', async () => {
    const files = {
      'launch-migration.config.json': '{"stack":"outer"}',
      'a/package.json': '{"launch-migration":{"stack":"inner"}}',
      'a/b/package.json': '{"name":"nothing here"}',
    };
    expect(await readConfig(await directory(files), undefined)).toEqual({
      config: { stack: 'inner' },
      file: '../package.json#launch-migration',
    });
    expect((await readConfig(await directory(files), '../../launch-migration.config.json'))?.config.stack).toBe(
      'outer',
    );
  });

  it('a named file must exist and be JSON', async () => {
    const place = await directory({ 'a/b/broken.json': '{' });
    await expect(readConfig(place, 'none.json')).rejects.toMatchObject({ exitCode: 2 });
    await expect(readConfig(place, 'broken.json')).rejects.toThrow(/^broken\.json is no JSON: /);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
