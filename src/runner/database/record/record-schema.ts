/** Format of the record's tables; kept in the schema's comment, raised when they change shape. */
export const recordFormat = 1;

/** The beginning of the comment by which the record's schema is known; the format's number follows. */
export const recordComment = 'wumbo-migrations: the record of applied revisions, format';

/**
 * The statements that make the record in a schema of this quoted name. `migrate upgrade` sends them and
 * `migrate upgrade --sql` prints them: there is no second version.
 */
export function recordSchema(name: string): string {
  return `CREATE SCHEMA IF NOT EXISTS ${name};
COMMENT ON SCHEMA ${name} IS '${recordComment} ${recordFormat}';
CREATE TABLE ${name}.history (
  revision      text PRIMARY KEY,
  name          text NOT NULL,
  checksum      text NOT NULL,
  up_body       text,
  down_body     text,
  applied_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  duration_ms   integer NOT NULL,
  sequence      bigint GENERATED ALWAYS AS IDENTITY,
  run_id        text NOT NULL,
  database_role text NOT NULL DEFAULT session_user,
  launched_by   text,
  git_sha       text,
  image_digest  text,
  task_arn      text,
  tool_version  text NOT NULL
);
CREATE TABLE ${name}.journal (
  revision    text NOT NULL,
  direction   text NOT NULL CHECK (direction IN ('up', 'down')),
  statement   integer NOT NULL,
  checksum    text NOT NULL,
  started_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished_at timestamptz,
  PRIMARY KEY (revision, direction, statement)
);
CREATE TABLE ${name}.events (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at            timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  run_id        text NOT NULL,
  event         text NOT NULL,
  revision      text,
  reason        text,
  detail        jsonb,
  database_role text NOT NULL DEFAULT session_user,
  launched_by   text,
  task_arn      text,
  tool_version  text NOT NULL
);`;
}
