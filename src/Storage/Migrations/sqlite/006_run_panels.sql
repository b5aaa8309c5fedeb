-- What replays of ended runs need. payload: sealed. expires_at: milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE run_panels (
    run TEXT NOT NULL PRIMARY KEY,
    payload BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX run_panels_expires_at ON run_panels (expires_at);
