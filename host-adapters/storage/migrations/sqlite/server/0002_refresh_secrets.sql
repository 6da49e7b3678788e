-- By which refresh secrets the logins in here were made: names that give nothing of a secret away.
CREATE TABLE refresh_secrets (
    name   TEXT    NOT NULL PRIMARY KEY,
    met_at INTEGER NOT NULL
) STRICT;
