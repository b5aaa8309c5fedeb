-- One row: the revision that the entries have.
CREATE TABLE catalog_revision (
    id smallint PRIMARY KEY CHECK (id = 1),
    revision bigint NOT NULL
);

INSERT INTO catalog_revision (id, revision) VALUES (1, 0);

-- json: UTF-8, byte by byte as it was written.
CREATE TABLE catalog_entries (
    kind text NOT NULL,
    name text NOT NULL,
    json bytea NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (kind, name)
);
