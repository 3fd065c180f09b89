-- Initial schema: households, their members, users.
-- alembic: 68b324aa3d62

-- migrate:up
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

-- migrate:down
DROP TABLE household_members;
-- Alembic's downgrade forgot this type, so a second upgrade failed.
DROP TYPE householdrole;
DROP TABLE users;
DROP TABLE households;
