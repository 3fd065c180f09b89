import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';
import { missingPsql, runPsql } from '../support/psql.ts';

const psqlIsMissing = await missingPsql();

describe('launch-migration <environment> --sql', () => {
  it('gives the script alone on stdout, and nothing runs', async () => {
    const { launch, database } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stdout, stderr } = await launch(['development', '--sql']);
    expect(exitCode).toBe(0);
    expect(stdout.startsWith('-- migrate upgrade head --sql')).toBe(true);
    expect(stdout).toContain('\nCREATE TABLE accounts (id int PRIMARY KEY);\n');
    expect(stdout).not.toMatch(/^\{"/m);
    expect(stderr).not.toContain('CREATE TABLE');
    expect(
      await database.query("SELECT to_regclass('accounts') AS found, to_regnamespace('migrations') AS record"),
    ).toEqual([{ found: null, record: null }]);
  });

  it.skipIf(psqlIsMissing !== undefined)('the script does through psql what the launch would have done', async () => {
    const { launch, database } = await createLaunchSite({
      files: {
        ...threeRevisions,
        '20260101000004_words.sql':
          "-- migrate:up\r\nCREATE TABLE words (text text);\r\nINSERT INTO words VALUES ('two\r\n\r\nlines');\r\n",
      },
    });
    const { stdout } = await launch(['production', '--sql']);
    expect(await runPsql(database, stdout)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await database.query('SELECT text FROM words')).toEqual([{ text: 'two\r\n\r\nlines' }]);
    expect((await launch(['production', '--check-only'])).exitCode).toBe(0);
  });
});
