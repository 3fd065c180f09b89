import type { Session } from '../../runner/database/connection/session.ts';
import { readRevisionText, type RevisionFolder } from '../../runner/files/read-revisions.ts';
import type { CatalogDifference } from '../catalog/compare-catalogs.ts';

/**
 * Says of each type that is there and should not be where it comes from: Alembic's autogenerate forgets enum types in its
 * downgrades (alembic issue 278), so that a database which went back keeps them, and the next upgrade fails on them.
 */
export async function explainLeftovers(
  session: Session,
  differences: readonly CatalogDifference[],
  { revisions }: RevisionFolder,
): Promise<readonly string[]> {
  const leftovers = differences.flatMap(({ change, object }) =>
    change === 'extra' && object.kind === 'type' ? [object.name] : [],
  );
  const explanations: string[] = [];
  for (const name of leftovers) {
    const word = name.slice(name.lastIndexOf('.') + 1);
    const pattern = new RegExp(`CREATE\\s+TYPE\\s+(?:\\S+\\.)?"?${escaped(word.replaceAll('"', ''))}"?\\s`, 'i');
    let maker: string | undefined;
    for (const revision of revisions.filter(({ extension, isLarge }) => extension === 'sql' && !isLarge)) {
      if (maker === undefined && pattern.test(readRevisionText(revision))) maker = revision.name;
    }
    if (maker === undefined) continue;
    const isUsed = await isTypeUsed(session, name);
    explanations.push(
      isUsed
        ? `Type ${name} is made by ${maker}, and columns use it: that revision seems to be applied, at least in part.`
        : `Type ${name} is made by ${maker}: a downgrade of that revision forgot to drop it, and its next upgrade would fail on it. Nothing uses it: \`DROP TYPE ${name};\`, then run this again.`,
    );
  }
  return explanations;
}

async function isTypeUsed(session: Session, name: string): Promise<boolean> {
  const { rows } = await session.query<{ used: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE NOT attisdropped
       AND atttypid IN (SELECT t.oid FROM pg_catalog.pg_type AS t WHERE t.oid = pg_catalog.to_regtype($1) OR t.typelem = pg_catalog.to_regtype($1))) AS used`,
    [name],
  );
  return rows[0]?.used === true;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
