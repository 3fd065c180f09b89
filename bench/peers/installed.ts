import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const modules = join(import.meta.dirname, 'node_modules');

/** Version of a package of `bench/peers`; `undefined` when it is not installed. */
export async function packageVersion(name: string): Promise<string | undefined> {
  const text = await readFile(join(modules, name, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { version: string }).version;
}

/** The first group of the pattern in what the program prints; `undefined` when there is no such program. */
export function printed(program: string, args: readonly string[], pattern: RegExp): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, [...args], (error, stdout, stderr) =>
      resolve(error === null ? pattern.exec(`${stdout}${stderr}`)?.[1] : undefined),
    );
  });
}

export function inModules(...parts: readonly string[]): string {
  return join(modules, ...parts);
}
