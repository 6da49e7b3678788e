-- Users, their tokens, and what has happened. Times are milliseconds since 1970. Sessions are in tables of their own.
CREATE TABLE users (
    id                  TEXT    COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) = 22),
    -- As its owner writes it, and as it is compared.
    email               TEXT    NOT NULL,
    email_key           TEXT    COLLATE "C" NOT NULL UNIQUE,
    -- Argon2id, in PHC string format.
    password            TEXT    NOT NULL,
    created_at          BIGINT  NOT NULL,
    password_changed_at BIGINT  NOT NULL,
    disabled_at         BIGINT,
    -- Moved on by whatever ends all logins of the user: a login that began before it is not finished after it.
    epoch               BIGINT  NOT NULL DEFAULT 0
);

CREATE INDEX users_by_creation ON users (created_at, id);

CREATE TABLE personal_tokens (
    -- The public part of the token, and SHA-256 of its secret.
    id           TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    digest       BYTEA   NOT NULL CHECK (octet_length(digest) = 32),
    user_id      TEXT    COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    scope        TEXT,
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT,
    -- To the minute.
    last_used_at BIGINT,
    revoked_at   BIGINT
);

CREATE INDEX personal_tokens_by_user ON personal_tokens (user_id);

CREATE TABLE opaque_tokens (
    -- SHA-256 of the whole token.
    digest     BYTEA   NOT NULL PRIMARY KEY CHECK (octet_length(digest) = 32),
    session_id BYTEA   NOT NULL CHECK (octet_length(session_id) = 16),
    user_id    TEXT    COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client     TEXT    NOT NULL,
    scope      TEXT,
    issued_at  BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL
);

CREATE INDEX opaque_tokens_by_user ON opaque_tokens (user_id);
CREATE INDEX opaque_tokens_by_expiry ON opaque_tokens (expires_at);

-- Nothing here refers to another table: what has happened outlives whom it happened to.
CREATE TABLE audit_events (
    number     BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         BIGINT  NOT NULL,
    event      TEXT    NOT NULL,
    actor      TEXT    NOT NULL CHECK (actor IN ('user', 'operator', 'server')),
    user_id    TEXT    COLLATE "C",
    session_id TEXT,
    address    TEXT,
    agent      TEXT,
    detail     TEXT
);

CREATE INDEX audit_events_by_user ON audit_events (user_id, number);
CREATE INDEX audit_events_by_time ON audit_events (at);
