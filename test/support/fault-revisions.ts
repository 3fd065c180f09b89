/** One revision of every kind that meets the wire in its own way, each with a way back. */
export const faultRevisions = {
  '20260101000001_plain.sql': `-- migrate:up
CREATE TABLE plain (id int PRIMARY KEY, note text);
INSERT INTO plain VALUES (1, 'first'), (2, 'second');
-- migrate:down
DROP TABLE plain;
`,
  '20260101000002_script.ts': `export const up = async ({ sql, client, log }) => {
  await client.query('ALTER TABLE plain ADD COLUMN word text');
  log('filling');
  await sql\`UPDATE plain SET word = \${'word'} || id\`;
};
export const down = async ({ sql }) => { await sql\`ALTER TABLE plain DROP COLUMN word\`; };
`,
  '20260101000003_concurrently.sql': `-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY plain_note ON plain (note);
CREATE TABLE IF NOT EXISTS beside (id int);
CREATE INDEX CONCURRENTLY IF NOT EXISTS beside_id ON beside (id);
-- migrate:down transaction:false
DROP INDEX CONCURRENTLY IF EXISTS beside_id;
DROP TABLE IF EXISTS beside;
DROP INDEX CONCURRENTLY IF EXISTS plain_note;
`,
  '20260101000004_copy.sql': `-- migrate:up
CREATE TABLE copied (id int, text text);
COPY copied FROM stdin;
1\tone
2\ttwo
\\.
-- migrate:down
DROP TABLE copied;
`,
  '20260101000005_slow.sql': `-- migrate:up
SELECT pg_sleep(0.15);
ALTER TABLE copied ADD COLUMN slow int DEFAULT 7;
-- migrate:down
SELECT pg_sleep(0.15);
ALTER TABLE copied DROP COLUMN slow;
`,
} as const;
