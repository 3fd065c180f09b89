import type { ForeignTool } from './foreign-tool.ts';
import { alembic } from './tools/alembic.ts';
import { dbmate } from './tools/dbmate.ts';
import { drizzle } from './tools/drizzle.ts';
import { flyway } from './tools/flyway.ts';
import { golangMigrate } from './tools/golang-migrate.ts';
import { goose } from './tools/goose.ts';
import { knex } from './tools/knex.ts';
import { nodePgMigrate } from './tools/node-pg-migrate.ts';
import { prisma } from './tools/prisma.ts';
import { rails } from './tools/rails.ts';
import { sequelize } from './tools/sequelize.ts';

/** Every tool whose databases can be taken over. */
export const foreignTools: readonly ForeignTool[] = [
  alembic,
  flyway,
  dbmate,
  golangMigrate,
  rails,
  knex,
  nodePgMigrate,
  sequelize,
  prisma,
  goose,
  drizzle,
];
