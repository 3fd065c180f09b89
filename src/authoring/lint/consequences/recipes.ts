import { notNullThroughCheck, uniqueThroughIndex, type SafeForm } from '../../autogenerate/safe-forms.ts';
import { quotedIdentifier } from '../knowledge.ts';

const alone = '-- in a revision of its own, with `-- migrate:up transaction:false`:';
const later = '-- in a later revision:';

/** What may be done at once, and what belongs in a transaction of its own. */
export function inLaterTransaction(now: readonly string[], then: readonly string[]): readonly string[] {
  return [...now, later, ...then];
}

export function withoutTransaction(statements: readonly string[]): readonly string[] {
  return [alone, ...statements];
}

/** NOT NULL through a check that is validated while everybody works. */
export function notNullRecipe(table: string, column: string): readonly string[] {
  return textOf(notNullThroughCheck({ sql: `ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL` }));
}

export function uniqueRecipe({
  table,
  constraint,
  kind,
  columns,
}: {
  readonly table: string;
  readonly constraint: string;
  readonly kind: 'UNIQUE' | 'PRIMARY KEY';
  readonly columns: readonly string[];
}): readonly string[] {
  const list = columns.map(quotedIdentifier).join(', ');
  const sql = `ALTER TABLE ${table} ADD CONSTRAINT ${quotedIdentifier(constraint)} ${kind} (${list})`;
  return textOf(
    uniqueThroughIndex({
      sql,
      about: { kind: 'constraint' },
      creates: [],
      removes: [],
      touches: [],
      verb: 'create',
      isTransactional: true,
      endsTransaction: false,
      isDestructive: false,
      mayRewriteTable: false,
    }),
  );
}

function textOf(form: SafeForm | undefined): readonly string[] {
  if (!form) return [];
  const { expand = [], indexes = [], validate = [] } = form;
  const sqlOf = (statements: typeof expand): readonly string[] => statements.map(({ sql }) => sql);
  return [
    ...sqlOf(expand),
    ...(indexes.length > 0 ? withoutTransaction(sqlOf(indexes)) : []),
    ...(validate.length > 0 && expand.length + indexes.length > 0 ? [later] : []),
    ...sqlOf(validate),
  ];
}
