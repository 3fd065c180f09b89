import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { expect, it } from 'vitest';

import { createProject, threeRevisions } from '../../support/migrations.ts';
import { projectDirectory } from '../../support/programs.ts';

// Told by Node itself, as the program runs.
const listener = `import { registerHooks } from 'node:module';
import { writeSync } from 'node:fs';
registerHooks({ load: (url, context, next) => { if (url.startsWith('file:')) writeSync(2, 'loaded ' + url + '\\n'); return next(url, context); } });`;
const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(listener)}` };

function loadedFiles(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^loaded file:\/\/(.*)$/gm)].map(([, path = '']) => basename(path));
}

// Each file is a millisecond of processor time and more at every start; a task of a quarter of a core waits four times as long.
it('a command loads no more files than it needs: itself and one for a look at the record, one more to change it', async () => {
  const { migrate } = await createProject(threeRevisions);
  const upgrade = await migrate(['upgrade'], { env });
  expect(upgrade.exitCode).toBe(0);
  expect(loadedFiles(upgrade.stderr)).toEqual(['migrate.js', 'migrate-core.js', 'migrate-run.js']);
  const check = await migrate(['check'], { env });
  expect(check.exitCode).toBe(0);
  expect(loadedFiles(check.stderr)).toEqual(['migrate.js', 'migrate-core.js']);
});

it('what every command loads stays small: a library that slipped into it would be paid for at every start', () => {
  const bytes = ['migrate.js', 'migrate-core.js'].map((file) => statSync(resolve(projectDirectory, 'dist', file)).size);
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(650_000);
});
