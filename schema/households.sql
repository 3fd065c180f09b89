-- Households, their members, users: the desired schema, which `migrate revision --autogenerate` compares with the revisions.

CREATE TABLE households (
    id uuid PRIMARY KEY,
    name varchar(255) NOT NULL,
    settings json NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email varchar(255) NOT NULL,
    password_hash varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    is_active boolean NOT NULL,
    is_verified boolean NOT NULL,
    notification_preferences json NOT NULL,
    last_login timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX ix_users_email ON users (email);

CREATE TYPE householdrole AS ENUM ('ADMIN', 'MEMBER');

CREATE TABLE household_members (
    id uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES households (id),
    user_id uuid NOT NULL REFERENCES users (id),
    role householdrole NOT NULL,
    permissions json NOT NULL,
    invited_at timestamptz NOT NULL,
    joined_at timestamptz,
    invited_by uuid REFERENCES users (id)
);
