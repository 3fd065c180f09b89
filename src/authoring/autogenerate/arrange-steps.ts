import { identityColumns } from './repair-order.ts';
import {
  concurrentIndex,
  notNullThroughCheck,
  notNullColumn,
  uniqueThroughIndex,
  validatedLater,
} from './safe-forms.ts';
import type { ObjectName, SchemaChange } from './schema-diff.ts';

/** What one revision does. */
export interface Step {
  /** Joined to the revision's name when there are several. */
  readonly phase: 'rename' | 'enum values' | 'expand' | 'indexes' | 'validate' | 'contract' | 'separate';
  readonly transactional: boolean;
  readonly statements: readonly StepStatement[];
}

export interface StepStatement {
  readonly sql: string;
  /** What is lost, or why it is done in this form; stands above the statement. */
  readonly comment?: string;
  /** The statement that undoes it, where comparing schemas would not find it. */
  readonly back?: string;
}

export interface SchemaKnowledge {
  /** Partitioned tables, as `schema.table`: what is done CONCURRENTLY or NOT VALID elsewhere is not possible on them. */
  readonly partitioned: ReadonlySet<string>;
}

/** In the order in which they run. */
const safePhases = ['enum values', 'expand', 'indexes', 'validate', 'contract'] as const;

/**
 * Puts the changes into revisions so that each statement holds its locks for as short as it can: indexes of existing tables
 * CONCURRENTLY in a revision without a transaction, constraints NOT VALID and validated in a later transaction, NOT NULL
 * proved by a validated check, new labels of enums committed before they are used, what loses data last.
 */
export function arrangeSafely(changes: readonly SchemaChange[], knowledge: SchemaKnowledge): readonly Step[] {
  const fresh = new Set(changes.flatMap(({ creates }) => creates.filter(isRelation).map(keyOf)));
  const identities = identityColumns(changes);
  const isBusy = (table: string): boolean => !fresh.has(table) && !knowledge.partitioned.has(table);
  const steps: Record<(typeof safePhases)[number], StepStatement[]> = {
    'enum values': [],
    expand: [],
    indexes: [],
    validate: [],
    contract: [],
  };
  changes.forEach((change, index) => {
    const table = tableOf(change);
    const busy = table !== undefined && isBusy(table);
    const mayWait = busy && !identities.has(change.sql.replace(/ SET NOT NULL$/, ''));
    const later = mayWait
      ? (concurrentIndex(change) ??
        uniqueThroughIndex(change) ??
        validatedLater(change) ??
        notNullThroughCheck(change) ??
        notNullColumn(change))
      : undefined;
    if (later !== undefined) {
      steps.expand.push(...(later.expand ?? []));
      steps.indexes.push(...(later.indexes ?? []));
      steps.validate.push(...(later.validate ?? []));
    } else if (change.endsTransaction) steps['enum values'].push(statementOf(change));
    else if (!change.isTransactional) steps.indexes.push(statementOf(change));
    else if (isLastWord(change, changes.slice(index + 1))) steps.contract.push(statementOf(change));
    else steps.expand.push(statementOf(change));
  });
  return safePhases
    .filter((phase) => steps[phase].length > 0)
    .map((phase) => ({ phase, transactional: phase !== 'indexes', statements: steps[phase] }));
}

/** The changes as they are, in as few revisions as transactions allow. */
export function arrangePlainly(changes: readonly SchemaChange[]): readonly Step[] {
  const steps: { phase: Step['phase']; transactional: boolean; statements: StepStatement[] }[] = [];
  let mustSplit = true;
  for (const change of changes) {
    const last = steps.at(-1);
    if (mustSplit || last === undefined || last.transactional !== change.isTransactional)
      steps.push({ phase: 'separate', transactional: change.isTransactional, statements: [statementOf(change)] });
    else last.statements.push(statementOf(change));
    mustSplit = change.endsTransaction;
  }
  return steps;
}

function statementOf(change: SchemaChange): StepStatement {
  const comment = commentFor(change);
  return { sql: change.sql, ...(comment === undefined ? {} : { comment }) };
}

function commentFor(change: SchemaChange): string | undefined {
  if (change.isDestructive) {
    const what = change.removes.filter(isLossForPeople).map(nameForPeople).join(', ');
    return `DESTRUCTIVE: ${what === '' ? 'values are lost' : `${what} and what is stored there are lost`}.`;
  }
  return change.mayRewriteTable && change.verb === 'alter'
    ? 'Rewrites the whole table and locks everybody out meanwhile, unless the server finds that it need not.'
    : undefined;
}

/** A table is lost with its columns, a column with its default: saying the first is enough. */
function isLossForPeople({ kind }: ObjectName, _index: number, all: readonly ObjectName[]): boolean {
  return isRelation({ kind }) || !all.some(isRelation) ? !['default', 'acl', 'comment'].includes(kind) : false;
}

function nameForPeople({ kind, schema, table, name }: ObjectName): string {
  return `${kind} ${[schema, table, name].filter((part) => part !== undefined).join('.')}`;
}

/** It only takes data away, and nothing that comes later has to do with it. */
function isLastWord(change: SchemaChange, following: readonly SchemaChange[]): boolean {
  if (!change.isDestructive || change.verb !== 'drop') return false;
  const gone = new Set(change.removes.map(keyOf));
  return following.every((other) => other.isDestructive || !other.touches.some((object) => gone.has(keyOf(object))));
}

function isRelation({ kind }: ObjectName): boolean {
  return kind === 'table' || kind === 'materializedView' || kind === 'foreignTable';
}

/** The table that a change is about, as `schema.table`. */
function tableOf({ creates, touches }: SchemaChange): string | undefined {
  const part = creates.find(({ table }) => table !== undefined) ?? touches.find(({ table }) => table !== undefined);
  if (part?.table !== undefined) return `${part.schema ?? ''}.${part.table}`;
  const relation = touches.find(isRelation);
  return relation && keyOf(relation);
}

function keyOf({ kind, schema, table, name }: ObjectName): string {
  return isRelation({ kind }) ? `${schema ?? ''}.${name ?? ''}` : JSON.stringify([kind, schema, table, name]);
}
