import { readRevisions } from '../files/read-revisions.ts';
import type { RunContext } from './run-context.ts';

/** Prints the newest revision of the files. History is linear, so there is one. No database is needed. */
export async function heads({ settings, output }: RunContext): Promise<void> {
  const { revisions } = await readRevisions(settings.migrations);
  const head = revisions.at(-1);
  output.answer({
    text: `${head?.name ?? ''} (head)`,
    document: { heads: head ? [{ revision: head.id, name: head.name }] : [] },
  });
}
