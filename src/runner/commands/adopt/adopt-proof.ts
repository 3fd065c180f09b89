import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { tableLabel, type ForeignTable } from '../../adoption/foreign-tool.ts';
import { quoted } from '../../database/record/record-tables.ts';
import type { Session } from '../../database/connection/session.ts';
import type { RevisionFile, RevisionFolder } from '../../files/read-revisions.ts';
import type { AppliedRevision } from '../../history/record.ts';
import type { AdoptInvocation } from '../../command-line/invocation.ts';
import type { RunContext } from '../run-context.ts';

/** Compares the live schema with what the revisions build; loaded when it is needed, see src/authoring/adopt. */
export type Prove = (asked: {
  /** The database that is taken over; it is only read. */
  readonly session: Session;
  readonly folder: RevisionFolder;
  /** The newest revision that must be there; `undefined`: none. */
  readonly newest: RevisionFile | undefined;
  /** Objects of the other tool itself, by quoted name with their schema. */
  readonly ignoredObjects: readonly string[];
}) => Promise<Comparison>;

export interface Comparison {
  /** What the schema was compared with: a scratch server, or the catalog file. */
  readonly provedOn: string;
  /** Lines: + is there and should not be, - is missing, ~ is other. */
  readonly differences: readonly string[];
  /** What lies behind some of them, and what to do, as sentences. */
  readonly explanations: readonly string[];
}

export type AdoptionProof =
  | { readonly kind: 'not-needed' | 'skipped' }
  | ({ readonly kind: 'matches' | 'differs' } & Comparison);

interface Proving {
  readonly context: RunContext;
  readonly folder: RevisionFolder;
  readonly found: ForeignTable;
  readonly newest: RevisionFile | undefined;
  readonly asked: AdoptInvocation;
  readonly prove: Prove;
  /** What the record has beyond what the tool says. */
  readonly ahead: readonly AppliedRevision[];
  /** What the tool says is newest. */
  readonly at: string | undefined;
}

/** @throws AppError `adoption-differs` (11) unless differences are accepted; what the proof itself throws. */
export async function proveAdoption(session: Session, proving: Proving): Promise<AdoptionProof> {
  const { context, folder, found, newest, asked, prove } = proving;
  if (asked.unproved === 'no-proof') return { kind: 'skipped' };
  const comparison = await prove({ session, folder, newest, ignoredObjects: ownObjects(found) });
  for (const text of comparison.differences.length === 0 ? [] : comparison.explanations)
    context.output.emit({ event: 'message', level: 'warning', text });
  if (comparison.differences.length === 0) return { kind: 'matches', ...comparison };
  if (asked.unproved === 'differences-accepted') return { kind: 'differs', ...comparison };
  throw new AppError({
    code: 'adoption-differs',
    exitCode: exitCodes.differenceFound,
    message: `${found.tool.title} says that the database is at ${proving.at ?? 'base'} (${tableLabel(found)}), but its schema is not the one that ${newest === undefined ? 'no revision' : `the revisions up to ${newest.name}`} would build (${comparison.provedOn}):\n${comparison.differences.map((line) => `  ${line}`).join('\n')}\n+ is there and should not be, - is missing, ~ is other.`,
    hint: hintFor(proving),
  });
}

function hintFor({ found: { tool }, ahead, newest, at }: Proving): string {
  const accept = `\`migrate adopt ${tool.name} --accept-differences --reason "…"\` records it as it is`;
  if (ahead.length > 0)
    return `The record goes further, to ${ahead.at(-1)?.name ?? ''}: if the database is really there, \`migrate stamp ${ahead.at(-1)?.id ?? ''} --reason "…"\` sets the table of ${tool.title} too; else ${accept}.`;
  if (at === undefined && newest === undefined)
    return `${tool.title}'s table is empty, and yet there are objects: let ${tool.title} say where the database is (\`${tool.name === 'alembic' ? 'alembic stamp <revision>' : tool.cure}\`), then run this again; or ${accept}.`;
  return `Bring the database to where its revisions lead, or write the difference into a revision; ${accept}.`;
}

/** What the tool itself has made: no part of the schema. */
function ownObjects({ tool, schema, table }: ForeignTable): readonly string[] {
  const names = [table, `${table}_id_seq`, ...tool.companions];
  // As format('%I') of the server writes them.
  const written = (name: string): string => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoted(name));
  const inSchema = names.map((name) => `${written(schema)}.${written(name)}`);
  return schema === 'public' ? inSchema : [...inSchema, written(schema)];
}
