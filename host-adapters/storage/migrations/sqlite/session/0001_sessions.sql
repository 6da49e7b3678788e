-- One row per login, nothing per refresh. Times are milliseconds since 1970.
-- Only `ended_number` is indexed of what changes, and it changes once: a refresh touches the row alone.
CREATE TABLE sessions (
    id                  BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id             TEXT    NOT NULL CHECK (length(CAST(user_id AS BLOB)) BETWEEN 1 AND 255),
    client              TEXT    NOT NULL CHECK (length(CAST(client AS BLOB)) BETWEEN 1 AND 255),
    label               TEXT             CHECK (length(CAST(label AS BLOB)) <= 255),
    scope               TEXT             CHECK (length(CAST(scope AS BLOB)) <= 1024),
    salt                BLOB    NOT NULL CHECK (length(salt) = 16),
    -- The newest refresh token: how many came before it, and the id of the secret that it was made with.
    generation          INTEGER NOT NULL CHECK (generation >= 0),
    key_id              INTEGER NOT NULL CHECK (key_id BETWEEN 0 AND 255),
    state               TEXT    NOT NULL CHECK (state IN ('open', 'closed', 'burnt')),
    created_at          INTEGER NOT NULL,
    rotated_at          INTEGER NOT NULL,
    last_seen_at        INTEGER NOT NULL,
    idle_expires_at     INTEGER NOT NULL CHECK (idle_expires_at <= absolute_expires_at),
    absolute_expires_at INTEGER NOT NULL,
    -- The place in the feed of ended sessions: see session_feed.
    ended_number        INTEGER          CHECK ((ended_number IS NULL) = (state = 'open'))
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (ended_number) WHERE ended_number IS NOT NULL;
CREATE INDEX sessions_by_absolute_expiry ON sessions (absolute_expires_at);

-- One row: the last number that was given to a session that ended. It is the microseconds since 1970, moved on by one
-- where the clock was not.
CREATE TABLE session_feed (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL
) STRICT;

INSERT INTO session_feed (one, last) VALUES (1, 0);
