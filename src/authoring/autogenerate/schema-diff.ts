import { extract } from '@supabase/pg-delta/extract';
import { plan } from '@supabase/pg-delta/plan';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { Session } from '../../runner/database/connection/session.ts';

/** One statement of a way from one schema to another, in an order that works. */
export interface SchemaChange {
  readonly sql: string;
  readonly verb: 'create' | 'alter' | 'drop';
  /** What it makes: kind, schema, table, name as far as they apply. */
  readonly creates: readonly ObjectName[];
  readonly removes: readonly ObjectName[];
  /** What it is about: the object that it makes, changes or says something of. */
  readonly about: ObjectName;
  /** Everything that it touches, made and removed included. */
  readonly touches: readonly ObjectName[];
  /** `false`: it cannot run in a transaction. */
  readonly isTransactional: boolean;
  /** It must be committed before what follows can use it (a new label of an enum). */
  readonly endsTransaction: boolean;
  /** Rows or values are lost. */
  readonly isDestructive: boolean;
  readonly mayRewriteTable: boolean;
  /** What a reader should know of it; stands above the statement. */
  readonly remark?: string;
}

export interface ObjectName {
  readonly kind: string;
  readonly schema?: string;
  readonly table?: string;
  readonly name?: string;
}

/** A schema as the engine knows it; opaque to everybody else. */
export interface SchemaFacts {
  readonly facts: Awaited<ReturnType<typeof extract>>['factBase'];
  /** Objects that the engine saw and cannot handle (casts, operators, …), as sentences. */
  readonly unhandled: readonly string[];
}

/**
 * Reads a database for {@link planChanges}; read only. This file alone knows the engine, `@supabase/pg-delta`: an alpha, so
 * its version is pinned, and what it plans is proved before anybody sees it.
 * @throws the server's error.
 */
export async function readSchemaFacts(session: Session): Promise<SchemaFacts> {
  const { factBase, diagnostics } = await extract(poolOf(session));
  const unhandled = diagnostics
    .filter(({ code, severity }) => code === 'unmodeled_kind' || severity === 'error')
    .map(({ message }) => message);
  return { facts: factBase, unhandled };
}

/** The engine asks for a pool and takes one connection of it: ours, which knows all about TLS and logins. */
function poolOf(session: Session): Parameters<typeof extract>[0] {
  const client = Object.assign(session, { release: () => undefined });
  const pool = { connect: () => Promise.resolve(client), query: session.query.bind(session) };
  return pool as unknown as Parameters<typeof extract>[0];
}

/**
 * The statements that lead from one schema to the other. Roles are not theirs to change, owners stay who they are.
 * @throws AppError `schema-not-planned` (11) where the engine knows no way.
 */
export function planChanges(from: SchemaFacts, to: SchemaFacts, owner: string): readonly SchemaChange[] {
  const { actions } = planOrRefuse(from, to, owner);
  const wanted = actions.filter(({ sql }) => !grantsToOwner(sql, owner));
  return wanted.map((action) => ({
    sql: action.sql.trim().replace(/;$/, ''),
    verb: action.verb,
    about: aboutOf(action),
    creates: action.produces as readonly ObjectName[],
    removes: action.destroys as readonly ObjectName[],
    touches: [...action.produces, ...action.consumes, ...action.destroys, ...action.releases] as readonly ObjectName[],
    isTransactional: action.transactionality !== 'nonTransactional',
    endsTransaction: action.transactionality === 'commitBoundaryAfter',
    isDestructive: action.dataLoss === 'destructive' || removesData(action.destroys as readonly ObjectName[]),
    mayRewriteTable: action.rewriteRisk,
  }));
}

function planOrRefuse(from: SchemaFacts, to: SchemaFacts, owner: string): ReturnType<typeof plan> {
  try {
    return plan(from.facts, to.facts, {
      renames: 'off',
      scope: 'database',
      defaultOwner: owner,
      assumedRoles: rolesOf(from, to),
    });
  } catch (cause) {
    throw new AppError({
      code: 'schema-not-planned',
      exitCode: exitCodes.differenceFound,
      message: `No way to the desired schema was found: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Write this change by hand (`migrate revision -m …`), then run this again for the rest. Nothing was written.',
      cause,
    });
  }
}

/** A comment and a right are about what they are said of, an index is about its table. */
function aboutOf({
  verb,
  produces,
  consumes,
  destroys,
}: {
  readonly verb: string;
  readonly produces: readonly object[];
  readonly consumes: readonly object[];
  readonly destroys: readonly object[];
}): ObjectName {
  const used = (consumes as readonly Target[]).filter(({ kind }) => kind !== 'schema' && kind !== 'role');
  const made = (produces as readonly Target[])[0] ?? (destroys as readonly Target[])[0];
  const schema = (consumes as readonly Target[]).find(({ kind }) => kind === 'schema');
  const isPart = made?.kind === 'index' || (made === undefined && verb === 'alter');
  let target = (isPart ? (used.at(-1) ?? made) : (made ?? used[0])) ?? schema ?? { kind: 'unknown' };
  while (target.target !== undefined) target = target.target;
  return target;
}

type Target = ObjectName & { readonly target?: Target };

/** The owner may do everything anyway; the engine says so for each new object. */
function grantsToOwner(sql: string, owner: string): boolean {
  return (
    sql.startsWith('GRANT ') &&
    sql
      .trim()
      .replace(/;$/, '')
      .endsWith(` TO "${owner.replaceAll('"', '""')}"`)
  );
}

/** The engine refuses statements about a role that it does not know of. */
function rolesOf(...schemas: readonly SchemaFacts[]): string[] {
  const names = schemas.flatMap(({ facts }) =>
    [...facts.facts()].flatMap(({ id }) => (id.kind === 'role' ? [id.name] : [])),
  );
  return [...new Set(names)];
}

function removesData(removed: readonly ObjectName[]): boolean {
  return removed.some(({ kind }) => kind === 'table' || kind === 'column' || kind === 'materializedView');
}
