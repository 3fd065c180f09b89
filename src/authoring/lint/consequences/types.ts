import type { AlterDomainStmt, AlterEnumStmt } from '@pgsql/types';

import { find, quotedIdentifier, quotedName, relationsWhere } from '../knowledge.ts';
import { qualifiedName } from '../tree.ts';
import { lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';
import { inLaterTransaction } from './recipes.ts';

/** A constraint of a domain is proved in every column of that type, under SHARE. */
export function alterDomain(
  { subtype, typeName = [], def, name }: AlterDomainStmt,
  { knowledge, statement }: Case,
): readonly Consequence[] {
  const { schema, name: bare } = qualifiedName(typeName);
  const own =
    schema ??
    knowledge.searchPath.find((candidate) => knowledge.types.has(`${candidate}.${bare}`)) ??
    knowledge.searchPath[0] ??
    'public';
  const users = relationsWhere(
    knowledge,
    ({ columns, kind }) =>
      kind === 'table' && [...columns.values()].some(({ type }) => type.schema === own && type.name === bare),
  );
  const locks = users.flatMap((key) => lockOnKey(knowledge, key, 'SHARE', 'scan'));
  const sql = quotedName(schema, bare);
  const constraint = def && 'Constraint' in def ? def.Constraint : undefined;
  const isNotNull = subtype === 'O' || constraint?.contype === 'CONSTR_NOTNULL';
  if (isNotNull || (subtype === 'C' && constraint?.skip_validation !== true)) {
    return [
      objecting(locks, {
        rule: 'constrain-domain',
        message: `reads every table with a column of ${sql} while nobody can write to it`,
        recipe: isNotNull
          ? ['-- NOT NULL for the columns instead, each through a check of its table']
          : inLaterTransaction(
              [`${statement.text} NOT VALID`],
              [`ALTER DOMAIN ${sql} VALIDATE CONSTRAINT ${quotedIdentifier(constraint?.conname ?? `${bare}_check`)}`],
            ),
      }),
    ];
  }
  if (subtype === 'V') {
    return [
      objecting(locks, {
        rule: 'constrain-domain',
        message: `reads every table with a column of ${sql} while nobody can write to it (VALIDATE of a domain locks SHARE, unlike that of a table): ${name ?? ''}`,
        recipe: ['-- checks of the tables instead of one of the domain, each validated while everybody works'],
      }),
    ];
  }
  return [];
}

/** A new label is harmless in itself; a changed one is not. */
export function alterEnum(
  { typeName = [], oldVal, newVal = '' }: AlterEnumStmt,
  { knowledge }: Case,
): readonly Consequence[] {
  const { schema, name } = qualifiedName(typeName);
  const type = knowledge.types.get(find(knowledge, schema, name).key);
  if (type?.kind === 'enum' && type.isFresh) return [];
  const sql = quotedName(schema, name);
  return oldVal === undefined
    ? [
        {
          locks: [],
          objection: {
            rule: 'new-enum-value',
            message: `old code that reads ${sql} meets '${newVal}' as soon as somebody writes it`,
            recipe: ['-- first deploy code that knows it, then write it'],
          },
        },
      ]
    : [
        {
          locks: [],
          objection: {
            rule: 'rename-code',
            message: `old code that writes '${oldVal}' to ${sql} fails at once`,
            recipe: [
              `ALTER TYPE ${sql} ADD VALUE '${newVal.replaceAll("'", "''")}'`,
              '-- deploy code that writes it, then change the old rows in batches',
            ],
          },
        },
      ];
}
