-- One row: the revision that the entries have.
CREATE TABLE catalog_revision (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
) STRICT;

INSERT INTO catalog_revision (id, revision) VALUES (1, 0);

-- json: UTF-8, byte by byte as it was written.
CREATE TABLE catalog_entries (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    json BLOB NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT;
