import type { SchemaChange } from './schema-diff.ts';

/**
 * Puts right what the engine (1.0.0-alpha.34) is known to order wrongly: `ADD GENERATED … AS IDENTITY` needs a column that is
 * NOT NULL already (55000).
 */
export function repairOrder(changes: readonly SchemaChange[]): readonly SchemaChange[] {
  const ordered: SchemaChange[] = [];
  for (const change of changes) {
    const column = columnIn(change, 'SET NOT NULL');
    const at = column === undefined ? -1 : ordered.findIndex((other) => columnIn(other, 'ADD GENERATED') === column);
    if (at === -1) ordered.push(change);
    else ordered.splice(at, 0, change);
  }
  return ordered;
}

/** `ALTER TABLE t ALTER COLUMN c`, when the change does this to a column. */
function columnIn({ sql }: SchemaChange, what: string): string | undefined {
  const [head, rest] = [sql.split(` ${what}`)[0], sql.includes(` ${what}`)];
  return rest && head !== undefined && /^ALTER TABLE .* ALTER COLUMN \S+$/s.test(head) ? head : undefined;
}

/** Columns that become identities: their NOT NULL cannot wait for a later revision. */
export function identityColumns(changes: readonly SchemaChange[]): ReadonlySet<string> {
  return new Set(changes.flatMap((change) => columnIn(change, 'ADD GENERATED') ?? []));
}
