import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { inModules, packageVersion, printed } from './installed.ts';
import type { Peer } from './peer.ts';

export const nodePgMigrate: Peer = {
  name: 'node-pg-migrate',
  source: 'npm',
  version: () => packageVersion('node-pg-migrate'),
  write: async (folder, revisions) => {
    await mkdir(join(folder, 'migrations'));
    for (const { id, up, down } of revisions)
      await writeFile(
        join(folder, 'migrations', `${id}_tiny.sql`),
        `-- Up Migration\n${up}\n-- Down Migration\n${down}\n`,
      );
  },
  up: (folder, url) => ({
    program: process.execPath,
    args: [inModules('node-pg-migrate/bin/node-pg-migrate.js'), 'up', '-m', join(folder, 'migrations'), '-j', 'sql'],
    cwd: folder,
    env: { DATABASE_URL: url },
  }),
};

export const dbmate: Peer = {
  name: 'dbmate (Go)',
  source: 'npm',
  version: () => packageVersion('dbmate'),
  write: async (folder, revisions) => {
    await mkdir(join(folder, 'migrations'));
    for (const { id, up, down } of revisions)
      await writeFile(
        join(folder, 'migrations', `${id}_tiny.sql`),
        `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`,
      );
  },
  up: (folder, url) => ({
    // Its binary, not the wrapper of its npm package, which would add Node's start.
    program: inModules(`@dbmate/${process.platform}-${process.arch}/bin/dbmate`),
    args: [
      '--url',
      `${url}?sslmode=disable`,
      '--migrations-dir',
      join(folder, 'migrations'),
      '--no-dump-schema',
      'migrate',
    ],
    cwd: folder,
  }),
};

export const graphileMigrate: Peer = {
  name: 'graphile-migrate',
  source: 'npm',
  version: () => packageVersion('graphile-migrate'),
  write: async (folder, revisions) => {
    await mkdir(join(folder, 'migrations/committed'), { recursive: true });
    await writeFile(join(folder, '.gmrc'), '{}');
    let previous = '';
    for (const [index, { up }] of revisions.entries()) {
      const hash = `sha1:${createHash('sha1')
        .update(`${`${previous}\n${up.trim()}`.trim()}\n`)
        .digest('hex')}`;
      const name = `${String(index + 1).padStart(6, '0')}.sql`;
      const text = `--! Previous: ${previous === '' ? '-' : previous}\n--! Hash: ${hash}\n\n${up}\n`;
      await writeFile(join(folder, 'migrations/committed', name), text);
      previous = hash;
    }
  },
  up: (folder, url) => ({
    program: process.execPath,
    args: [inModules('graphile-migrate/dist/cli.js'), 'migrate'],
    cwd: folder,
    env: { DATABASE_URL: url, SHADOW_DATABASE_URL: `${url}_shadow`, ROOT_DATABASE_URL: `${url}_root` },
  }),
};

export const sqitch: Peer = {
  name: 'sqitch',
  source: 'apt-get install sqitch libdbd-pg-perl',
  isSlow: true,
  version: () => printed('sqitch', ['--version'], /v?([\d.]+)/),
  write: async (folder, revisions) => {
    await mkdir(join(folder, 'deploy'));
    await writeFile(
      join(folder, 'sqitch.conf'),
      '[core]\n\tengine = pg\n[user]\n\tname = bench\n\temail = bench@example.org\n',
    );
    const plan = revisions.map(({ id }) => `tiny_${id} 2026-01-01T00:00:00Z bench <bench@example.org> # tiny`);
    await writeFile(join(folder, 'sqitch.plan'), `%syntax-version=1.0.0\n%project=bench\n\n${plan.join('\n')}\n`);
    for (const { id, up } of revisions)
      await writeFile(join(folder, `deploy/tiny_${id}.sql`), `BEGIN;\n${up}\nCOMMIT;\n`);
  },
  up: (folder, url) => ({
    program: 'sqitch',
    args: ['deploy', url.replace('postgres://', 'db:pg://')],
    cwd: folder,
    allowed: [0, 1],
  }),
};
