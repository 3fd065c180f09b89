import type { SchemaPair } from './schema-pair.ts';

/** Enums, domains, composites, ranges, and columns that change their type. */
export const typePairs: readonly SchemaPair[] = [
  {
    name: 'a label comes to the end of an enum in use',
    one: `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int, m mood DEFAULT 'ok');`,
    other: `CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TABLE t (id int, m mood DEFAULT 'ok');`,
  },
  {
    name: 'a label comes into the middle of an enum and becomes a default at once',
    one: `CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TABLE t (id int, m mood DEFAULT 'sad');`,
    other: `CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy'); CREATE TABLE t (id int, m mood DEFAULT 'it''s ok', CHECK (m <> 'it''s ok' OR id > 0));`,
    objection: { back: /unsafe use of new value/ },
  },
  {
    name: 'labels of an enum in use by a column, an array, an index and a check change their order',
    one: `CREATE TYPE mood AS ENUM ('a', 'b', 'c'); CREATE TABLE t (m mood DEFAULT 'a', ms mood[], CHECK (m <> 'b')); CREATE INDEX t_m ON t (m) WHERE m = 'a';`,
    other: `CREATE TYPE mood AS ENUM ('c', 'b', 'a'); CREATE TABLE t (m mood DEFAULT 'a', ms mood[], CHECK (m <> 'b')); CREATE INDEX t_m ON t (m) WHERE m = 'a';`,
  },
  {
    name: 'a label goes from an enum that a view and a function use',
    one: `CREATE TYPE mood AS ENUM ('a', 'b', 'c'); CREATE TABLE t (m mood); CREATE VIEW v AS SELECT m FROM t WHERE m = 'a'; CREATE FUNCTION f(m mood) RETURNS mood LANGUAGE sql AS 'SELECT m';`,
    other: `CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood); CREATE VIEW v AS SELECT m FROM t WHERE m = 'a'; CREATE FUNCTION f(m mood) RETURNS mood LANGUAGE sql AS 'SELECT m';`,
  },
  {
    name: 'a column of text becomes an enum',
    one: `CREATE TABLE t (id int, m text DEFAULT 'a');`,
    other: `CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id int, m mood DEFAULT 'a');`,
    usings: ['t.m=m::text::mood'],
  },
  {
    name: 'enum labels of a partition key change',
    one: `CREATE TYPE kind AS ENUM ('a', 'b'); CREATE TABLE t (k kind) PARTITION BY LIST (k); CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a');`,
    other: `CREATE TYPE kind AS ENUM ('b', 'a'); CREATE TABLE t (k kind) PARTITION BY LIST (k); CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a');`,
    objection: { forth: /part of the partition key/, back: /part of the partition key/ },
  },
  {
    name: 'an int becomes bigint below a view, a materialized view and an index',
    one: 'CREATE TABLE t (id int PRIMARY KEY, n int); CREATE VIEW v AS SELECT id, n FROM t; CREATE MATERIALIZED VIEW m AS SELECT n FROM v; CREATE UNIQUE INDEX m_n ON m (n); CREATE INDEX t_n ON t (n);',
    other:
      'CREATE TABLE t (id bigint PRIMARY KEY, n bigint); CREATE VIEW v AS SELECT id, n FROM t; CREATE MATERIALIZED VIEW m AS SELECT n FROM v; CREATE UNIQUE INDEX m_n ON m (n); CREATE INDEX t_n ON t (n);',
  },
  {
    name: 'a view that stays as it is stands on a column that changes its type',
    one: "CREATE TABLE t (id int PRIMARY KEY, name varchar(10)); CREATE VIEW v AS SELECT upper(name) AS name FROM t WHERE name <> '';",
    other:
      "CREATE TABLE t (id int PRIMARY KEY, name varchar(20)); CREATE VIEW v AS SELECT upper(name) AS name FROM t WHERE name <> '';",
  },
  {
    name: 'types change under foreign keys',
    one: 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p);',
    other: 'CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (p bigint REFERENCES p);',
  },
  {
    name: 'a default that the new type does not take as it is',
    one: `CREATE TABLE t (n text DEFAULT '7');`,
    other: 'CREATE TABLE t (n int DEFAULT 7);',
    usings: ['t.n=n::int'],
  },
  {
    name: 'varchar grows, numeric changes its scale, timestamp gets a zone',
    one: 'CREATE TABLE t (a varchar(10) NOT NULL, b numeric(10,2), c timestamp, d text[]);',
    other: 'CREATE TABLE t (a varchar(200) NOT NULL, b numeric(12,4), c timestamptz, d varchar(5)[]);',
  },
  {
    name: 'a column with a policy, a trigger of that column and extended statistics changes its type',
    one: `CREATE TABLE t (id int, tenant int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (tenant > 0); CREATE STATISTICS st ON id, tenant FROM t;
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER tr BEFORE UPDATE OF tenant ON t FOR EACH ROW WHEN (old.tenant <> new.tenant) EXECUTE FUNCTION touch();`,
    other: `CREATE TABLE t (id int, tenant bigint); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (tenant > 0); CREATE STATISTICS st ON id, tenant FROM t;
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER tr BEFORE UPDATE OF tenant ON t FOR EACH ROW WHEN (old.tenant <> new.tenant) EXECUTE FUNCTION touch();`,
  },
  {
    name: 'a domain of which arrays are stored gets a check and NOT NULL, which the server refuses',
    one: 'CREATE DOMAIN email AS text; CREATE TABLE t (e email, es email[]);',
    other: `CREATE DOMAIN email AS text DEFAULT 'x@y' NOT NULL CONSTRAINT has_at CHECK (VALUE LIKE '%@%'); CREATE TABLE t (e email, es email[]);`,
    objection: { forth: /cannot alter type "email" because column "t.es" uses it/, back: /cannot alter type "email"/ },
  },
  {
    name: 'a domain in use changes its base type',
    one: 'CREATE DOMAIN amount AS int CHECK (VALUE > 0); CREATE TABLE t (id int, a amount DEFAULT 1); CREATE VIEW v AS SELECT a FROM t;',
    other:
      'CREATE DOMAIN amount AS bigint CHECK (VALUE > 0); CREATE TABLE t (id int, a amount DEFAULT 1); CREATE VIEW v AS SELECT a FROM t;',
  },
  {
    name: 'a column becomes a domain, and a domain over a domain comes',
    one: 'CREATE TABLE t (a int);',
    other:
      'CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN small AS positive CHECK (VALUE < 100); CREATE TABLE t (a small);',
  },
  {
    name: 'a domain in use gets a check and NOT NULL',
    one: 'CREATE DOMAIN email AS text; CREATE TABLE t (e email);',
    other: `CREATE DOMAIN email AS text DEFAULT 'x@y' NOT NULL CONSTRAINT has_at CHECK (VALUE LIKE '%@%'); CREATE TABLE t (e email);`,
  },
  {
    name: 'a composite type in use gets and loses attributes',
    one: 'CREATE TYPE address AS (street text, zip text); CREATE TABLE t (a address);',
    other: 'CREATE TYPE address AS (street text, city varchar(50)); CREATE TABLE t (a address);',
  },
  {
    name: 'a range type with its multirange comes, in use',
    one: '',
    other:
      'CREATE TYPE price AS RANGE (subtype = numeric, multirange_type_name = pricemultirange); CREATE TABLE t (p price, ps pricemultirange, EXCLUDE USING gist (p WITH &&));',
  },
  {
    name: 'types in an order that must be found: enum in composite in domain in array in function in default',
    one: '',
    other: `CREATE TYPE z AS ENUM ('q'); CREATE TYPE y AS (z z, n int); CREATE DOMAIN x AS y[]; CREATE FUNCTION w() RETURNS x LANGUAGE sql AS $$ SELECT NULL::x $$; CREATE TABLE v (x x DEFAULT w());`,
  },
  {
    name: 'a type is replaced by another of its name and kind',
    one: `CREATE TYPE k AS ENUM ('a'); CREATE TABLE t (id int, k k);`,
    other: `CREATE DOMAIN k AS text CHECK (VALUE IN ('a')); CREATE TABLE t (id int, k k);`,
    usings: ['t.k=k::text::k'],
  },
];
