import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { idOfVersion, type ImportedFolder, type ImportedMigration } from '../imported-migration.ts';
import { fileNames, readText } from './sql-folder.ts';

/** Folders `20260101120000_create_users` with a `migration.sql` each; there is no down. */
export async function readPrismaFolder(directory: string): Promise<ImportedFolder> {
  const entries = await readdir(directory, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  const skipped: string[] = [];
  const migrations: ImportedMigration[] = [];
  for (const [index, folder] of folders.entries()) {
    if (!(await fileNames(join(directory, folder))).includes('migration.sql')) {
      skipped.push(`${folder}: there is no migration.sql in it.`);
      continue;
    }
    const [, version, title = folder] = /^(\d+)_(.*)$/.exec(folder) ?? [];
    const sql = await readText(join(directory, folder), 'migration.sql');
    migrations.push({
      header: `-- adopted: prisma:${folder}`,
      title: title.replaceAll('_', ' '),
      wantedId: version === undefined ? String(index + 1).padStart(14, '0') : idOfVersion(version),
      source: `${folder}/migration.sql`,
      up: { sql, transactional: !/\bCONCURRENTLY\b/i.test(sql) },
      down: undefined,
    });
  }
  return { migrations, skipped };
}
