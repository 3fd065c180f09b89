import type { Severity } from './finding.ts';

export interface Rule {
  readonly severity: Severity;
  readonly family: string;
  /** What it is about, in a line. */
  readonly about: string;
}

/** Every rule of `migrate lint`, by family and severity. The table of docs/lint.md is written from here. */
const groups = [
  {
    family: 'locks, rewrites and scans',
    severity: 'error',
    rules: {
      'create-index-not-concurrently': 'CREATE INDEX lets nobody write to the table until it is built',
      'reindex-not-concurrently': 'REINDEX lets nobody write until it is built',
      'add-column-volatile-default':
        'a default that differs per row (random, gen_random_uuid, a volatile function of yours) writes the table anew; now() and constants do not',
      'add-column-serial': 'serial and identity number every row, which writes the table anew',
      'add-column-generated': 'a STORED generated column is computed for every row; VIRTUAL is free',
      'add-column-constrained-domain': 'a domain with a check writes the table anew, even without a default',
      'add-column-not-null': 'NOT NULL without a default fails on a table with rows',
      'add-column-inline-check': 'a CHECK beside a new column reads the whole table',
      'add-column-inline-foreign-key': 'REFERENCES beside a new column with a default looks up every row',
      'add-column-inline-unique': 'UNIQUE or PRIMARY KEY beside a new column builds an index under ACCESS EXCLUSIVE',
      'change-column-type': 'a type with another storage writes the table anew; a longer varchar does not',
      'change-indexed-column-type':
        'a change of type that is free otherwise builds indexes anew: with another collation, or those with WHERE or an expression',
      'change-checked-column-type': 'a change of type that is free otherwise proves every CHECK of the column again',
      'set-not-null': 'SET NOT NULL reads the whole table, unless a validated CHECK proves it',
      'add-check': 'ADD CHECK without NOT VALID reads the whole table',
      'add-foreign-key': 'ADD FOREIGN KEY without NOT VALID stops writes to both tables while every row is looked up',
      'add-unique': 'ADD UNIQUE builds its index under ACCESS EXCLUSIVE; USING INDEX does not',
      'add-primary-key': 'ADD PRIMARY KEY builds its index under ACCESS EXCLUSIVE; USING INDEX does not',
      'primary-key-on-nullable-column': 'PRIMARY KEY USING INDEX reads the whole table when a column may be null',
      'add-exclusion': 'EXCLUDE can neither be NOT VALID nor use an index that is there',
      'rewrite-table': 'SET LOGGED, UNLOGGED, ACCESS METHOD and TABLESPACE copy the table',
      'vacuum-full': 'VACUUM FULL and CLUSTER write the table anew',
      'constrain-domain': 'a constraint of a domain reads every table with a column of it, under SHARE',
    },
  },
  {
    family: 'locks, rewrites and scans',
    severity: 'warning',
    rules: {
      'drop-index-not-concurrently': 'DROP INDEX takes ACCESS EXCLUSIVE on the table, behind every running query',
      'attach-partition': 'ATTACH PARTITION reads the new partition, and the default one, under ACCESS EXCLUSIVE',
      'create-partition':
        'CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on the parent and reads the default partition',
      'detach-partition': 'DETACH PARTITION takes ACCESS EXCLUSIVE on the parent; CONCURRENTLY does not',
      'refresh-not-concurrently': 'REFRESH MATERIALIZED VIEW lets nobody read it meanwhile',
      'lock-table': 'LOCK TABLE holds its lock to the end of the transaction',
      'change-all-rows': 'UPDATE or DELETE without WHERE locks every row in one transaction',
    },
  },
  {
    family: 'locks, rewrites and scans',
    severity: 'notice',
    rules: {
      'foreign-key-locks-other-table': 'a foreign key locks the table that it refers to as well, for a moment',
      'foreign-key-without-index':
        'no index begins with the columns of a new foreign key: a DELETE of what it refers to reads the whole table',
    },
  },
  {
    family: 'code that runs meanwhile',
    severity: 'warning',
    rules: {
      'drop-column': 'DROP COLUMN breaks code that names it, and deletes its values',
      'drop-code': 'DROP of a function, type, domain or extension breaks code that uses it',
      'drop-view': 'DROP VIEW breaks code that reads it',
      'drop-default': 'DROP DEFAULT of a NOT NULL column makes inserts of old code fail',
      'changes-query-result': 'a query of the running application answers other types after the revision',
    },
  },
  {
    family: 'code that runs meanwhile',
    severity: 'error',
    rules: {
      'contract-with-expand':
        'what old code uses goes, or what it cannot give is asked for, in the release in which its successor comes',
      'breaks-query': 'a query of the running application (`--queries`) works before the revision and fails after it',
      'insert-misses-column': 'an INSERT of the running application leaves out a column that is NOT NULL by now',
      'rename-column': 'RENAME COLUMN breaks code that names the old one',
      'rename-table': 'RENAME and SET SCHEMA break code that names the old one; a view in the same revision keeps it',
      'rename-schema': 'ALTER SCHEMA … RENAME breaks code that names the old one',
      'rename-code': 'a new name of a type, an enum value or a function breaks code that uses the old one',
    },
  },
  {
    family: 'code that runs meanwhile',
    severity: 'notice',
    rules: {
      'drop-unreleased': 'what is dropped came with this release, so no running code knows it; both can be left away',
      'replace-code': 'CREATE OR REPLACE of a view changes at once what code gets',
      'drop-not-null': 'DROP NOT NULL shows nulls to code that expects none',
      'drop-constraint': 'DROP CONSTRAINT lets wrong rows in; of a foreign key it locks both tables',
      'create-trigger': 'a trigger or a rule runs with every write of old code, at once',
      'drop-trigger-or-policy': 'DROP TRIGGER, POLICY and RULE take ACCESS EXCLUSIVE and end what they did',
      'row-security': 'row security and its policies decide which rows old code sees',
      'cached-plan-breaks':
        'after a change of type that is free otherwise, prepared statements fail with 0A000 and the statistics of the column are gone',
      'new-enum-value': 'old code meets a label that it does not know',
      revoke: 'REVOKE takes rights that old code may use',
      'update-extension': 'ALTER EXTENSION … UPDATE runs scripts of somebody else, which may change what code gets',
      'refresh-collation-version':
        'REFRESH VERSION of a collation checks nothing; indexes in the old order miss rows until a REINDEX',
      'query-not-checked': 'a query of `--queries` fails before the revisions too, so nothing can be said of it',
    },
  },
  {
    family: 'lost data',
    severity: 'warning',
    rules: {
      'drop-table': 'DROP TABLE, SCHEMA and SEQUENCE delete what is stored, and break code',
      truncate: 'TRUNCATE deletes every row under ACCESS EXCLUSIVE',
    },
  },
  {
    family: 'transactions',
    severity: 'error',
    rules: {
      'concurrently-in-transaction': 'CONCURRENTLY, VACUUM and others are refused inside a transaction (25001)',
      'validate-in-same-transaction':
        'NOT VALID and VALIDATE in one transaction read the table under the lock of the first',
      'enum-value-used-in-transaction': 'a new enum value cannot be used before it is committed (55P04)',
      'transaction-control': 'BEGIN and COMMIT are the runner’s; a revision that ends its transaction is refused',
    },
  },
  {
    family: 'transactions',
    severity: 'warning',
    rules: {
      'several-alters-of-one-table':
        'two ALTER TABLEs of a transaction each go through the whole table; one with commas goes through it once',
      'work-under-lock': 'a lock that stops others is held while later statements of the transaction work',
      'lock-timeout-off':
        'without lock_timeout, or with one of more than a minute, a waiting statement stops everybody behind it as long',
      'statement-timeout-cuts-build':
        'statement_timeout cuts CREATE INDEX CONCURRENTLY off, which leaves an INVALID index',
      'set-local-without-transaction': 'SET LOCAL has no effect outside a transaction',
    },
  },
  {
    family: 'transactions',
    severity: 'notice',
    rules: {
      'statement-timeout-off':
        'a scan, build or rewrite under a lock that stops others has no statement_timeout, or one of more than a minute',
      'several-tables-locked': 'locks on several tables in one transaction: a longer wait, and deadlocks',
    },
  },
  {
    family: 'what cannot run',
    severity: 'error',
    rules: {
      'concurrently-on-partitioned': 'no index can be built CONCURRENTLY on a partitioned table',
      'needs-newer-postgres': 'the oldest version of `--postgres` does not know it',
      'fails-on-scratch': 'the revision fails on a scratch server that the earlier revisions have built',
    },
  },
  {
    family: 'what cannot run',
    severity: 'warning',
    rules: {
      'concurrently-if-not-exists': 'IF NOT EXISTS takes an INVALID index for the wanted one',
    },
  },
  {
    family: 'the linter itself',
    severity: 'notice',
    rules: {
      'observed-less': 'the scratch server did without the copy, read or build that the rules expected',
      'hidden-statements':
        'what DO, CALL or code runs cannot be read; running it on the scratch server shows its locks',
      'not-looked-at': 'a revision that is a script and could not be recorded',
    },
  },
  {
    family: 'the linter itself',
    severity: 'warning',
    rules: {
      'observed-otherwise': 'the scratch server took a stronger lock, or worked longer, than the rules expected',
      'bad-allow': '`migrate:allow` without a reason, for an unknown rule, or for nothing',
    },
  },
  {
    family: 'the linter itself',
    severity: 'error',
    rules: {
      unparsable: 'the statement cannot be read, so nobody has looked at it',
    },
  },
] as const;

type NamesIn<Group> = Group extends { readonly rules: infer Rules } ? keyof Rules : never;

export type RuleName = NamesIn<(typeof groups)[number]>;

/** By name, in the order of the families. */
export const rules: ReadonlyMap<RuleName, Rule> = new Map(
  groups.flatMap(({ family, severity, rules: abouts }) =>
    Object.entries(abouts).map(([name, about]) => [name as RuleName, { family, severity, about }] as const),
  ),
);

export function severityOf(name: RuleName): Severity {
  return rules.get(name)?.severity ?? 'error';
}
