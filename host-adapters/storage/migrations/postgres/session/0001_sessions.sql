-- One row per login, nothing per refresh. Times are milliseconds since 1970.
-- Only `ended_number` is indexed of what changes, and it changes once: a refresh touches the row alone, and stays on its
-- page while there is room.
CREATE TABLE sessions (
    id                  BYTEA    NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
    user_id             TEXT     NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 255),
    client              TEXT     NOT NULL CHECK (octet_length(client) BETWEEN 1 AND 255),
    label               TEXT              CHECK (octet_length(label) <= 255),
    scope               TEXT              CHECK (octet_length(scope) <= 1024),
    salt                BYTEA    NOT NULL CHECK (octet_length(salt) = 16),
    -- The newest refresh token: how many came before it, and the id of the secret that it was made with.
    generation          BIGINT   NOT NULL CHECK (generation >= 0),
    key_id              SMALLINT NOT NULL CHECK (key_id BETWEEN 0 AND 255),
    state               TEXT     NOT NULL CHECK (state IN ('open', 'closed', 'burnt')),
    created_at          BIGINT   NOT NULL,
    rotated_at          BIGINT   NOT NULL,
    last_seen_at        BIGINT   NOT NULL,
    idle_expires_at     BIGINT   NOT NULL CHECK (idle_expires_at <= absolute_expires_at),
    absolute_expires_at BIGINT   NOT NULL,
    -- The place in the feed of ended sessions: see session_feed.
    ended_number        BIGINT            CHECK ((ended_number IS NULL) = (state = 'open'))
) WITH (fillfactor = 80);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (ended_number) WHERE ended_number IS NOT NULL;
CREATE INDEX sessions_by_absolute_expiry ON sessions (absolute_expires_at);

-- One row: the last number that was given to a session that ended. It is the microseconds since 1970, moved on by one
-- where the clock was not. Whoever ends a session holds this row until the end is committed: numbers become visible in
-- their order, and a reader of the feed misses none.
CREATE TABLE session_feed (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    last BIGINT  NOT NULL
);

INSERT INTO session_feed (one, last) VALUES (1, 0);
