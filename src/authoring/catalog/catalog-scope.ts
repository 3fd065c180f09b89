import type { CatalogObject } from './catalog.ts';

/** What to leave out of a catalog. `*` stands for any characters. */
export interface CatalogScope {
  /** Schemas with all that is in them: the record's, and others that nobody's revisions make. */
  readonly ignoredSchemas: readonly string[];
  /**
   * Objects, by their quoted name with its schema (`public.pgbench_*`, with all parts of them), or by kind and name
   * (`extension pg_stat_statements`). `audit.*` is the schema audit itself too.
   */
  readonly ignoredObjects?: readonly string[];
}

/** The pattern as a regular expression, for this language and for the server's. */
export function globToRegExp(glob: string): string {
  return `^${glob.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`;
}

/** Whether an object is left out by {@link CatalogScope.ignoredObjects}. */
export function scopeFilter({ ignoredObjects = [] }: CatalogScope): (object: CatalogObject) => boolean {
  const patterns = ignoredObjects.map((glob) => new RegExp(globToRegExp(glob)));
  const schemas = ignoredObjects.filter((glob) => glob.endsWith('.*')).map((glob) => glob.slice(0, -2));
  const isSchema = schemas.map((glob) => new RegExp(globToRegExp(glob)));
  return ({ kind, name, parent }) =>
    (kind === 'schema' && isSchema.some((pattern) => pattern.test(name))) ||
    patterns.some(
      (pattern) =>
        pattern.test(name) || pattern.test(`${kind} ${name}`) || (parent !== undefined && pattern.test(parent)),
    );
}
