-- Times are milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE gates (
    gate text NOT NULL PRIMARY KEY,
    epoch bigint NOT NULL,
    snapshot bytea,
    saved_at bigint
);
