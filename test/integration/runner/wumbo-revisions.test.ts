import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { projectDirectory, runProgram } from '../../support/programs.ts';

/** Wumbo's schema as Alembic left it: `name type[!]` for each column, `!` is NOT NULL, `→` a foreign key. */
const expectedTables: Readonly<Record<string, readonly string[]>> = {
  households: ['id uuid! PK', 'name varchar(255)!', 'settings json!', 'created_at ts!', 'updated_at ts!'],
  users: [
    'id uuid! PK',
    'email varchar(255)!',
    'password_hash varchar(255)!',
    'name varchar(255)!',
    'is_active boolean!',
    'is_verified boolean!',
    'notification_preferences json!',
    'last_login ts',
    'created_at ts!',
    'updated_at ts!',
  ],
  household_members: [
    'id uuid! PK',
    'household_id uuid! → households(id)',
    'user_id uuid! → users(id)',
    'role householdrole!',
    'permissions json!',
    'invited_at ts!',
    'joined_at ts',
    'invited_by uuid → users(id)',
  ],
  bank_accounts: [
    'id uuid! PK',
    'household_id uuid! → households(id)',
    'user_id uuid! → users(id)',
    'plaid_account_id varchar(255)!',
    'plaid_item_id varchar(255)!',
    'plaid_access_token varchar(500)!',
    'plaid_cursor varchar(500)',
    'name varchar(255)!',
    'official_name varchar(255)',
    'mask varchar(10)',
    'account_type varchar(50)',
    'account_subtype varchar(50)',
    'current_balance numeric(15,2)',
    'available_balance numeric(15,2)',
    'currency_code varchar(3)!',
    'include_in_budget boolean!',
    'is_active boolean!',
    'last_synced_at ts',
    'sync_error varchar(500)',
    'additional_data json!',
    'created_at ts!',
    'updated_at ts!',
  ],
  categories: [
    'id uuid! PK',
    'household_id uuid → households(id)',
    'name varchar(255)!',
    'type categorytype!',
    'color varchar(7)',
    'icon varchar(50)',
    'parent_category_id uuid → categories(id)',
    'is_system boolean!',
    'is_active boolean!',
    'created_at ts!',
    'updated_at ts!',
  ],
  transactions: [
    'id uuid! PK',
    'account_id uuid! → bank_accounts(id)',
    'household_id uuid! → households(id)',
    'plaid_transaction_id varchar(255)',
    'amount numeric(15,2)!',
    'date date!',
    'authorized_date date',
    'name varchar(500)!',
    'merchant_name varchar(255)',
    'category_id uuid → categories(id)',
    'plaid_category varchar(255)',
    'plaid_category_id varchar(50)',
    'payment_channel varchar(50)',
    'payment_meta text',
    'pending boolean!',
    'is_manual boolean!',
    'notes text',
    'created_at ts!',
    'updated_at ts!',
  ],
};

const expectedIndexes = [
  'bank_accounts: UNIQUE ix_bank_accounts_plaid_account_id (plaid_account_id)',
  'bank_accounts: ix_bank_accounts_plaid_item_id (plaid_item_id)',
  'transactions: UNIQUE ix_transactions_plaid_transaction_id (plaid_transaction_id)',
  'transactions: idx_transaction_account_date (account_id, date)',
  'transactions: idx_transaction_category (category_id)',
  'transactions: idx_transaction_household_date (household_id, date)',
  'users: UNIQUE ix_users_email (email)',
];

const expectedConstraints = [
  'bank_accounts_household_id_fkey',
  'bank_accounts_pkey',
  'bank_accounts_user_id_fkey',
  'categories_household_id_fkey',
  'categories_parent_category_id_fkey',
  'categories_pkey',
  'household_members_household_id_fkey',
  'household_members_invited_by_fkey',
  'household_members_pkey',
  'household_members_user_id_fkey',
  'households_pkey',
  'transactions_account_id_fkey',
  'transactions_category_id_fkey',
  'transactions_household_id_fkey',
  'transactions_pkey',
  'users_pkey',
];

describe("Wumbo's own revisions", () => {
  it('give exactly the schema that Alembic left, column by column', async () => {
    const database = await createDatabase();
    await migrate(database, 'upgrade');
    expect(await readTables(database)).toEqual(expectedTables);
    expect(await readIndexes(database)).toEqual(expectedIndexes);
    expect(await readConstraints(database)).toEqual(expectedConstraints);
    expect(await readEnums(database)).toEqual(['categorytype: INCOME, EXPENSE', 'householdrole: ADMIN, MEMBER']);
    expect(
      await database.query(
        "SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND column_default IS NOT NULL",
      ),
    ).toEqual([]);
  });

  it('go up, down to base and up again: the downs leave nothing behind, types included', async () => {
    const database = await createDatabase();
    await migrate(database, 'upgrade');
    const first = await readTables(database);
    await migrate(database, 'downgrade', 'base');
    expect(await readTables(database)).toEqual({});
    expect(await readEnums(database)).toEqual([]);
    await migrate(database, 'upgrade');
    expect(await readTables(database)).toEqual(first);
  });

  it('are found by the ids that Alembic knew them by', async () => {
    const database = await createDatabase();
    await migrate(database, 'upgrade', '68b324aa3d62');
    expect(Object.keys(await readTables(database)).toSorted()).toEqual(['household_members', 'households', 'users']);
    await migrate(database, 'upgrade', 'cd6d');
    expect(Object.keys(await readTables(database))).toHaveLength(6);
  });
});

async function migrate(database: TestDatabase, ...args: readonly string[]): Promise<void> {
  const env = { DATABASE_URL: database.url, MIGRATE_MIGRATIONS: join(projectDirectory, 'migrations') };
  const { exitCode, stderr } = await runProgram('migrate', args, { env });
  expect(stderr).not.toContain('error');
  expect(exitCode).toBe(0);
}

async function readTables(database: TestDatabase): Promise<Record<string, string[]>> {
  const rows = await database.query<{ table_name: string; definition: string }>(`
    SELECT c.relname AS table_name,
           a.attname || ' ' || replace(replace(format_type(a.atttypid, a.atttypmod), 'character varying', 'varchar'), 'timestamp with time zone', 'ts')
           || CASE WHEN a.attnotnull THEN '!' ELSE '' END
           || CASE WHEN p.oid IS NOT NULL THEN ' PK' ELSE '' END
           || coalesce(' → ' || f.confrelid::regclass || '(' || fa.attname || ')', '') AS definition
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p' AND p.conkey = ARRAY[a.attnum]
    LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum]
    LEFT JOIN pg_attribute fa ON fa.attrelid = f.confrelid AND fa.attnum = f.confkey[1]
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    ORDER BY c.relname, a.attnum`);
  const tables: Record<string, string[]> = {};
  for (const { table_name: table, definition } of rows) (tables[table] ??= []).push(definition);
  return tables;
}

async function readIndexes(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ line: string }>(`
    SELECT i.indrelid::regclass || ': ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || i.indexrelid::regclass
           || ' ' || substring(pg_get_indexdef(i.indexrelid) from '\\(.*\\)') AS line
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary
    `);
  return rows.map(({ line }) => line).toSorted();
}

async function readConstraints(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ conname: string }>(
    'SELECT conname FROM pg_constraint WHERE connamespace = \'public\'::regnamespace ORDER BY conname COLLATE "C"',
  );
  return rows.map(({ conname }) => conname);
}

async function readEnums(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ line: string }>(`
    SELECT t.typname || ': ' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) AS line
    FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname ORDER BY t.typname`);
  return rows.map(({ line }) => line);
}
