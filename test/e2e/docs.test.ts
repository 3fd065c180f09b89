import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { projectDirectory } from '../support/programs.ts';

const read = (path: string): string => readFileSync(resolve(projectDirectory, path), 'utf8');
const wumbo = Object.fromEntries(
  ['20251223142057_initial_schema.sql', '20251223164703_add_plaid_models.sql'].map((name) => [
    name,
    read(`migrations/${name}`),
  ]),
);
const guides = [
  'lint.md',
  'deploying.md',
  'adopting-in-wumbo.md',
  'production-checklist.md',
  'runbook.md',
  'drift.md',
  'squashing.md',
  'testing-revisions.md',
  'plan.md',
];

/** What ends otherwise than with 0 or 3 here, where no task runs: there is none to stop, and several to look back at. */
const otherwise: Readonly<Record<string, number>> = {
  'launch-migration stop production --yes': 2,
  'launch-migration attach production': 2,
  // The file is in an image that was built so, not on the machine of a test.
  'launch-migration production -- drift --against /catalog.json': 2,
};

describe('the commands in docs/', () => {
  it.each(guides)('%s: every command of ours runs, in the order of the page', { timeout: 600_000 }, async (guide) => {
    const commands = commandsOf(read(`docs/${guide}`));
    expect(commands.length).toBeGreaterThan(3);
    const site = await createLaunchSite({ files: wumbo });
    for (const environment of ['development', 'production']) await site.launch([environment]);
    // Alembic has been here, and stands where the record does; to drift its table would be one that no revision makes.
    if (commands.some((command) => / adopt (?!--write-catalog)/.test(command)))
      await site.database.query(
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('cd6d8adfce4a')",
      );
    await writeFile(join(site.directory, 'queries.csv'), 'query,calls\n"SELECT email FROM users WHERE id = $1",7\n');
    for (const command of commands) {
      const [program, ...args] = words(command);
      const { exitCode, stderr } = program === 'migrate' ? await site.migrate(args) : await site.launch(args);
      const good = command in otherwise ? [otherwise[command]] : [0, 3];
      expect(good, `${command}\n${stderr}`).toContain(exitCode);
    }
  });

  it('are looked for in every guide there is', () => {
    const pages = readdirSync(resolve(projectDirectory, 'docs')).filter((name) => name.endsWith('.md'));
    const withCommands = pages.filter((name) =>
      commandsOf(read(`docs/${name}`)).some((text) => text.startsWith('launch')),
    );
    expect(guides).toEqual(expect.arrayContaining(withCommands));
  });
});

/**
 * Commands in code spans and `sh` blocks, each once. Those with a placeholder (`<revision>`, `…`) are not commands yet, and
 * `local` is the README's first block, which CI runs word for word.
 */
function commandsOf(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  const inOrder = [...blocks, ...spans]
    .map((text) => text.trim().replace(/^npx /, ''))
    .filter((text) => /^(migrate|launch-migration) \S/.test(text) && !/[<…|]|^launch-migration local/.test(text))
    .toSorted((left, right) => markdown.indexOf(left) - markdown.indexOf(right));
  return [...new Set(inOrder)];
}

/** Splits as a shell would, for words in double quotes. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
