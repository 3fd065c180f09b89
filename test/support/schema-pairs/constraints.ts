import type { SchemaPair } from './schema-pair.ts';

const table = (rest: string): string => `CREATE TABLE t (id int NOT NULL, a int, b text, during tstzrange${rest});`;

/** Constraints, indexes and partitions. */
export const constraintPairs: readonly SchemaPair[] = [
  {
    name: 'a primary key comes to a column that may be NULL',
    one: 'CREATE TABLE t (id int, a int);',
    other: 'CREATE TABLE t (id int, a int, PRIMARY KEY (id, a));',
  },
  {
    name: 'a primary key changes its columns',
    one: table(', PRIMARY KEY (id)'),
    other: table(', PRIMARY KEY (id, a)'),
  },
  {
    name: 'a primary key that others reference changes its name',
    one: 'CREATE TABLE p (id int CONSTRAINT p_pkey PRIMARY KEY); CREATE TABLE c (p int REFERENCES p);',
    other: 'CREATE TABLE p (id int CONSTRAINT pk_of_p PRIMARY KEY); CREATE TABLE c (p int REFERENCES p);',
  },
  {
    name: 'unique constraints: NULLS NOT DISTINCT, INCLUDE, DEFERRABLE, on expressions',
    one: table(''),
    other: `${table(', CONSTRAINT u1 UNIQUE NULLS NOT DISTINCT (a), CONSTRAINT u2 UNIQUE (id) INCLUDE (b), CONSTRAINT u3 UNIQUE (a, b) DEFERRABLE INITIALLY DEFERRED')}
      CREATE UNIQUE INDEX u4 ON t (lower(b));`,
  },
  {
    name: 'a unique constraint becomes deferrable',
    one: table(', CONSTRAINT u UNIQUE (a)'),
    other: table(', CONSTRAINT u UNIQUE (a) DEFERRABLE'),
  },
  {
    name: 'an exclusion constraint comes, with an extension',
    one: table(''),
    other: `CREATE EXTENSION btree_gist; ${table(', CONSTRAINT no_overlap EXCLUDE USING gist (a WITH =, during WITH &&) WHERE (a > 0)')}`,
  },
  {
    name: 'checks: NOT VALID, NO INHERIT, with a function of ours',
    one: `CREATE FUNCTION ok(int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 > 0'; ${table('')}`,
    other: `CREATE FUNCTION ok(int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 > 1'; ${table(', CONSTRAINT c1 CHECK (ok(a)), CONSTRAINT c2 CHECK (id > 0) NO INHERIT')}
      ALTER TABLE t ADD CONSTRAINT c3 CHECK (a < 100) NOT VALID;`,
  },
  {
    name: 'foreign keys: actions, MATCH FULL, deferrable, of several columns, NOT VALID',
    common: 'CREATE TABLE p (x int, y int, PRIMARY KEY (x, y)); CREATE TABLE q (id int PRIMARY KEY);',
    one: 'CREATE TABLE c (x int, y int, q int, FOREIGN KEY (x, y) REFERENCES p);',
    other: `CREATE TABLE c (x int, y int, q int, FOREIGN KEY (x, y) REFERENCES p MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE,
        CONSTRAINT later FOREIGN KEY (q) REFERENCES q DEFERRABLE INITIALLY DEFERRED);
      ALTER TABLE c ADD CONSTRAINT loose FOREIGN KEY (q) REFERENCES q NOT VALID;`,
  },
  {
    name: 'a foreign key to a unique constraint that comes at the same time',
    one: 'CREATE TABLE p (id int PRIMARY KEY, code text); CREATE TABLE c (code text);',
    other: 'CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE); CREATE TABLE c (code text REFERENCES p (code));',
  },
  {
    name: 'indexes: partial, on expressions, covering, ordered, of other methods',
    one: 'CREATE TABLE t (id int, body text, tags text[], doc jsonb); CREATE INDEX old ON t (id);',
    other: `CREATE TABLE t (id int, body text, tags text[], doc jsonb);
      CREATE INDEX i1 ON t (lower(body), id DESC NULLS LAST) INCLUDE (tags) WHERE id > 0; CREATE INDEX i2 ON t USING gin (tags);
      CREATE INDEX i3 ON t USING gin (to_tsvector('simple', body)); CREATE INDEX i4 ON t USING brin (id) WITH (pages_per_range = 32);
      CREATE INDEX i5 ON t USING gin (doc jsonb_path_ops); CREATE INDEX i6 ON t (body text_pattern_ops); CREATE INDEX i7 ON t USING hash (id);`,
  },
  {
    name: 'an index is replaced under its name',
    one: 'CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a);',
    other: 'CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a, b);',
  },
  {
    name: 'an index becomes unique, and a unique index a constraint',
    one: 'CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a); CREATE UNIQUE INDEX u ON t (b);',
    other: 'CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE (b)); CREATE UNIQUE INDEX i ON t (a);',
  },
  {
    name: 'a table is clustered on an index',
    one: 'CREATE TABLE t (a int); CREATE INDEX i ON t (a);',
    other: 'CREATE TABLE t (a int); CREATE INDEX i ON t (a); ALTER TABLE t CLUSTER ON i;',
  },
  {
    name: 'a partitioned table of three levels comes',
    one: '',
    other: `CREATE TABLE m (at date NOT NULL, region text, n int, PRIMARY KEY (at, region)) PARTITION BY RANGE (at);
      CREATE TABLE m_24 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (region);
      CREATE TABLE m_24_eu PARTITION OF m_24 FOR VALUES IN ('eu'); CREATE TABLE m_24_rest PARTITION OF m_24 DEFAULT; CREATE TABLE m_rest PARTITION OF m DEFAULT; CREATE INDEX m_n ON m (n);`,
  },
  {
    name: 'a partition comes, another one goes',
    common: 'CREATE TABLE m (at date, n int) PARTITION BY RANGE (at); CREATE INDEX m_n ON m (n);',
    one: `CREATE TABLE m_24 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');`,
    other: `CREATE TABLE m_25 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');`,
  },
  {
    name: 'an index, a check, NOT NULL and a foreign key come to a partitioned table',
    common: 'CREATE TABLE q (id int PRIMARY KEY);',
    one: `CREATE TABLE m (at date, n int) PARTITION BY RANGE (at); CREATE TABLE m_24 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE m_rest PARTITION OF m DEFAULT;`,
    other: `CREATE TABLE m (at date NOT NULL, n int CHECK (n > 0) REFERENCES q, UNIQUE (at, n)) PARTITION BY RANGE (at); CREATE TABLE m_24 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE TABLE m_rest PARTITION OF m DEFAULT; CREATE INDEX m_n ON m (n DESC);`,
  },
  {
    name: 'a partition is let free',
    common: 'CREATE TABLE m (at date NOT NULL, n int) PARTITION BY RANGE (at);',
    one: `CREATE TABLE m_24 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');`,
    other: 'CREATE TABLE m_24 (at date NOT NULL, n int);',
  },
  {
    name: 'a partition changes its bounds',
    common: 'CREATE TABLE m (n int) PARTITION BY LIST (n);',
    one: 'CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1);',
    other: 'CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1, 2);',
  },
  {
    name: 'a plain table becomes a partitioned one',
    one: 'CREATE TABLE m (n int PRIMARY KEY);',
    other:
      'CREATE TABLE m (n int PRIMARY KEY) PARTITION BY HASH (n); CREATE TABLE m_0 PARTITION OF m FOR VALUES WITH (MODULUS 2, REMAINDER 0);',
  },
  {
    name: 'a foreign key to a partitioned table',
    one: 'CREATE TABLE m (n int PRIMARY KEY) PARTITION BY LIST (n); CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1); CREATE TABLE c (n int);',
    other:
      'CREATE TABLE m (n int PRIMARY KEY) PARTITION BY LIST (n); CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1); CREATE TABLE c (n int REFERENCES m);',
  },
  {
    name: 'a column comes to a partitioned table and is its key of uniqueness',
    one: 'CREATE TABLE m (n int) PARTITION BY LIST (n); CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1);',
    other:
      'CREATE TABLE m (n int, code uuid NOT NULL DEFAULT gen_random_uuid(), UNIQUE (n, code)) PARTITION BY LIST (n); CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1);',
  },
];
