import { identityColumns } from './repair-order.ts';
import {
  concurrentIndex,
  notNullThroughCheck,
  notNullColumn,
  partitionedIndex,
  replacedIndex,
  safeOnPartitioned,
  uniqueThroughIndex,
  validatedLater,
  type AttachedIndex,
} from './safe-forms.ts';
import { changedColumn } from './type-changes.ts';
import type { ObjectName, SchemaChange } from './schema-diff.ts';

/** What one revision does. */
export interface Step {
  /** Joined to the revision's name when there are several. */
  readonly phase: 'rename' | (typeof safePhases)[number] | 'separate';
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
  /** Indexes of partitions as they shall be in the end, and the index of the whole table that each belongs to. */
  readonly attached: readonly AttachedIndex[];
  /** Of the server that the target runs too. */
  readonly majorVersion: number;
}

/** In the order in which they run. */
const safePhases = ['enum values', 'expand', 'indexes', 'constraints', 'validate', 'contract'] as const;

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
    constraints: [],
    validate: [],
    contract: [],
  };
  const newlyUnique = new Set(changes.flatMap((change) => (uniqueThroughIndex(change) && tableOf(change)) ?? []));
  const needsUnique = ({ sql }: SchemaChange): boolean => {
    const [, referenced] = / FOREIGN KEY [\s\S]* REFERENCES ((?:"(?:[^"]|"")+"|[^\s(])+)/.exec(sql) ?? [];
    return referenced !== undefined && newlyUnique.has(referenced.replaceAll('"', ''));
  };
  const retyped = new Set(changes.flatMap(({ sql }) => changedColumn(sql)?.table.replaceAll('"', '') ?? []));
  // A foreign key can point at a constraint only when that is there: then both come before the validation.
  const uniquesFirst = changes.some(needsUnique);
  const tails = contractTail(changes);
  const [droppedIndexes, madeIndexes] = [indexNames(changes, 'removes'), indexNames(changes, 'creates')];
  for (const change of changes) {
    const table = tableOf(change);
    const busy = table !== undefined && isBusy(table);
    // A column cannot change its type while an index says something of it that the new type cannot.
    const isInTheWay = change.sql.startsWith('DROP INDEX ') && retyped.has(table ?? '');
    const mayWait = busy && !isInTheWay && !identities.has(change.sql.replace(/ SET NOT NULL$/, ''));
    const [index] = mayWait ? indexNames([change], change.verb === 'drop' ? 'removes' : 'creates') : [];
    const isReplaced =
      index !== undefined && droppedIndexes.has(index) && madeIndexes.has(index) && !retyped.has(table ?? '');
    // The old one goes with the form of the new one, when that is built.
    if (isReplaced && change.verb === 'drop') continue;
    const later = mayWait
      ? ((isReplaced ? replacedIndex(change) : undefined) ??
        concurrentIndex(change) ??
        uniqueThroughIndex(change) ??
        validatedLater(change) ??
        notNullThroughCheck(change) ??
        notNullColumn(change))
      : table !== undefined && knowledge.partitioned.has(table)
        ? (partitionedIndex(change, knowledge.attached) ?? safeOnPartitioned(change, knowledge.majorVersion))
        : undefined;
    if (later !== undefined) {
      const isUnique = uniqueThroughIndex(change) !== undefined;
      steps[needsUnique(change) ? 'constraints' : 'expand'].push(...(later.expand ?? []));
      steps.indexes.push(...(later.indexes ?? []));
      steps[isUnique && uniquesFirst ? 'constraints' : 'validate'].push(...(later.validate ?? []));
    } else if (needsUnique(change)) steps.constraints.push(statementOf(change));
    else if (change.endsTransaction) steps['enum values'].push(statementOf(change));
    else if (!change.isTransactional) steps.indexes.push(statementOf(change));
    else if (tails.has(change)) steps.contract.push(statementOf(change));
    else steps.expand.push(statementOf(change));
  }
  return safePhases
    .filter((phase) => steps[phase].length > 0)
    .map((phase) => ({ phase, transactional: phase !== 'indexes', statements: steps[phase] }));
}

function indexNames(changes: readonly SchemaChange[], side: 'creates' | 'removes'): ReadonlySet<string> {
  const relevant = changes.filter(({ sql }) => / INDEX /.test(sql.slice(0, 20)));
  return new Set(relevant.flatMap((change) => change[side].filter(({ kind }) => kind === 'index').map(keyOf)));
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

/** Values move over by their labels; the server refuses one that is no more, so none is lost. */
const labelsGo = /^ALTER TABLE [\s\S]+ TYPE [\s\S]+ USING [\s\S]+::text(?:\[\])*::/;

function commentFor(change: SchemaChange): string | undefined {
  if (change.remark !== undefined) return change.remark;
  if (labelsGo.test(change.sql))
    return 'Rewrites the whole table and locks everybody out meanwhile. Fails while rows hold a label that goes: give them another before.';
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

/**
 * What only takes away, from the first loss of data to the end, so that it comes last, in a release of its own. Nothing does
 * where something comes back under a name that goes: then the order of the engine must stay.
 */
function contractTail(changes: readonly SchemaChange[]): ReadonlySet<SchemaChange> {
  const gone = new Set(changes.flatMap(({ removes }) => removes.map(nameKey)));
  if (changes.some(({ creates }) => creates.some((object) => isNamed(object) && gone.has(nameKey(object)))))
    return new Set();
  const first = changes.findIndex((change) => change.isDestructive && change.verb === 'drop' && losesStorage(change));
  if (first === -1) return new Set();
  const drops = changes
    .slice(first)
    .filter(({ verb, isTransactional, sql }) => verb === 'drop' && isTransactional && !sql.startsWith('DROP INDEX '));
  return new Set(drops.filter(({ sql }) => !/^(?:ALTER TYPE|REVOKE) /.test(sql)));
}

function losesStorage({ removes }: SchemaChange): boolean {
  return removes.some(({ kind }) => kind === 'table' || kind === 'column' || kind === 'materializedView');
}

/** Relations, whatever their kind, share their names, and so do columns of one table. */
function nameKey({ kind, schema, table, name }: ObjectName): string {
  return JSON.stringify(kind === 'column' ? [schema, table, name] : ['relation', schema, name]);
}

function isNamed({ kind }: ObjectName): boolean {
  return ['table', 'materializedView', 'view', 'foreignTable', 'column'].includes(kind);
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
