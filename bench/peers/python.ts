import { join } from 'node:path';

/** The virtual environment that holds the Python peers: where every tool that walks folders looks away. */
export const environment = join(import.meta.dirname, 'node_modules/.venv');

/** What is installed into it, by exact versions. */
export const requirements = ['alembic==1.20.1', 'psycopg2-binary==2.9.13'] as const;

export function environmentProgram(name: string): string {
  return join(environment, 'bin', name);
}
