import { splitStatements } from '../../../runner/files/split-statements.ts';
import type { ImportedBody } from '../imported-migration.ts';

/** What `alembic upgrade … --sql` or `downgrade … --sql` printed, by the revision that each part is of. */
export function splitAlembicScript(script: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  const marks = [...script.matchAll(/^-- Running (upgrade|downgrade) (.*?) -> ([^\n]*)$/gm)];
  for (const [index, mark] of marks.entries()) {
    const [line, command, from = '', to = ''] = mark;
    // A merge's upgrade comes from several, its downgrade goes to several: the one side is always the revision itself.
    const id = (command === 'upgrade' ? to : from).trim();
    parts.set(id, script.slice(mark.index + line.length, marks[index + 1]?.index));
  }
  return parts;
}

/**
 * The statements of a part that are the revision's own: without those for Alembic's table and without BEGIN and COMMIT.
 * What stood outside a transaction (autocommit_block) makes it one that runs without.
 * @throws SplitError for what is no SQL.
 */
export function bodyOfPart(part: string, versionTable: string): ImportedBody {
  const table = new RegExp(
    `^(?:INSERT\\s+INTO|UPDATE|DELETE\\s+FROM|CREATE\\s+TABLE|DROP\\s+TABLE)\\s+(?:"?\\w+"?\\.)?"?${versionTable}"?(?:[\\s(;]|$)`,
    'i',
  );
  const kept: string[] = [];
  let isInside = true;
  let transactional = true;
  for (const { text, words } of splitStatements(part)) {
    const [first] = words;
    if (words.length === 1 && (first === 'BEGIN' || first === 'COMMIT')) {
      isInside = first === 'BEGIN';
      continue;
    }
    if (table.test(text)) continue;
    if (!isInside) transactional = false;
    kept.push(`${text};`);
  }
  return { sql: kept.join('\n\n'), transactional };
}
