import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

import { projectDirectory } from './programs.ts';

const run = promisify(execFile);

/** A TypeScript project that has the packed package among its dependencies. */
export interface Consumer {
  readonly directory: string;
  readonly write: (path: string, text: string) => Promise<void>;
  /** Compiles all of it as strictly as tsc can; answers what tsc says. */
  readonly compile: () => Promise<string>;
  readonly node: (file: string, env: Readonly<Record<string, string>>) => Promise<{ stdout: string; stderr: string }>;
}

/** Packs the package as `npm publish` would, and lays it out as `npm install` would. */
export async function createConsumer(): Promise<Consumer> {
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-consumer-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const modules = join(directory, 'node_modules');
  await mkdir(join(modules, 'wumbo-migrations'), { recursive: true });
  const packing = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], {
    cwd: projectDirectory,
  });
  const tarball = join(directory, packing.stdout.trim());
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'wumbo-migrations')]);
  const { dependencies } = JSON.parse(await readFile(join(projectDirectory, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(projectDirectory, 'node_modules', name), join(modules, name));
  }
  const write = (path: string, text: string): Promise<void> => writeFile(join(directory, path), text);
  await write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    module: 'nodenext',
    moduleResolution: 'nodenext',
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    noEmit: true,
    allowImportingTsExtensions: true,
  };
  await write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts', 'migrations/*.ts'] }));
  return {
    directory,
    write,
    compile: async () => {
      const tsc = join(projectDirectory, 'node_modules/typescript/bin/tsc');
      const failed = (error: unknown): string => String((error as { stdout?: string }).stdout ?? error);
      return run(process.execPath, [tsc, '-p', directory]).then(({ stdout }) => stdout, failed);
    },
    node: (file, env) => run(process.execPath, [file], { cwd: directory, env: { PATH: process.env['PATH'], ...env } }),
  };
}
