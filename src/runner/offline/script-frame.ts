import { quoted } from '../database/record/record-tables.ts';
import { recordSchema } from '../database/record/record-schema.ts';
import { dollarQuoted, sqlLiteral } from './sql-literal.ts';

/** The runner's lock key as SQL, so that a script fits any database: what `lockKey` (runner-lock.ts) computes. */
export function lockKeySql(schema: string): string {
  const seed = Buffer.from('wumbo-migrations\0', 'utf8').toString('hex');
  const parts = [
    `pg_catalog.decode('${seed}', 'hex')`,
    `pg_catalog.convert_to(pg_catalog.current_database()::text, 'UTF8')`,
    `pg_catalog.decode('00', 'hex')`,
    `pg_catalog.convert_to(${sqlLiteral(schema)}, 'UTF8')`,
  ];
  const digest = `pg_catalog.sha256(${parts.join(' || ')})`;
  return `('x' || pg_catalog.encode(pg_catalog.substr(${digest}, 1, 8), 'hex'))::bit(64)::bigint`;
}

export function takeLockBlock(schema: string): string {
  return doBlock(`BEGIN
  IF NOT pg_catalog.pg_try_advisory_lock(${lockKeySql(schema)}) THEN
    RAISE EXCEPTION 'another runner holds the lock of this record: nothing was changed'
      USING HINT = 'Wait for it, then run this script again.';
  END IF;
END`);
}

export function releaseLockBlock(schema: string): string {
  return doBlock(`BEGIN
  PERFORM pg_catalog.pg_advisory_unlock(${lockKeySql(schema)});
END`);
}

export interface ExpectedState {
  readonly schema: string;
  /** Ids that must be applied, and no other. */
  readonly applied: readonly string[];
  /** Ids that must have no unfinished run in the journal. */
  readonly untouched: readonly string[];
}

/** Fails unless the record is exactly where the script starts from. */
export function guardBlock({ schema, applied, untouched }: ExpectedState): string {
  const record = quoted(schema);
  const ids = (list: readonly string[]): string => `ARRAY[${list.map(sqlLiteral).join(', ')}]::pg_catalog.text[]`;
  const place = (name: string): string => `coalesce(${name}[pg_catalog.cardinality(${name})], 'base')`;
  return doBlock(`DECLARE
  expected CONSTANT text[] := ${ids(applied)};
  present text[] := ARRAY[]::text[];
  unfinished text;
BEGIN
  IF pg_catalog.to_regclass(${sqlLiteral(`${record}.history`)}) IS NOT NULL THEN
    SELECT coalesce(pg_catalog.array_agg(h.revision ORDER BY h.revision COLLATE pg_catalog."C"), present) INTO present FROM ${record}.history AS h;
    SELECT pg_catalog.min(j.revision) INTO unfinished FROM ${record}.journal AS j WHERE j.revision = ANY (${ids(untouched)});
  END IF;
  IF present <> expected THEN
    RAISE EXCEPTION 'this script starts at % (% applied), but the database is at % (% applied): nothing was changed',
      ${place('expected')}, pg_catalog.cardinality(expected), ${place('present')}, pg_catalog.cardinality(present)
      USING HINT = 'Print a script for this database with --sql.';
  END IF;
  IF unfinished IS NOT NULL THEN
    RAISE EXCEPTION 'revision % stopped half-way in this database: nothing was changed', unfinished
      USING HINT = 'Run migrate: it goes on where it stopped.';
  END IF;
END`);
}

/** Makes the record's schema and tables with the very statements of an online run, where they are missing. */
export function createRecordBlock(schema: string): string {
  const ddl = recordSchema(quoted(schema)).replaceAll(/^(?=.)/gm, '    ');
  return doBlock(`BEGIN
  IF pg_catalog.to_regclass(${sqlLiteral(`${quoted(schema)}.events`)}) IS NULL THEN
${ddl}
  END IF;
END`);
}

/** In place of a script revision that cannot be told without a database. */
export function stubBlock(name: string, problem: string, command: 'upgrade' | 'downgrade'): string {
  const text = `revision ${name} ${problem}: run it with migrate ${command}`;
  return `DO $$ BEGIN RAISE EXCEPTION ${sqlLiteral(text.replaceAll('%', '%%').replaceAll('$', ''))}; END $$;`;
}

function doBlock(body: string): string {
  return `DO ${dollarQuoted(body)};`;
}
