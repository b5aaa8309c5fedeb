-- What reports on ensembles count, by the hour in which runs began: measures have the numbers of ReportMeasure, ensemble, member and other
-- those of ledger_names or 0. Rows of a key add up.
CREATE TABLE report_counts (
    ensemble INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    measure INTEGER NOT NULL,
    member INTEGER NOT NULL,
    other INTEGER NOT NULL,
    place INTEGER NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (ensemble, hour, measure, member, other, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX report_counts_hour ON report_counts (hour);

-- Runs before this step say too little for a report: they are only counted.
INSERT INTO report_counts (ensemble, hour, measure, member, other, place, value)
SELECT ensemble, started_at - started_at % 3600000, 3, 0, 0, 0, count(*) FROM ledger_runs
WHERE strategy <> coalesce((SELECT id FROM ledger_names WHERE name = 'direct'), 0)
GROUP BY ensemble, started_at - started_at % 3600000;

-- What callers and administrators (1) say of answers. caller: 0 = without a key. comment: sealed. Times are milliseconds since
-- 1970-01-01T00:00:00Z; started_at is the run's.
CREATE TABLE run_feedback (
    run BLOB NOT NULL,
    administrator INTEGER NOT NULL,
    caller INTEGER NOT NULL,
    ensemble INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    given_at INTEGER NOT NULL,
    score_millionths INTEGER NOT NULL,
    comment BLOB NOT NULL,
    PRIMARY KEY (run, administrator, caller)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_feedback_started_at ON run_feedback (started_at);
