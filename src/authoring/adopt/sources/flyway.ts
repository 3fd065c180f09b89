import { idOfVersion, type ImportedBody, type ImportedFolder, type ImportedMigration } from '../imported-migration.ts';
import { fileNames, readText } from './sql-folder.ts';

/** `V2.1__Create_users.sql`, an undo as `U2.1__….sql`; `R__` files are repeated at will and have no place in a history. */
export async function readFlywayFolder(directory: string): Promise<ImportedFolder> {
  const names = await fileNames(directory);
  const skipped: string[] = [];
  const found = names.flatMap((name) => {
    const [, version, title = ''] = /^V([0-9]+(?:[._][0-9]+)*)__(.*)\.sql$/.exec(name) ?? [];
    if (version !== undefined) return [{ name, version: version.replaceAll('_', '.'), title }];
    if (/^R__.*\.sql$/.test(name)) skipped.push(`${name}: a repeatable migration; put its statements into a revision.`);
    else if (!/^U.*\.sql$|\.conf$/.test(name)) skipped.push(`${name}: it is no versioned SQL migration.`);
    return [];
  });
  const isNumbered = found.every(({ version }) => /^\d{1,14}$/.test(version));
  const migrations: ImportedMigration[] = [];
  for (const [index, { name, version, title }] of found.toSorted(byVersion).entries()) {
    const undo = names.find((other) => /^U(.+?)__/.exec(other)?.[1]?.replaceAll('_', '.') === version);
    migrations.push({
      header: `-- adopted: flyway:${version}`,
      title: title.replaceAll('_', ' '),
      wantedId: isNumbered ? idOfVersion(version) : String(index + 1).padStart(14, '0'),
      source: name,
      up: await bodyOf(directory, name, names),
      down: undo === undefined ? undefined : await bodyOf(directory, undo, names),
    });
  }
  return { migrations, skipped };
}

async function bodyOf(directory: string, name: string, names: readonly string[]): Promise<ImportedBody> {
  const sql = await readText(directory, name);
  const settings = names.includes(`${name}.conf`) ? await readText(directory, `${name}.conf`) : '';
  // Flyway finds such statements by itself.
  const transactional = !/^\s*executeInTransaction\s*=\s*false/m.test(settings) && !/\bCONCURRENTLY\b/i.test(sql);
  const [placeholder] = /\$\{[^}]*\}/.exec(sql) ?? [];
  const stub =
    placeholder === undefined ? undefined : `${name} has the placeholder ${placeholder}, which only Flyway fills in`;
  return { sql, transactional, stub };
}

interface Versioned {
  readonly version: string;
}

function byVersion({ version: one }: Versioned, { version: other }: Versioned): number {
  const [left, right] = [one.split('.').map(BigInt), other.split('.').map(BigInt)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [mine, theirs] = [left[at] ?? 0n, right[at] ?? 0n];
    if (mine !== theirs) return mine < theirs ? -1 : 1;
  }
  return 0;
}
