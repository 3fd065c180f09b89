import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { AdoptInvocation } from '../../runner/command-line/invocation.ts';
import type { ImportedFolder } from './imported-migration.ts';
import { readAlembicFolder } from './sources/alembic.ts';
import { readDbmateFolder } from './sources/dbmate.ts';
import { readDrizzleFolder } from './sources/drizzle.ts';
import { readFlywayFolder } from './sources/flyway.ts';
import { readGolangMigrateFolder } from './sources/golang-migrate.ts';
import { readGooseFolder } from './sources/goose.ts';
import { readNodePgMigrateFolder } from './sources/node-pg-migrate.ts';
import { readPrismaFolder } from './sources/prisma.ts';

const sqlFolders: Readonly<Record<string, (directory: string) => Promise<ImportedFolder>>> = {
  dbmate: readDbmateFolder,
  drizzle: readDrizzleFolder,
  flyway: readFlywayFolder,
  'golang-migrate': readGolangMigrateFolder,
  goose: readGooseFolder,
  'node-pg-migrate': readNodePgMigrateFolder,
  prisma: readPrismaFolder,
};

/** @throws AppError `no-import` (2) for a tool whose migrations are programs, `foreign-folder` (2) for what cannot be read. */
export async function readForeignFolder(
  asked: AdoptInvocation,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ImportedFolder> {
  const { tool, importFrom = '', linearize, versionTable } = asked;
  const found = await readAs(tool, importFrom, {
    linearize,
    versionTable,
    command: asked.alembicCommand,
    environment,
  });
  if (found.migrations.length > 0) return found;
  const left = found.skipped.length === 0 ? '' : ` (${found.skipped.slice(0, 3).join(' ')})`;
  throw new AppError({
    code: 'foreign-folder',
    exitCode: exitCodes.usage,
    message: `${importFrom} holds no migration of ${tool} that is plain SQL${left}.`,
    hint: 'Name the folder in which the migration files themselves lie.',
  });
}

async function readAs(
  tool: string,
  directory: string,
  options: Omit<Parameters<typeof readAlembicFolder>[0], 'directory'>,
): Promise<ImportedFolder> {
  if (tool === 'alembic') return readAlembicFolder({ ...options, directory });
  const read = sqlFolders[tool];
  if (read === undefined) {
    throw new AppError({
      code: 'no-import',
      exitCode: exitCodes.usage,
      message: `Migrations of ${tool} are programs, which cannot be turned into SQL without running them.`,
      hint: `Write one revision with the schema as it is (pg_dump --schema-only), give it the line \`-- adopted: ${tool}:<newest>\`, or one revision for each; see docs/adopting.md.`,
    });
  }
  try {
    return await read(directory);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    const reason = 'code' in error && error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.message})`;
    throw new AppError({
      code: 'foreign-folder',
      exitCode: exitCodes.usage,
      message: `The folder ${directory} of ${tool} ${reason}.`,
      hint: `Name the folder of the migration files: \`migrate adopt ${tool} --import DIR\`.`,
      cause: error,
    });
  }
}
