import * as z from 'zod/mini';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { idOfVersion, type ImportedFolder, type ImportedMigration } from '../imported-migration.ts';
import { readText } from './sql-folder.ts';

const journalShape = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) });

/** `meta/_journal.json` gives the order, the times and the file names; there is no down. */
export async function readDrizzleFolder(directory: string): Promise<ImportedFolder> {
  const { entries } = await readJournal(directory);
  const migrations: ImportedMigration[] = [];
  for (const { when, tag } of entries) {
    const sql = await readText(directory, `${tag}.sql`);
    migrations.push({
      header: `-- adopted: drizzle:${when}`,
      title: tag.replace(/^\d+_/, '').replaceAll('_', ' '),
      wantedId: idOfVersion(String(when)),
      source: `${tag}.sql`,
      up: {
        sql: sql.replaceAll(/^\s*--> statement-breakpoint[ \t]*$/gm, '').replaceAll('--> statement-breakpoint', ''),
        transactional: !/\bCONCURRENTLY\b/i.test(sql),
      },
      down: undefined,
    });
  }
  return { migrations, skipped: [] };
}

async function readJournal(directory: string): Promise<z.infer<typeof journalShape>> {
  const text = await readText(directory, 'meta/_journal.json');
  try {
    return journalShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError({
      code: 'foreign-folder',
      exitCode: exitCodes.usage,
      message: `${directory}/meta/_journal.json is not the journal of drizzle-kit.`,
      hint: 'Name the folder that drizzle-kit writes to (`out` in its configuration).',
      cause,
    });
  }
}
