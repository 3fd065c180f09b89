import type { SchemaPair } from './schema-pair.ts';

const people = 'CREATE TABLE people (id int PRIMARY KEY, name text, born date);';
const trigger = (body: string): string =>
  `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN new; END $$;`;

/** Views, functions, triggers, policies, rights and everything around tables. */
export const codePairs: readonly SchemaPair[] = [
  {
    name: 'a chain of views changes at its root',
    common: people,
    one: 'CREATE VIEW a AS SELECT id, name FROM people; CREATE VIEW b AS SELECT id, name FROM a; CREATE VIEW c AS SELECT count(*) AS n FROM b;',
    other:
      'CREATE VIEW a AS SELECT id, upper(name) AS name, born FROM people; CREATE VIEW b AS SELECT id, name FROM a; CREATE VIEW c AS SELECT count(*) AS n FROM b;',
  },
  {
    name: 'columns of a view change their order and type',
    common: people,
    one: 'CREATE VIEW v AS SELECT id, name FROM people; CREATE VIEW w AS SELECT * FROM v;',
    other: 'CREATE VIEW v AS SELECT name, id::bigint AS id FROM people; CREATE VIEW w AS SELECT * FROM v;',
  },
  {
    name: 'a view gets options, a check option and grants',
    common: people,
    one: 'CREATE VIEW v AS SELECT id, name FROM people WHERE id > 0;',
    other:
      'CREATE VIEW v WITH (security_invoker = true, security_barrier = true) AS SELECT id, name FROM people WHERE id > 0 WITH LOCAL CHECK OPTION; GRANT SELECT ON v TO PUBLIC;',
  },
  {
    name: 'a view becomes a table',
    common: people,
    one: 'CREATE VIEW v AS SELECT id FROM people; CREATE VIEW w AS SELECT id FROM v;',
    other: 'CREATE TABLE v (id int); CREATE VIEW w AS SELECT id FROM v;',
  },
  {
    name: 'a view becomes a materialized one with indexes',
    common: people,
    one: 'CREATE VIEW v AS SELECT id, name FROM people;',
    other:
      'CREATE MATERIALIZED VIEW v AS SELECT id, name FROM people WITH NO DATA; CREATE UNIQUE INDEX v_id ON v (id); CREATE INDEX v_name ON v (lower(name));',
  },
  {
    name: 'a materialized view changes, with what stands on it',
    common: people,
    one: 'CREATE MATERIALIZED VIEW m AS SELECT id, name FROM people; CREATE UNIQUE INDEX m_id ON m (id); CREATE VIEW w AS SELECT count(*) FROM m;',
    other:
      'CREATE MATERIALIZED VIEW m AS SELECT id, name, born FROM people; CREATE UNIQUE INDEX m_id ON m (id); CREATE INDEX m_born ON m (born); CREATE VIEW w AS SELECT count(*) FROM m;',
  },
  {
    name: 'a recursive view and a view with a window, a lateral join and grouping sets',
    common: people,
    one: '',
    other: `CREATE RECURSIVE VIEW r (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5;
      CREATE VIEW v AS SELECT p.id, x.y, row_number() OVER (PARTITION BY p.born ORDER BY p.id) FROM people p CROSS JOIN LATERAL (SELECT p.id + 1 AS y) x;
      CREATE VIEW g AS SELECT born, name, count(*) FROM people GROUP BY GROUPING SETS ((born), (name), ());`,
  },
  {
    name: 'a function gets another return type, with a view that uses it',
    common: people,
    one: `CREATE FUNCTION age_of(int) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT age_of(id) AS age FROM people;`,
    other: `CREATE FUNCTION age_of(int) RETURNS interval STABLE LANGUAGE sql AS $$ SELECT interval '1 day' $$; CREATE VIEW v AS SELECT age_of(id) AS age FROM people;`,
  },
  {
    name: 'a function gets another argument, its old form goes',
    one: `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';`,
    other: `CREATE FUNCTION f(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql AS 'SELECT a + b';`,
  },
  {
    name: 'names of arguments of a function change',
    one: `CREATE FUNCTION f(a int, OUT r int) LANGUAGE sql AS 'SELECT a';`,
    other: `CREATE FUNCTION f(b int, OUT s int) LANGUAGE sql AS 'SELECT b';`,
  },
  {
    name: 'functions: overloaded, set-returning, variadic, security definer with settings, atomic bodies',
    common: people,
    one: `CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';`,
    other: `CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 2';
      CREATE FUNCTION all_people() RETURNS SETOF people STABLE ROWS 10 LANGUAGE sql BEGIN ATOMIC SELECT * FROM people; END;
      CREATE FUNCTION sum_up(VARIADIC xs int[]) RETURNS TABLE (x int, y text) LANGUAGE plpgsql AS $f$ BEGIN RETURN QUERY SELECT 1, $x$it's$x$::text; END $f$;
      CREATE FUNCTION safe() RETURNS int SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION safe() FROM PUBLIC;
      CREATE PROCEDURE proc(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN a := a + 1; END $$;`,
  },
  {
    name: 'a function used by an index, a check, a default and a generated column changes its body',
    one: `CREATE FUNCTION norm(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower($1)'; CREATE TABLE t (a text CHECK (norm(a) <> ''), b text GENERATED ALWAYS AS (norm(a)) STORED); CREATE INDEX t_a ON t (norm(a));`,
    other: `CREATE FUNCTION norm(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT upper($1)'; CREATE TABLE t (a text CHECK (norm(a) <> ''), b text GENERATED ALWAYS AS (norm(a)) STORED); CREATE INDEX t_a ON t (norm(a));`,
  },
  {
    name: 'an aggregate with its functions',
    one: '',
    other: `CREATE FUNCTION plus(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $2'; CREATE AGGREGATE total(int) (sfunc = plus, stype = int, initcond = '0');`,
  },
  {
    name: 'triggers: of a column, with a condition, of a statement with transition tables, deferred, disabled',
    common: people,
    one: `${trigger('')} CREATE TRIGGER one BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION touch();`,
    other: `${trigger('new.born := now();')} CREATE TRIGGER one BEFORE INSERT OR UPDATE OF name ON people FOR EACH ROW WHEN (new.id > 0) EXECUTE FUNCTION touch();
      CREATE TRIGGER two AFTER INSERT ON people REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION touch();
      CREATE CONSTRAINT TRIGGER three AFTER UPDATE ON people DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE people DISABLE TRIGGER two;`,
  },
  {
    name: 'a trigger of a partitioned table and an INSTEAD OF trigger of a view',
    one: `${trigger('')} CREATE TABLE m (n int) PARTITION BY LIST (n); CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1); CREATE VIEW v AS SELECT n FROM m;`,
    other: `${trigger('')} CREATE TABLE m (n int) PARTITION BY LIST (n); CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1); CREATE VIEW v AS SELECT n FROM m;
      CREATE TRIGGER tm AFTER INSERT ON m FOR EACH ROW EXECUTE FUNCTION touch(); CREATE TRIGGER tv INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION touch();`,
  },
  {
    name: 'row security: on, forced, policies that change',
    common: people,
    one: 'ALTER TABLE people ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON people FOR SELECT USING (id > 0);',
    other:
      'ALTER TABLE people ENABLE ROW LEVEL SECURITY; ALTER TABLE people FORCE ROW LEVEL SECURITY; CREATE POLICY mine ON people FOR ALL USING (id > 1) WITH CHECK (id > 2); CREATE POLICY never ON people AS RESTRICTIVE FOR DELETE USING (false);',
  },
  {
    name: 'a policy that uses a function and another table',
    common: people,
    one: '',
    other: `CREATE FUNCTION me() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1'; CREATE TABLE members (id int); ALTER TABLE people ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON people USING (id = me() AND EXISTS (SELECT FROM members m WHERE m.id = people.id));`,
  },
  {
    name: 'rules',
    common: people,
    one: 'CREATE VIEW v AS SELECT id FROM people;',
    other: 'CREATE VIEW v AS SELECT id FROM people; CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING;',
  },
  {
    name: 'grants to PUBLIC on tables, columns, schemas, sequences, functions and types',
    common: `${people} CREATE SCHEMA app; CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE e AS ENUM ('a');`,
    one: 'GRANT SELECT, INSERT ON people TO PUBLIC;',
    other:
      'GRANT SELECT (id, name), UPDATE (name) ON people TO PUBLIC; GRANT USAGE ON SCHEMA app TO PUBLIC; GRANT USAGE ON SEQUENCE s TO PUBLIC; REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC; REVOKE USAGE ON TYPE e FROM PUBLIC;',
  },
  {
    name: 'default privileges',
    one: 'CREATE SCHEMA app;',
    other:
      'CREATE SCHEMA app; ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; CREATE TABLE app.t (id int);',
  },
  {
    name: 'extensions come, in use and in a schema of their own',
    one: 'CREATE TABLE t (id int);',
    other: `CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE EXTENSION pg_trgm; CREATE TABLE t (id int, mail ext.citext UNIQUE, name text); CREATE INDEX t_name ON t USING gin (name gin_trgm_ops);`,
  },
  {
    name: 'an event trigger, statistics, and a publication of tables',
    common: people,
    one: '',
    other: `CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$; CREATE EVENT TRIGGER w ON ddl_command_end WHEN TAG IN ('CREATE DOMAIN') EXECUTE FUNCTION watch();
      CREATE STATISTICS st (ndistinct, mcv) ON name, born FROM people; CREATE PUBLICATION p FOR TABLE people (id, name) WHERE (id > 0);`,
  },
  {
    name: 'what the engine does not handle is objected to: an operator, a cast, a text search configuration',
    one: `CREATE FUNCTION same(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 = $2';`,
    other: `CREATE FUNCTION same(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 = $2'; CREATE OPERATOR === (leftarg = text, rightarg = text, function = same);
      CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);`,
    objection: { forth: /not the desired one/, back: /not the desired one/ },
  },
  {
    name: 'foreign tables',
    one: '',
    other: `CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h'); CREATE FOREIGN TABLE ft (id int NOT NULL, name text OPTIONS (column_name 'n')) SERVER far OPTIONS (table_name 'x');`,
    objection: { forth: /not the desired one/, back: /foreign options: column_name=n → none/ },
  },
];
