import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { projectDirectory } from '../support/programs.ts';

const readme = await readFile(resolve(projectDirectory, 'README.md'), 'utf8');
const wumbo = {
  '20251223142057_initial_schema.sql': await readFile(
    resolve(projectDirectory, 'migrations/20251223142057_initial_schema.sql'),
    'utf8',
  ),
  '20251223164703_add_plaid_models.sql': await readFile(
    resolve(projectDirectory, 'migrations/20251223164703_add_plaid_models.sql'),
    'utf8',
  ),
};

/** The commands of the column "now", by row: those that this version has. */
const rows = [...readme.matchAll(/^\| (\d+) \| [^|]* \| ([^|]*) \|$/gm)]
  .map(([, number = '', now = '']) => ({
    number,
    commands: [...now.matchAll(/`((?:migrate|launch-migration)\b[^`]*)`/g)].map(([, command = '']) => command),
  }))
  // `local` is the whole of local.test.ts, and of the README's own block that CI runs word for word.
  .map(({ number, commands }) => ({ number, commands: commands.filter((command) => isWhole(command)) }))
  .filter(({ commands }) => commands.length > 0);

describe('the README’s table of commands', () => {
  it.each(rows)('row $number: $commands', async ({ commands }) => {
    const site = await createLaunchSite({ files: wumbo });
    await site.migrate(['upgrade']);
    await desirePreferences(site.directory);
    for (const command of commands) {
      const [program, ...args] = words(command);
      const { exitCode, stderr } = program === 'migrate' ? await site.migrate(args) : await site.launch(args);
      expect([0, 3], `${command}\n${stderr}`).toContain(exitCode);
    }
  });

  it('has commands in most rows', () => {
    expect(rows.length).toBeGreaterThanOrEqual(15);
  });
});

/** What row 1 tells to do first: the desired schema, Wumbo's own, has one table more. */
async function desirePreferences(directory: string): Promise<void> {
  await cp(resolve(projectDirectory, 'schema'), join(directory, 'schema'), { recursive: true });
  await writeFile(
    join(directory, 'schema', 'user_preferences.sql'),
    'CREATE TABLE user_preferences (user_id uuid PRIMARY KEY REFERENCES users, theme varchar(20) NOT NULL);\n',
  );
}

/** The first block's command is run by a test of its own. */
function isWhole(command: string): boolean {
  return command !== 'launch-migration local';
}

/** Splits as a shell would, for words in double quotes. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
