-- What replays of ended runs need. payload: sealed. expires_at: milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE run_panels (
    run text NOT NULL PRIMARY KEY,
    payload bytea NOT NULL,
    expires_at bigint NOT NULL
);

CREATE INDEX run_panels_expires_at ON run_panels (expires_at);
