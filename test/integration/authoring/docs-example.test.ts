import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

import { projectDirectory } from '../../support/programs.ts';
import { createSchemaProject } from '../../support/schema-project.ts';

const page = await readFile(resolve(projectDirectory, 'docs/autogenerate.md'), 'utf8');
const blocks = [...page.matchAll(/^```sql (\S+)\n([\s\S]*?)^```$/gm)].map(([, path = '', text = '']) => ({
  path,
  text,
}));

test('the example of docs/autogenerate.md gives what stands there, and it runs', async () => {
  const [first, desired, ...expected] = blocks;
  if (first === undefined || desired === undefined) throw new Error('the page has lost its example');
  const project = await createSchemaProject({ [first.path.replace('migrations/', '')]: first.text });
  await project.desire(desired.text);
  const [, message = ''] = /^migrate revision --autogenerate -m "(.*)"$/m.exec(page) ?? [];
  const { exitCode, stdout } = await project.migrate(['revision', '--autogenerate', '-m', message]);
  expect(exitCode, stdout).toBe(0);
  const written = await project.written();
  const comparable = (text: string): string =>
    text.replace(/ were proved on .*\. Read/, ' were proved on …. Read').trim();
  expect(written.map(({ name, text }) => ({ name, text: comparable(text) }))).toEqual(
    expected.map(({ path, text }) => ({ name: path.replace(/^migrations\/\d+_/, ''), text: comparable(text) })),
  );
  const tested = await project.migrate(['test']);
  expect(tested.exitCode, tested.stdout).toBe(0);
});
