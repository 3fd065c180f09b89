import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createProject, threeRevisions } from '../../support/migrations.ts';

const accounts = '20260101000001_create_accounts.sql';

describe('an applied file that was edited', () => {
  it.each(['check', 'upgrade'])(
    '5: %s shows both checksums, when it was applied, and what differs',
    async (command) => {
      const { migrate, write, lock } = await createProject(threeRevisions);
      await migrate(['upgrade']);
      await write(accounts, threeRevisions[accounts].replace('id int', 'id bigint'));
      await lock();
      const { exitCode, stderr } = await migrate([command]);
      expect(exitCode).toBe(5);
      expect(stderr).toMatch(
        /was edited after it was applied \(20\d\d-.*Z\): migrations\/20260101000001_create_accounts\.sql has sha256 [0-9a-f]{12}…, the record [0-9a-f]{12}…\.\n/,
      );
      expect(stderr).toContain('  - CREATE TABLE accounts (id int PRIMARY KEY);\n');
      expect(stderr).toContain('  + CREATE TABLE accounts (id bigint PRIMARY KEY);\n');
      expect(stderr).not.toContain('Only comments');
    },
  );

  it('5: in comments and white space only: that is said, with the way to accept it, which works', async () => {
    const { migrate, write, lock } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await write(accounts, threeRevisions[accounts].replace('(id int', '( /* why */ id\n  int -- yes\n'));
    await lock();
    const { exitCode, stderr } = await migrate(['check']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('Only comments and white space differ: it would run the same.');
    const [, target = '', reason = ''] = /`migrate stamp (\d+) --reason "([^"]+)"`/.exec(stderr) ?? [];
    expect((await migrate(['stamp', target, '--reason', reason])).exitCode).toBe(0);
    expect((await migrate(['check'])).exitCode).toBe(0);
  });

  it('5: blanks inside quotes are no white space', async () => {
    const { migrate, write, lock } = await createProject({ '20260101000001_a.sql': "-- migrate:up\nSELECT 'a  b';\n" });
    await migrate(['upgrade']);
    await write('20260101000001_a.sql', "-- migrate:up\nSELECT 'a b';\n");
    await lock();
    expect((await migrate(['check'])).stderr).not.toContain('Only comments');
  });
});

describe('a script revision', () => {
  const script = 'export const up = async ({ sql }) => { await sql`CREATE TABLE a (id int)`; };\n';

  it('of the same text under another extension is the same revision; a compiled copy counts as edited', async () => {
    const { migrate, migrations, write, lock } = await createProject({ '20260101000001_a.ts': script });
    await migrate(['upgrade']);
    await rename(join(migrations, '20260101000001_a.ts'), join(migrations, '20260101000001_a.mjs'));
    const renamed = await migrate(['upgrade']);
    expect(renamed.exitCode).toBe(0);
    expect(renamed.stderr).toContain('Nothing to do');
    await rm(join(migrations, '20260101000001_a.mjs'));
    await write('20260101000001_a.js', `"use strict";\n${script}//# sourceMappingURL=20260101000001_a.js.map\n`);
    await lock();
    const compiled = await migrate(['check']);
    expect(compiled.exitCode).toBe(5);
    expect(compiled.stderr).toContain('  + "use strict";');
  });
});
