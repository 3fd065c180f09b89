import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';

import { deployMigrationStack, requiredParameters } from '../../support/cloudformation/migration-stack.ts';

const folder = resolve(import.meta.dirname, '../../../docs/cdk');
const python = readFileSync(resolve(folder, 'migration_task.py'), 'utf8');
const typescript = readFileSync(resolve(folder, 'migration-task.ts'), 'utf8');
const hasPython = spawnSync('python3', ['--version']).status === 0;
const forLauncher = Object.keys(deployMigrationStack(requiredParameters).outputs).filter(
  (name) => name === 'ClusterName' || name.startsWith('Migration'),
);

describe('docs/cdk', () => {
  it('migration-task.ts is TypeScript', async () => {
    const { warnings } = await transform(typescript, { loader: 'ts' });
    expect(warnings).toEqual([]);
    await expect(transform(`${typescript}}`, { loader: 'ts' })).rejects.toThrow('Unexpected "}"');
  });

  it.skipIf(!hasPython)('migration_task.py is Python', () => {
    const parse = (source: string) =>
      spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: source, encoding: 'utf8' });
    expect(parse(python)).toMatchObject({ status: 0, stderr: '' });
    expect(parse(`${python}\n  :`).status).not.toBe(0);
  });

  it.each([
    ['migration_task.py', python],
    ['migration-task.ts', typescript],
  ])('%s gives the launcher the same outputs as the template', (_, source) => {
    const named = [...source.matchAll(/(?:_output\("|^ {6})(ClusterName|Migration\w+)/gm)].map(([, name]) => name);
    expect(named).toEqual(forLauncher);
  });

  it.each([
    ['migration_task.py', python],
    ['migration-task.ts', typescript],
  ])('%s has what the original lacks: blocking log, whole secret, digest, documented group', (_, source) => {
    for (const part of ['AwsLogDriverMode.BLOCKING', 'DATABASE_SECRET', '-wumbo-cluster/migration', '65532:65532'])
      expect(source).toContain(part);
    expect(source).toMatch(/@(\{image_digest\}|\$\{imageDigest\})/);
    expect(source).toMatch(/(stop_timeout=|stopTimeout: )Duration\.seconds\(120\)/);
  });
});
