-- Users, their tokens, and what has happened. Times are milliseconds since 1970. Sessions are in tables of their own.
CREATE TABLE users (
    id                  TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 22),
    -- As its owner writes it, and as it is compared.
    email               TEXT    NOT NULL,
    email_key           TEXT    NOT NULL UNIQUE,
    -- Argon2id, in PHC string format.
    password            TEXT    NOT NULL,
    created_at          INTEGER NOT NULL,
    password_changed_at INTEGER NOT NULL,
    disabled_at         INTEGER,
    -- Moved on by whatever ends all logins of the user: a login that began before it is not finished after it.
    epoch               INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX users_by_creation ON users (created_at, id);

CREATE TABLE personal_tokens (
    -- The public part of the token, and SHA-256 of its secret.
    id           TEXT    NOT NULL PRIMARY KEY,
    digest       BLOB    NOT NULL CHECK (length(digest) = 32),
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    scope        TEXT,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    -- To the minute.
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX personal_tokens_by_user ON personal_tokens (user_id);

CREATE TABLE opaque_tokens (
    -- SHA-256 of the whole token.
    digest     BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    session_id BLOB    NOT NULL CHECK (length(session_id) = 16),
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client     TEXT    NOT NULL,
    scope      TEXT,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX opaque_tokens_by_user ON opaque_tokens (user_id);
CREATE INDEX opaque_tokens_by_expiry ON opaque_tokens (expires_at);

-- Nothing here refers to another table: what has happened outlives whom it happened to.
CREATE TABLE audit_events (
    number     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    actor      TEXT    NOT NULL CHECK (actor IN ('user', 'operator', 'server')),
    user_id    TEXT,
    session_id TEXT,
    address    TEXT,
    agent      TEXT,
    detail     TEXT
) STRICT;

CREATE INDEX audit_events_by_user ON audit_events (user_id, number);
CREATE INDEX audit_events_by_time ON audit_events (at);
