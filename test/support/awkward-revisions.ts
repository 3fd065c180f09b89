/** What a script must carry unchanged: every kind of quote, line end and character. */
export const awkwardRevisions = {
  '20260101000001_quotes.sql': `-- migrate:up
CREATE TABLE "odd ""name" (a text DEFAULT 'it''s \\ a :name :''x'' $1', b text DEFAULT E'tab\\tand \\'quote\\' \\\\', c int[]);
INSERT INTO "odd ""name" (a) VALUES ('first

after an empty line'), ($tag$dollar $$ 'quoted' $tag$), ('🐘 émoji'), (U&'d\\0061t\\+000061');

CREATE FUNCTION body(x int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN

  -- a comment with ' and ; in it
  RETURN x + 1;
END
$$;
CREATE FUNCTION atomic(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN x > 0 THEN 1 ELSE 2 END; SELECT x; END;
CREATE RULE twice AS ON DELETE TO "odd ""name" DO ALSO (SELECT 1; SELECT 2);
COMMENT ON TABLE "odd ""name" IS 'last, without a semicolon' -- and a comment behind it
-- migrate:down
DROP TABLE "odd ""name"; DROP FUNCTION body; DROP FUNCTION atomic;
`,
  '20260101000002_windows.sql': [
    '-- migrate:up',
    'CREATE TABLE windows (id int); -- CRLF',
    "COMMENT ON TABLE windows IS 'two",
    "lines';",
    'CREATE FUNCTION crlf() RETURNS int LANGUAGE sql AS $f$',
    'SELECT 1',
    '$f$;',
    '-- migrate:down',
    'DROP FUNCTION crlf;',
    'DROP TABLE windows;',
    '',
  ].join('\r\n'),
  '20260101000003_role.sql': `-- migrate:up
SET search_path = pg_catalog; SET statement_timeout = '1h';
CREATE TABLE public.path AS SELECT current_setting('search_path') AS path;
-- migrate:down
DROP TABLE public.path;
`,
  '20260101000004_concurrently.sql': `-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY windows_id ON windows (id); -- a comment; with a semicolon
CREATE TABLE after_index AS SELECT current_setting('search_path') AS path, current_setting('lock_timeout') AS timeout;
-- migrate:down transaction:false
DROP INDEX CONCURRENTLY windows_id;
DROP TABLE after_index;
`,
  '20260101000006_copy.sql': `-- migrate:up
CREATE TABLE copied (a text, b text);
COPY copied FROM stdin;
it's\t"quoted" $$ \\N
\\N\tBEGIN; :name
\\.
INSERT INTO copied VALUES ('last', ';');
-- migrate:down
DROP TABLE copied;
`,
  '20260101000005_script.ts': `export const up = async ({ sql, client, log }) => {
  log('filling');
  console.log('loud');
  await client.query('CREATE TABLE filled (id int, at timestamptz, day timestamp, list text[], doc jsonb, raw bytea, ok boolean, nothing text)');
  const date = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  await sql\`INSERT INTO filled VALUES (\${1}, \${date}, \${date}, \${['a "b"', null, '\\\\']}, \${{ it: "isn't" }}, \${Buffer.from([0, 255])}, \${true}, \${null})\`;
  await client.query("UPDATE filled SET nothing = '$1 stays' || $1 WHERE id = $2", ['!', 1]);
};
export const down = async ({ sql }) => { await sql\`DROP TABLE filled\`; };
`,
} as const;
