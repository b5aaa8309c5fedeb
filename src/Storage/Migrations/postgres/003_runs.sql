-- Times are milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE run_answers (
    run text NOT NULL,
    step text NOT NULL,
    member integer NOT NULL,
    sample integer NOT NULL,
    payload bytea NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (run, step, member, sample)
);

CREATE INDEX run_answers_expires_at ON run_answers (expires_at);

CREATE TABLE run_claims (
    scope text NOT NULL PRIMARY KEY,
    run text NOT NULL,
    request_hash bytea NOT NULL,
    expires_at bigint NOT NULL
);

CREATE INDEX run_claims_expires_at ON run_claims (expires_at);
