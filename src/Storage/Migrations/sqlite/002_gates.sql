-- Times are milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE gates (
    gate TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    snapshot BLOB,
    saved_at INTEGER
) STRICT;
