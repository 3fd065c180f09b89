import { createProject, type MigrationProject } from './migrations.ts';

export const walk = '20260101000002_walk';

/** A table of so many rows, each of which counts how often it was changed. */
export function tableOf(rows: number, key = 'id bigint PRIMARY KEY', keys = 'g'): string {
  return `-- migrate:up\nCREATE TABLE items (${key}, touched int NOT NULL DEFAULT 0, label text);\nINSERT INTO items SELECT ${keys} FROM generate_series(1, ${rows}) g;\n-- migrate:down\nDROP TABLE items;\n`;
}

export function script(options: string, more = ''): string {
  return `import type { RevisionContext } from 'wumbo-migrations';
export const transaction = false;
export const up = async ({ sql, client, log, batch }: RevisionContext) => {
  const { rows } = await batch({ table: 'items', ${options} });
  log('walked ' + String(rows) + ' rows');
  ${more}
};
export const down = async ({ sql }: RevisionContext) => { await sql\`SELECT 1\`; };
`;
}

export const touch =
  'run: async ({ sql, within }) => { await sql`UPDATE items SET touched = touched + 1 WHERE ${within}`; }';

export async function project(rows: number, text: string): Promise<MigrationProject> {
  return createProject({ '20260101000001_items.sql': tableOf(rows), [`${walk}.ts`]: text });
}
