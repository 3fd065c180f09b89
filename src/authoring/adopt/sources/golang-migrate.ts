import { idOfVersion, type ImportedFolder, type ImportedMigration } from '../imported-migration.ts';
import { fileNames, readText } from './sql-folder.ts';

/** Pairs of files, `000001_create_users.up.sql` and `.down.sql`; each is sent as one query, without a transaction of its own. */
export async function readGolangMigrateFolder(directory: string): Promise<ImportedFolder> {
  const names = await fileNames(directory);
  const skipped: string[] = [];
  const migrations: ImportedMigration[] = [];
  const ups = names.flatMap((name) => {
    const [, version, title = ''] = /^(\d+)_(.*)\.up\.sql$/.exec(name) ?? [];
    if (version === undefined && !name.endsWith('.down.sql')) skipped.push(`${name}: it is no .up.sql or .down.sql.`);
    return version === undefined ? [] : [{ name, version, title }];
  });
  for (const { name, version, title } of ups.toSorted((one, other) => Number(one.version) - Number(other.version))) {
    const downName = name.replace(/\.up\.sql$/, '.down.sql');
    const down = names.includes(downName) ? await readText(directory, downName) : undefined;
    const body = (sql: string): { sql: string; transactional: boolean } => ({
      sql: withoutTransaction(sql),
      transactional: !/\bCONCURRENTLY\b/i.test(sql),
    });
    migrations.push({
      // Its table holds the number, without the zeros.
      header: `-- adopted: golang-migrate:${BigInt(version)}`,
      title: title.replaceAll('_', ' '),
      wantedId: idOfVersion(version),
      source: name,
      up: body(await readText(directory, name)),
      down: down === undefined ? undefined : body(down),
    });
  }
  return { migrations, skipped };
}

/** Its files often bring their own BEGIN and COMMIT, which the runner gives them here. */
function withoutTransaction(sql: string): string {
  return /^\s*BEGIN\s*;/i.test(sql) && /\bCOMMIT\s*;\s*$/i.test(sql)
    ? sql.replace(/^\s*BEGIN\s*;/i, '').replace(/\bCOMMIT\s*;\s*$/i, '')
    : sql;
}
