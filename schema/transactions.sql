-- Bank accounts, categories and transactions, as Plaid tells them.

CREATE TABLE bank_accounts (
    id uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES households (id),
    user_id uuid NOT NULL REFERENCES users (id),
    plaid_account_id varchar(255) NOT NULL,
    plaid_item_id varchar(255) NOT NULL,
    plaid_access_token varchar(500) NOT NULL,
    plaid_cursor varchar(500),
    name varchar(255) NOT NULL,
    official_name varchar(255),
    mask varchar(10),
    account_type varchar(50),
    account_subtype varchar(50),
    current_balance numeric(15, 2),
    available_balance numeric(15, 2),
    currency_code varchar(3) NOT NULL,
    include_in_budget boolean NOT NULL,
    is_active boolean NOT NULL,
    last_synced_at timestamptz,
    sync_error varchar(500),
    additional_data json NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX ix_bank_accounts_plaid_account_id ON bank_accounts (plaid_account_id);
CREATE INDEX ix_bank_accounts_plaid_item_id ON bank_accounts (plaid_item_id);

CREATE TYPE categorytype AS ENUM ('INCOME', 'EXPENSE');

CREATE TABLE categories (
    id uuid PRIMARY KEY,
    household_id uuid REFERENCES households (id),
    name varchar(255) NOT NULL,
    type categorytype NOT NULL,
    color varchar(7),
    icon varchar(50),
    parent_category_id uuid REFERENCES categories (id),
    is_system boolean NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE transactions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES bank_accounts (id),
    household_id uuid NOT NULL REFERENCES households (id),
    plaid_transaction_id varchar(255),
    amount numeric(15, 2) NOT NULL,
    date date NOT NULL,
    authorized_date date,
    name varchar(500) NOT NULL,
    merchant_name varchar(255),
    category_id uuid REFERENCES categories (id),
    plaid_category varchar(255),
    plaid_category_id varchar(50),
    payment_channel varchar(50),
    payment_meta text,
    pending boolean NOT NULL,
    is_manual boolean NOT NULL,
    notes text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE INDEX idx_transaction_account_date ON transactions (account_id, date);
CREATE INDEX idx_transaction_category ON transactions (category_id);
CREATE INDEX idx_transaction_household_date ON transactions (household_id, date);
CREATE UNIQUE INDEX ix_transactions_plaid_transaction_id ON transactions (plaid_transaction_id);
