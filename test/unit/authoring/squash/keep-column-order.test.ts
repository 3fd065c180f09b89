import { expect, it } from 'vitest';

import { keepColumnOrder } from '../../../../src/authoring/squash/keep-column-order.ts';
import type { SchemaChange } from '../../../../src/authoring/autogenerate/schema-diff.ts';

const change = (sql: string, about: SchemaChange['about']): SchemaChange => ({
  sql,
  verb: 'create',
  creates: [],
  removes: [],
  about,
  touches: [],
  isTransactional: true,
  endsTransaction: false,
  isDestructive: false,
  mayRewriteTable: false,
});
const table = (sql: string): SchemaChange => change(sql, { kind: 'table', schema: 's', name: 't' });
const column = (sql: string): SchemaChange => change(sql, { kind: 'column', schema: 's', table: 't', name: 'x' });
const arranged = (columns: readonly string[], ...changes: readonly SchemaChange[]): readonly string[] =>
  keepColumnOrder(changes, new Map([['s\u0000t', columns]])).map(({ sql }) => sql);

it('a column that is added behind the others comes to its place', () => {
  expect(
    arranged(
      ['a', 'b,(', 'c'],
      table(
        `CREATE TABLE "s"."t" ("a" numeric(10,2) DEFAULT f(1, 2), "c" text DEFAULT 'x, ) (', CONSTRAINT "p" PRIMARY KEY (a, c)) WITH (fillfactor=70)`,
      ),
      column(`ALTER TABLE "s"."t" ADD COLUMN "b,(" mood NOT NULL DEFAULT 'ok'::mood`),
      column(`ALTER TABLE "s"."t" ALTER COLUMN "a" SET STATISTICS 7`),
    ),
  ).toEqual([
    `CREATE TABLE "s"."t" ("a" numeric(10,2) DEFAULT f(1, 2), "b,(" mood NOT NULL DEFAULT 'ok'::mood, "c" text DEFAULT 'x, ) (', CONSTRAINT "p" PRIMARY KEY (a, c)) WITH (fillfactor=70)`,
    `ALTER TABLE "s"."t" ALTER COLUMN "a" SET STATISTICS 7`,
  ]);
});

it('a table without columns of its own gets them all; a partition has none', () => {
  expect(
    arranged(
      ['a', 'b'],
      table('CREATE TABLE "s"."t" () INHERITS ("s"."p")'),
      column('ALTER TABLE "s"."t" ADD COLUMN "b" int'),
    ),
  ).toEqual(['CREATE TABLE "s"."t" ("b" int) INHERITS ("s"."p")']);
  const partition = `CREATE TABLE "s"."t" PARTITION OF "s"."p" FOR VALUES FROM ('1') TO ('2')`;
  expect(arranged(['b', 'a'], table(partition))).toEqual([partition]);
});
