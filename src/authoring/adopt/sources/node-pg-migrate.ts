import { idOfVersion, type ImportedFolder, type ImportedMigration } from '../imported-migration.ts';
import { fileNames, readText } from './sql-folder.ts';

const up = /^[ \t]*--[ \t-]*up migration.*$/im;
const down = /^[ \t]*--[ \t-]*down migration.*$/im;

/** `1735725600000_create-users.sql` with the lines `-- Up Migration` and `-- Down Migration`; scripts are programs. */
export async function readNodePgMigrateFolder(directory: string): Promise<ImportedFolder> {
  const skipped: string[] = [];
  const migrations: ImportedMigration[] = [];
  for (const name of await fileNames(directory)) {
    const [, base = '', version = '', title = ''] = /^((\d+)[_-](.*))\.sql$/.exec(name) ?? [];
    if (version === '') {
      skipped.push(`${name}: it is no SQL migration with a timestamp.`);
      continue;
    }
    const text = await readText(directory, name);
    const downAt = down.exec(text)?.index ?? text.length;
    const body = (part: string): { sql: string; transactional: boolean } => ({
      sql: part.replace(up, '').replace(down, ''),
      transactional: true,
    });
    migrations.push({
      header: `-- adopted: node-pg-migrate:${base}`,
      title: title.replaceAll(/[_-]/g, ' '),
      wantedId: idOfVersion(version),
      source: name,
      up: body(text.slice(0, downAt)),
      down: body(text.slice(downAt)),
    });
  }
  return { migrations, skipped };
}
