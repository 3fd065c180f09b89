import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createConsumer } from '../support/consumer.ts';
import { createProject, threeRevisions } from '../support/migrations.ts';
import { projectDirectory } from '../support/programs.ts';

const guide = await readFile(resolve(projectDirectory, 'docs/library.md'), 'utf8');
const examples = [...guide.matchAll(/```ts\n(.*?)```\n\n```text\n(.*?)```/gs)].map(
  ([, code = '', prints = ''], at) => ({
    file: `example-${at + 1}.ts`,
    code,
    prints,
  }),
);

describe('the packed package in another project', () => {
  it('compiles strictly, runs each example of docs/library.md and prints what the guide says', async () => {
    const { database } = await createProject({});
    const { directory, write, compile, node } = await createConsumer();
    await mkdir(join(directory, 'migrations'));
    for (const [name, text] of Object.entries(threeRevisions)) await write(`migrations/${name}`, text);
    await write('lock.ts', "import { lock } from 'wumbo-migrations';\nconsole.log((await lock()).written);\n");
    for (const { file, code } of examples) await write(file, code);
    expect(await compile()).toBe('');
    expect((await node('lock.ts', {})).stdout).toBe('true\n');
    for (const { file, prints } of examples) {
      const said = await node(file, { DATABASE_URL: database.url });
      expect(said, file).toEqual({ stdout: prints, stderr: '' });
    }
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  it('types revision modules, and refuses options that do not exist', async () => {
    const { directory, write, compile } = await createConsumer();
    await mkdir(join(directory, 'migrations'));
    await write(
      'migrations/20260101000000_a.ts',
      "import type { RevisionContext, RevisionModule } from 'wumbo-migrations';\nexport const up = async ({ sql, log }: RevisionContext): Promise<void> => {\n  log(String((await sql`SELECT ${1}`).length));\n};\nexport const whole: RevisionModule = { up };\n",
    );
    expect(await compile()).toBe('');
    await write(
      'wrong.ts',
      "import { downgrade, upgrade } from 'wumbo-migrations';\nawait upgrade({ lockWait: 5 });\nawait downgrade({});\n",
    );
    const said = await compile();
    expect(said).toContain("'lockWait' does not exist");
    expect(said).toContain("'target' is missing");
  });
});
