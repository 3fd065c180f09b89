import { idOfVersion, type ImportedBody, type ImportedFolder, type ImportedMigration } from '../imported-migration.ts';
import { fileNames, readText } from './sql-folder.ts';

/** `00001_create_users.sql` with `-- +goose Up` and `-- +goose Down`; its statement marks are of no use to a real lexer. */
export async function readGooseFolder(directory: string): Promise<ImportedFolder> {
  const skipped: string[] = [];
  const migrations: ImportedMigration[] = [];
  for (const name of await fileNames(directory)) {
    const [, version, title = ''] = /^(\d+)_(.*)\.sql$/.exec(name) ?? [];
    if (version === undefined) {
      skipped.push(`${name}: it is no SQL migration with a version.`);
      continue;
    }
    const text = await readText(directory, name);
    const transactional = !/^--\s*\+goose\s+NO\s+TRANSACTION\b/im.test(text);
    const stub = /^--\s*\+goose\s+ENVSUB\s+ON\b/im.test(text)
      ? 'goose fills in variables of its environment'
      : undefined;
    const body = (direction: 'Up' | 'Down'): ImportedBody => ({ sql: sectionOf(text, direction), transactional, stub });
    migrations.push({
      header: `-- adopted: goose:${BigInt(version)}`,
      title: title.replaceAll('_', ' '),
      wantedId: idOfVersion(version),
      source: name,
      up: body('Up'),
      down: body('Down'),
    });
  }
  return {
    migrations: migrations.toSorted((one, other) => (one.wantedId < other.wantedId ? -1 : 1)),
    skipped,
  };
}

function sectionOf(text: string, direction: 'Up' | 'Down'): string {
  const lines: string[] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    const [, command = ''] = /^\s*--\s*\+goose\s+(.*\S)\s*$/i.exec(line) ?? [];
    if (/^(?:up|down)$/i.test(command)) isInside = command.toLowerCase() === direction.toLowerCase();
    else if (isInside && command === '') lines.push(line);
  }
  return lines.join('\n');
}
