/** What is there before each case of the matrix. */
export const matrixSchema = `
CREATE TABLE t (id bigint PRIMARY KEY, a int, b int NOT NULL, c varchar(20), n numeric(10,2), ts timestamp(3), txt text, j json, d date, checked int CHECK (checked > 0), g int DEFAULT 5);
CREATE TABLE other (id bigint PRIMARY KEY, t_id bigint, m int UNIQUE, proved int, orproved int, maybe int);
ALTER TABLE other ADD CONSTRAINT proof CHECK (proved IS NOT NULL AND proved > 0);
ALTER TABLE other ADD CONSTRAINT weak CHECK (orproved IS NOT NULL OR id > 0);
ALTER TABLE other ADD CONSTRAINT open_check CHECK (maybe IS NOT NULL) NOT VALID;
CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id), open_id bigint);
ALTER TABLE child ADD CONSTRAINT open_fk FOREIGN KEY (open_id) REFERENCES other (id) NOT VALID;
CREATE UNIQUE INDEX other_ready ON other (t_id);
CREATE UNIQUE INDEX other_m_ready ON other (id, m);
CREATE INDEX t_a ON t (a);
CREATE TABLE part (id int NOT NULL, k int) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (100);
CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (100) TO (200);
CREATE TABLE parted (id int NOT NULL) PARTITION BY LIST (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
CREATE TABLE loose (id int NOT NULL, k int);
CREATE TABLE loose2 (id int NOT NULL);
CREATE UNLOGGED TABLE unlogged (id int);
CREATE TABLE words (w text, c text COLLATE "C", bare text, some_id bigint, set_id bigint, beside_id bigint, low text);
CREATE INDEX words_low ON words (lower(low));
CREATE INDEX words_w ON words (w);
CREATE INDEX words_c ON words (c);
CREATE INDEX words_some ON words (some_id) WHERE w <> '';
CREATE INDEX words_set ON words (set_id) WHERE set_id IS NOT NULL;
CREATE INDEX words_beside ON words (w) INCLUDE (beside_id);
INSERT INTO words SELECT g, g FROM generate_series(1, 10) g;
CREATE VIEW v AS SELECT id FROM other;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
CREATE DOMAIN plain AS int;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN positive_text AS text CHECK (VALUE <> '');
CREATE TABLE with_domain (id int, p plain, q positive);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE FUNCTION own_volatile() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION own_stable() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER fires BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION fire();
CREATE POLICY sees ON t USING (true);
CREATE RULE quiet AS ON DELETE TO loose DO INSTEAD NOTHING;
INSERT INTO t (id, b) SELECT g, g FROM generate_series(1, 10) g;
INSERT INTO other (id, t_id, m, proved, orproved, maybe) SELECT g, g, g, g, g, g FROM generate_series(1, 10) g;
INSERT INTO child SELECT g, g FROM generate_series(1, 10) g;
INSERT INTO part SELECT g, g FROM generate_series(1, 150) g;
INSERT INTO parted VALUES (1), (2);
INSERT INTO loose SELECT g, g FROM generate_series(500, 510) g;
INSERT INTO loose2 VALUES (7);
INSERT INTO with_domain VALUES (1, 1, 1);
`;

export interface MatrixCase {
  readonly sql: string;
  /** The rules that must speak, in order. */
  readonly rules?: readonly string[];
  /** The first major version that knows the statement. */
  readonly from?: number;
}

/** Statements of which the rules' claim about locks, rewrites, scans and builds is compared with the server. */
export const matrixCases: readonly MatrixCase[] = [
  { sql: `ALTER TABLE t ADD COLUMN x int` },
  { sql: `ALTER TABLE t ADD COLUMN x int DEFAULT 7` },
  { sql: `ALTER TABLE t ADD COLUMN x timestamptz DEFAULT now()` },
  { sql: `ALTER TABLE t ADD COLUMN x text DEFAULT to_char(now(), 'YYYY')` },
  { sql: `ALTER TABLE t ADD COLUMN x text DEFAULT lower('ABC')` },
  { sql: `ALTER TABLE t ADD COLUMN x int DEFAULT own_stable()` },
  { sql: `ALTER TABLE t ADD COLUMN x int NOT NULL DEFAULT 7` },
  { sql: `ALTER TABLE t ADD COLUMN x uuid DEFAULT gen_random_uuid()`, rules: ['add-column-volatile-default'] },
  { sql: `ALTER TABLE t ADD COLUMN x double precision DEFAULT random()`, rules: ['add-column-volatile-default'] },
  { sql: `ALTER TABLE t ADD COLUMN x timestamptz DEFAULT clock_timestamp()`, rules: ['add-column-volatile-default'] },
  { sql: `ALTER TABLE t ADD COLUMN x int DEFAULT own_volatile()`, rules: ['add-column-volatile-default'] },
  { sql: `ALTER TABLE t ADD COLUMN x int DEFAULT coalesce(own_volatile(), 1)`, rules: ['add-column-volatile-default'] },
  { sql: `ALTER TABLE t ADD COLUMN x serial`, rules: ['add-column-serial'] },
  { sql: `ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS IDENTITY`, rules: ['add-column-serial'] },
  { sql: `ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (b * 2) STORED`, rules: ['add-column-generated'] },
  { sql: `ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (b * 2) VIRTUAL`, from: 18 },
  { sql: `ALTER TABLE t ADD COLUMN x positive`, rules: ['add-column-constrained-domain'] },
  { sql: `ALTER TABLE t ADD COLUMN x plain` },
  { sql: `ALTER TABLE t ADD COLUMN x int CHECK (x > 0)`, rules: ['add-column-inline-check'] },
  { sql: `ALTER TABLE t ADD COLUMN x int, ADD CONSTRAINT k CHECK (x > 0) NOT VALID` },
  {
    sql: `ALTER TABLE t ADD COLUMN x bigint REFERENCES other (id)`,
    rules: ['foreign-key-locks-other-table', 'foreign-key-without-index'],
  },
  {
    sql: `ALTER TABLE t ADD COLUMN x bigint DEFAULT 1 REFERENCES other (id)`,
    rules: ['add-column-inline-foreign-key', 'foreign-key-without-index'],
  },
  { sql: `ALTER TABLE t ADD COLUMN x int UNIQUE`, rules: ['add-column-inline-unique'] },
  { sql: `ALTER TABLE part ADD COLUMN x int` },
  { sql: `ALTER TABLE part ADD COLUMN x uuid DEFAULT gen_random_uuid()`, rules: ['add-column-volatile-default'] },
  { sql: `ALTER TABLE t ALTER COLUMN c TYPE varchar(40)`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN c TYPE text`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN c TYPE text USING c::text`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN c TYPE varchar(10)`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE t ALTER COLUMN txt TYPE varchar`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN txt TYPE varchar(10)`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE t ALTER COLUMN txt TYPE text USING lower(txt)`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE t ALTER COLUMN n TYPE numeric(12,2)`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN n TYPE numeric`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN n TYPE numeric(12,3)`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE t ALTER COLUMN ts TYPE timestamp(6)`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN ts TYPE timestamp`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN ts TYPE timestamp(1)`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE t ALTER COLUMN b TYPE bigint`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE t ALTER COLUMN j TYPE jsonb`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE t ALTER COLUMN d TYPE timestamp`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE t ALTER COLUMN b TYPE plain`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN b TYPE positive`, rules: ['change-column-type'] },
  { sql: `ALTER TABLE with_domain ALTER COLUMN p TYPE int`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE with_domain ALTER COLUMN q TYPE int`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN checked TYPE int`, rules: ['change-checked-column-type'] },
  {
    sql: `ALTER TABLE words ALTER COLUMN w TYPE text COLLATE "C"`,
    rules: ['change-indexed-column-type', 'cached-plan-breaks'],
  },
  { sql: `ALTER TABLE words ALTER COLUMN c TYPE varchar`, rules: ['change-indexed-column-type', 'cached-plan-breaks'] },
  { sql: `ALTER TABLE words ALTER COLUMN c TYPE varchar COLLATE "C"`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE words ALTER COLUMN w TYPE varchar`, rules: ['change-indexed-column-type', 'cached-plan-breaks'] },
  { sql: `ALTER TABLE words ALTER COLUMN set_id TYPE bigint`, rules: ['change-indexed-column-type'] },
  {
    sql: `ALTER TABLE words ALTER COLUMN low TYPE varchar`,
    rules: ['change-indexed-column-type', 'cached-plan-breaks'],
  },
  { sql: `ALTER TABLE words ALTER COLUMN bare TYPE text COLLATE "C"`, rules: ['cached-plan-breaks'] },
  { sql: `ALTER TABLE t ALTER COLUMN b SET DEFAULT 3` },
  { sql: `ALTER TABLE t ALTER COLUMN g DROP DEFAULT` },
  { sql: `ALTER TABLE t ALTER COLUMN b DROP DEFAULT`, rules: ['drop-default'] },
  { sql: `ALTER TABLE t ALTER COLUMN g SET NOT NULL`, rules: ['set-not-null'] },
  { sql: `ALTER TABLE t ALTER COLUMN b SET NOT NULL` },
  { sql: `ALTER TABLE other ALTER COLUMN proved SET NOT NULL` },
  { sql: `ALTER TABLE other ALTER COLUMN orproved SET NOT NULL`, rules: ['set-not-null'] },
  { sql: `ALTER TABLE other ALTER COLUMN maybe SET NOT NULL`, rules: ['set-not-null'] },
  { sql: `ALTER TABLE part ALTER COLUMN k SET NOT NULL`, rules: ['set-not-null'] },
  { sql: `ALTER TABLE t ALTER COLUMN b DROP NOT NULL`, rules: ['drop-not-null'] },
  { sql: `ALTER TABLE t DROP COLUMN txt`, rules: ['drop-column'] },
  { sql: `ALTER TABLE t ALTER COLUMN b SET STATISTICS 500` },
  { sql: `ALTER TABLE t ALTER COLUMN txt SET STORAGE EXTERNAL` },
  { sql: `ALTER TABLE t ALTER COLUMN txt SET COMPRESSION pglz` },
  { sql: `ALTER TABLE t ALTER COLUMN b SET (n_distinct = 5)` },
  { sql: `ALTER TABLE t SET (fillfactor = 90)` },
  { sql: `ALTER TABLE t SET (autovacuum_enabled = off)` },
  { sql: `ALTER TABLE t CLUSTER ON t_pkey` },
  { sql: `ALTER TABLE t REPLICA IDENTITY FULL` },
  { sql: `ALTER TABLE t OWNER TO CURRENT_USER` },
  { sql: `ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0)`, rules: ['add-check'] },
  { sql: `ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID` },
  { sql: `ALTER TABLE other VALIDATE CONSTRAINT open_check` },
  { sql: `ALTER TABLE child VALIDATE CONSTRAINT open_fk` },
  { sql: `ALTER TABLE other ADD CONSTRAINT k FOREIGN KEY (t_id) REFERENCES t (id)`, rules: ['add-foreign-key'] },
  {
    sql: `ALTER TABLE other ADD CONSTRAINT k FOREIGN KEY (t_id) REFERENCES t (id) NOT VALID`,
    rules: ['foreign-key-locks-other-table'],
  },
  { sql: `ALTER TABLE t ADD CONSTRAINT k NOT NULL a NOT VALID`, from: 18 },
  { sql: `ALTER TABLE t ADD CONSTRAINT k NOT NULL g`, rules: ['set-not-null'], from: 18 },
  { sql: `ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT ENFORCED`, from: 18 },
  { sql: `ALTER TABLE other ADD CONSTRAINT k UNIQUE (proved)`, rules: ['add-unique'] },
  { sql: `ALTER TABLE loose ADD CONSTRAINT k PRIMARY KEY (id)`, rules: ['add-primary-key'] },
  { sql: `ALTER TABLE loose ADD CONSTRAINT k PRIMARY KEY (k)`, rules: ['add-primary-key'] },
  { sql: `ALTER TABLE other ADD CONSTRAINT k UNIQUE USING INDEX other_ready` },
  { sql: `ALTER TABLE other DROP CONSTRAINT other_pkey CASCADE`, rules: ['drop-constraint'] },
  { sql: `ALTER TABLE child DROP CONSTRAINT child_t_id_fkey`, rules: ['drop-constraint'] },
  { sql: `ALTER TABLE other DROP CONSTRAINT weak`, rules: ['drop-constraint'] },
  { sql: `ALTER TABLE t ADD CONSTRAINT k EXCLUDE USING btree (b WITH =)`, rules: ['add-exclusion'] },
  { sql: `CREATE INDEX i ON t (b)`, rules: ['create-index-not-concurrently'] },
  { sql: `CREATE INDEX i ON part (k)`, rules: ['create-index-not-concurrently'] },
  { sql: `CREATE INDEX i ON ONLY part (k)` },
  { sql: `DROP INDEX t_a`, rules: ['drop-index-not-concurrently'] },
  { sql: `REINDEX TABLE t`, rules: ['reindex-not-concurrently'] },
  { sql: `REINDEX INDEX t_a`, rules: ['reindex-not-concurrently'] },
  { sql: `ALTER INDEX t_a RENAME TO t_b` },
  { sql: `ALTER TABLE part ATTACH PARTITION loose FOR VALUES FROM (500) TO (600)`, rules: ['attach-partition'] },
  { sql: `ALTER TABLE parted ATTACH PARTITION loose2 FOR VALUES IN (7)`, rules: ['attach-partition'] },
  { sql: `ALTER TABLE part DETACH PARTITION part_1`, rules: ['detach-partition'] },
  { sql: `ALTER TABLE parted DETACH PARTITION parted_1`, rules: ['detach-partition'] },
  { sql: `CREATE TABLE part_3 PARTITION OF part FOR VALUES FROM (200) TO (300)`, rules: ['create-partition'] },
  { sql: `CREATE TABLE parted_3 PARTITION OF parted FOR VALUES IN (3)`, rules: ['create-partition'] },
  { sql: `DROP TABLE part_1`, rules: ['drop-table'] },
  { sql: `DROP TABLE child`, rules: ['drop-table'] },
  { sql: `DROP TABLE unlogged`, rules: ['drop-table'] },
  { sql: `DROP TABLE part`, rules: ['drop-table'] },
  { sql: `DROP VIEW v`, rules: ['drop-view'] },
  { sql: `DROP MATERIALIZED VIEW mv`, rules: ['drop-view'] },
  { sql: `ALTER TABLE t SET UNLOGGED`, rules: ['rewrite-table'], from: 99 },
  { sql: `ALTER TABLE loose SET UNLOGGED`, rules: ['rewrite-table'] },
  { sql: `ALTER TABLE loose SET LOGGED` },
  { sql: `ALTER TABLE unlogged SET LOGGED`, rules: ['rewrite-table'] },
  { sql: `CLUSTER t USING t_pkey`, rules: ['vacuum-full'] },
  { sql: `REFRESH MATERIALIZED VIEW mv`, rules: ['refresh-not-concurrently'] },
  { sql: `TRUNCATE loose`, rules: ['truncate'] },
  { sql: `TRUNCATE t CASCADE`, rules: ['truncate'] },
  { sql: `LOCK TABLE t`, rules: ['lock-table'] },
  { sql: `LOCK TABLE t IN SHARE MODE`, rules: ['lock-table'] },
  { sql: `CREATE TRIGGER k BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fire()`, rules: ['create-trigger'] },
  { sql: `DROP TRIGGER fires ON t`, rules: ['drop-trigger-or-policy'] },
  { sql: `ALTER TABLE t DISABLE TRIGGER fires` },
  { sql: `ALTER TABLE t ENABLE ROW LEVEL SECURITY`, rules: ['row-security'] },
  { sql: `CREATE POLICY k ON t USING (b > 0)`, rules: ['row-security'] },
  { sql: `ALTER POLICY sees ON t USING (b > 0)`, rules: ['row-security'] },
  { sql: `DROP POLICY sees ON t`, rules: ['drop-trigger-or-policy'] },
  { sql: `CREATE RULE k AS ON UPDATE TO loose DO INSTEAD NOTHING`, rules: ['create-trigger'] },
  { sql: `DROP RULE quiet ON loose`, rules: ['drop-trigger-or-policy'] },
  { sql: `CREATE OR REPLACE VIEW v AS SELECT id, 1 AS one FROM other`, rules: ['replace-code'] },
  { sql: `CREATE VIEW v2 AS SELECT id FROM other` },
  { sql: `ALTER DOMAIN plain ADD CONSTRAINT k CHECK (VALUE > 0)`, rules: ['constrain-domain'] },
  { sql: `ALTER DOMAIN plain ADD CONSTRAINT k CHECK (VALUE > 0) NOT VALID` },
  { sql: `ALTER DOMAIN plain SET NOT NULL`, rules: ['constrain-domain'] },
  {
    sql: `CREATE TABLE fresh (id int PRIMARY KEY, t_id bigint REFERENCES t (id))`,
    rules: ['foreign-key-locks-other-table', 'foreign-key-without-index'],
  },
  {
    sql: `CREATE TABLE fresh (id int PRIMARY KEY, p_id int, FOREIGN KEY (p_id) REFERENCES fresh (id))`,
    rules: ['foreign-key-without-index'],
  },
  {
    sql: `ALTER TABLE words ADD FOREIGN KEY (some_id) REFERENCES t (id) NOT VALID`,
    rules: ['foreign-key-locks-other-table', 'foreign-key-without-index'],
  },
  {
    sql: `ALTER TABLE words ADD FOREIGN KEY (set_id) REFERENCES t (id) NOT VALID`,
    rules: ['foreign-key-locks-other-table'],
  },
  {
    sql: `ALTER TABLE words ADD FOREIGN KEY (beside_id) REFERENCES t (id) NOT VALID`,
    rules: ['foreign-key-locks-other-table', 'foreign-key-without-index'],
  },
  { sql: `CREATE TABLE fresh (LIKE t INCLUDING ALL)` },
  { sql: `CREATE TABLE fresh AS SELECT * FROM t` },
  { sql: `ALTER TABLE t RENAME COLUMN b TO bb`, rules: ['rename-column'] },
  { sql: `ALTER TABLE part RENAME COLUMN k TO kk`, rules: ['rename-column'] },
  { sql: `ALTER TABLE t RENAME TO tt`, rules: ['rename-table'] },
  { sql: `ALTER TABLE t RENAME CONSTRAINT t_pkey TO t_key` },
  { sql: `CREATE STATISTICS s ON a, b FROM t` },
  { sql: `COMMENT ON TABLE t IS 'x'` },
  { sql: `COMMENT ON COLUMN t.b IS 'x'` },
  { sql: `GRANT SELECT ON t TO PUBLIC` },
  { sql: `ALTER TYPE mood ADD VALUE 'odd'`, rules: ['new-enum-value'] },
  { sql: `ALTER TYPE mood RENAME VALUE 'good' TO 'fine'`, rules: ['rename-code'] },
  { sql: `ALTER TABLE loose ALTER COLUMN k ADD GENERATED ALWAYS AS IDENTITY`, from: 99 },
  { sql: `ALTER TABLE loose ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY` },
  { sql: `ALTER TABLE t SET SCHEMA pg_temp`, from: 99 },
];
