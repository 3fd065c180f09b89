import type { AnswerDocument } from '../documents/documents.ts';
import { readRevisions } from '../files/read-revisions.ts';
import type { RunContext } from './run-context.ts';

/** The newest revision of the files. History is linear, so there is one. No database is needed. */
export async function heads({ settings }: RunContext): Promise<AnswerDocument<'heads'>> {
  const { revisions } = await readRevisions(settings.migrations);
  const head = revisions.at(-1);
  return { heads: head ? [{ revision: head.id, name: head.name }] : [] };
}

export function formatHeads({ heads: [head] }: AnswerDocument<'heads'>): string {
  return `${head?.name ?? ''} (head)`;
}
