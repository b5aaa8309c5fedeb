-- What reports on ensembles count, by the hour in which runs began: measures have the numbers of ReportMeasure, ensemble, member and other
-- those of ledger_names or 0. Rows of a key add up.
CREATE TABLE report_counts (
    ensemble integer NOT NULL,
    hour bigint NOT NULL,
    measure integer NOT NULL,
    member integer NOT NULL,
    other integer NOT NULL,
    place integer NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (ensemble, hour, measure, member, other, place)
) WITH (fillfactor = 70);

CREATE INDEX report_counts_hour ON report_counts (hour);

-- Runs before this step say too little for a report: they are only counted.
INSERT INTO report_counts (ensemble, hour, measure, member, other, place, value)
SELECT ensemble, started_at - started_at % 3600000, 3, 0, 0, 0, count(*) FROM ledger_runs
WHERE strategy <> coalesce((SELECT id FROM ledger_names WHERE name = 'direct'), 0)
GROUP BY ensemble, started_at - started_at % 3600000;

-- What callers and administrators (1) say of answers. caller: 0 = without a key. comment: sealed. Times are milliseconds since
-- 1970-01-01T00:00:00Z; started_at is the run's.
CREATE TABLE run_feedback (
    run uuid NOT NULL,
    administrator integer NOT NULL,
    caller integer NOT NULL,
    ensemble integer NOT NULL,
    started_at bigint NOT NULL,
    given_at bigint NOT NULL,
    score_millionths bigint NOT NULL,
    comment bytea NOT NULL,
    PRIMARY KEY (run, administrator, caller)
);

CREATE INDEX run_feedback_started_at ON run_feedback (started_at);
