import { parseSqlRevision, type SqlSection } from '../../../runner/files/parse-sql-revision.ts';
import { idOfVersion, type ImportedBody, type ImportedFolder, type ImportedMigration } from '../imported-migration.ts';
import { fileNames, readText } from './sql-folder.ts';

/** dbmate's files have our format, but for their names: `20260101120000_create_users.sql`. */
export async function readDbmateFolder(directory: string): Promise<ImportedFolder> {
  const migrations: ImportedMigration[] = [];
  const skipped: string[] = [];
  for (const name of await fileNames(directory)) {
    const [, version, title = ''] = /^(\d+)_?(.*)\.sql$/.exec(name) ?? [];
    if (version === undefined) {
      skipped.push(`${name}: its name does not begin with a version.`);
      continue;
    }
    const { up, down } = parseSqlRevision(await readText(directory, name), name);
    migrations.push({
      header: `-- adopted: dbmate:${version}`,
      title: title.replaceAll('_', ' '),
      wantedId: idOfVersion(version),
      source: name,
      up: bodyOf(up),
      down: down && bodyOf(down),
    });
  }
  return { migrations, skipped };
}

function bodyOf({ text, transactional }: SqlSection): ImportedBody {
  return { sql: text, transactional };
}
