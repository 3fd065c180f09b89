import type { Case, Consequence } from './consequence.ts';
import { createIndex } from './create-index.ts';

/** What the statement does to what is there, part by part. */
export function consequencesOf(subject: Case): readonly Consequence[] {
  const { node } = subject.statement;
  if (!node) return [];
  if ('IndexStmt' in node) return createIndex(node.IndexStmt, subject);
  return [];
}
