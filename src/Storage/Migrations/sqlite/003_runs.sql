-- Times are milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE run_answers (
    run TEXT NOT NULL,
    step TEXT NOT NULL,
    member INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    payload BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (run, step, member, sample)
) STRICT;

CREATE INDEX run_answers_expires_at ON run_answers (expires_at);

CREATE TABLE run_claims (
    scope TEXT NOT NULL PRIMARY KEY,
    run TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX run_claims_expires_at ON run_claims (expires_at);
