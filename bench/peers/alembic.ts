import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Command } from '../measure.ts';
import { printed } from './installed.ts';
import type { Peer } from './peer.ts';
import { environmentProgram } from './python.ts';

/** Alembic in one of its installations, and what it alone among the peers can do: autogenerate. */
export interface AlembicPeer extends Peer {
  /** Runs `alembic …` in a folder that {@link writeAlembicProject} made. */
  readonly command: (folder: string, url: string, args: readonly string[]) => Command;
}

function alembic({ program, ...about }: Pick<Peer, 'name' | 'source'> & { readonly program: string }): AlembicPeer {
  const command: AlembicPeer['command'] = (folder, url, args) => ({
    program,
    args,
    cwd: folder,
    env: { DATABASE_URL: url.replace('postgres://', 'postgresql+psycopg2://') },
  });
  return {
    ...about,
    version: () => printed(program, ['--version'], /([\d.]+)/),
    write: async (folder, revisions) => {
      await writeAlembicProject(folder);
      let previous: string | undefined;
      for (const { id, up, down } of revisions) {
        const text = [
          `revision = "${id}"`,
          `down_revision = ${previous === undefined ? 'None' : `"${previous}"`}`,
          'from alembic import op',
          `def upgrade():\n    op.execute("""${up}""")`,
          `def downgrade():\n    op.execute("""${down}""")`,
          '',
        ].join('\n');
        await writeFile(join(folder, 'versions', `${id}_tiny.py`), text);
        previous = id;
      }
    },
    up: (folder, url) => command(folder, url, ['upgrade', 'head']),
    command,
  };
}

export const alembics: readonly AlembicPeer[] = [
  // By its path: another `alembic` may come first in PATH.
  alembic({
    name: 'Alembic (Debian)',
    source: 'apt-get install alembic python3-psycopg2',
    program: '/usr/bin/alembic',
  }),
  alembic({ name: 'Alembic (PyPI)', source: 'PyPI', program: environmentProgram('alembic') }),
];

/** Writes a project without revisions; with `models`, lines of Python that fill `metadata`, one that autogenerate works in. */
export async function writeAlembicProject(folder: string, models?: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'versions'), { recursive: true });
  await writeFile(join(folder, 'alembic.ini'), `[alembic]\nscript_location = ${folder}\n`);
  await writeFile(
    join(folder, 'script.py.mako'),
    [
      'revision = ${repr(up_revision)}',
      'down_revision = ${repr(down_revision)}',
      'from alembic import op',
      'import sqlalchemy as sa',
      'def upgrade():\n    ${upgrades if upgrades else "pass"}',
      'def downgrade():\n    ${downgrades if downgrades else "pass"}',
      '',
    ].join('\n'),
  );
  const hasModels = models !== undefined;
  if (hasModels)
    await writeFile(
      join(folder, 'models.py'),
      ['import sqlalchemy as sa', 'metadata = sa.MetaData()', ...models, ''].join('\n'),
    );
  await writeFile(
    join(folder, 'env.py'),
    [
      'import os, sys',
      'from alembic import context',
      'from sqlalchemy import create_engine',
      ...(hasModels ? [`sys.path.insert(0, ${JSON.stringify(folder)})`, 'from models import metadata'] : []),
      'with create_engine(os.environ["DATABASE_URL"]).connect() as connection:',
      `    context.configure(connection=connection, transaction_per_migration=True${hasModels ? ', target_metadata=metadata, compare_type=True' : ''})`,
      '    with context.begin_transaction():',
      '        context.run_migrations()',
      '',
    ].join('\n'),
  );
}
