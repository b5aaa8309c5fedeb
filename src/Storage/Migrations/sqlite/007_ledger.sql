-- The accounts again, in rows that cost little to insert: names are numbers (ledger_names), runs are 16 bytes that begin
-- with the time, so that primary keys grow at their end, and there are few indexes. The views ledger_..._named have
-- names in place of numbers.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Costs are whole billionths of a dollar, so that sums are exact.
CREATE TABLE ledger_names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO ledger_names (name)
SELECT name FROM (
    SELECT step AS name FROM usage_sub_calls
    UNION SELECT ensemble FROM usage_sub_calls
    UNION SELECT role FROM usage_sub_calls
    UNION SELECT model FROM usage_sub_calls
    UNION SELECT caller FROM usage_sub_calls
    UNION SELECT outcome FROM usage_sub_calls
    UNION SELECT source FROM usage_sub_calls
    UNION SELECT ensemble FROM usage_runs
    UNION SELECT strategy FROM usage_runs
    UNION SELECT caller FROM usage_runs
    UNION SELECT outcome FROM usage_runs
    UNION SELECT ensemble FROM usage_days
    UNION SELECT model FROM usage_days
    UNION SELECT role FROM usage_days
    UNION SELECT caller FROM usage_days
    UNION SELECT outcome FROM usage_days
)
WHERE name IS NOT NULL;

CREATE TABLE ledger_calls (
    run BLOB NOT NULL,
    incarnation INTEGER NOT NULL,
    step INTEGER NOT NULL,
    member INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    ensemble INTEGER NOT NULL,
    role INTEGER NOT NULL,
    model INTEGER NOT NULL,
    caller INTEGER,
    outcome INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    first_token_ms INTEGER,
    total_ms INTEGER NOT NULL,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    source INTEGER NOT NULL,
    cost_nano_usd INTEGER,
    PRIMARY KEY (run, incarnation, step, member, sample)
) STRICT, WITHOUT ROWID;

INSERT INTO ledger_calls
SELECT unhex(run), incarnation, (SELECT id FROM ledger_names WHERE name = step), member, sample,
    (SELECT id FROM ledger_names WHERE name = ensemble),
    (SELECT id FROM ledger_names WHERE name = role), (SELECT id FROM ledger_names WHERE name = model),
    (SELECT id FROM ledger_names WHERE name = caller),
    (SELECT id FROM ledger_names WHERE name = outcome), attempts, started_at, first_token_ms, total_ms, prompt_tokens,
    completion_tokens,
    (SELECT id FROM ledger_names WHERE name = source), cost_nano_usd
FROM usage_sub_calls ORDER BY run;

DROP TABLE usage_sub_calls;

CREATE INDEX ledger_calls_started_at ON ledger_calls (started_at);

-- With the cost: what a caller has spent is read out of the index alone.
CREATE INDEX ledger_calls_caller ON ledger_calls (caller, started_at, cost_nano_usd) WHERE caller IS NOT NULL;

-- degraded: the reasons, separated by commas. manifest: JSON, compressed.
CREATE TABLE ledger_runs (
    run BLOB NOT NULL,
    incarnation INTEGER NOT NULL,
    ensemble INTEGER NOT NULL,
    strategy INTEGER NOT NULL,
    caller INTEGER,
    outcome INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    total_ms INTEGER NOT NULL,
    agreement REAL,
    degraded TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    estimated_prompt_tokens INTEGER NOT NULL,
    estimated_completion_tokens INTEGER NOT NULL,
    cost_nano_usd INTEGER,
    manifest BLOB NOT NULL,
    PRIMARY KEY (run, incarnation)
) STRICT;

INSERT INTO ledger_runs
SELECT unhex(run), incarnation, (SELECT id FROM ledger_names WHERE name = ensemble),
    (SELECT id FROM ledger_names WHERE name = strategy),
    (SELECT id FROM ledger_names WHERE name = caller), (SELECT id FROM ledger_names WHERE name = outcome), started_at, total_ms,
    agreement, degraded,
    prompt_tokens, completion_tokens, estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd, manifest
FROM usage_runs;

DROP TABLE usage_runs;

CREATE INDEX ledger_runs_started_at ON ledger_runs (started_at);

-- What the calls of whole days took, once these are closed. day: the millisecond at which it begins, in UTC. total_ms and
-- cost_nano_usd are sums; calls without a cost are counted in unpriced_calls.
CREATE TABLE ledger_days (
    day INTEGER NOT NULL,
    ensemble INTEGER NOT NULL,
    model INTEGER NOT NULL,
    role INTEGER NOT NULL,
    caller INTEGER,
    outcome INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    estimated_prompt_tokens INTEGER NOT NULL,
    estimated_completion_tokens INTEGER NOT NULL,
    cost_nano_usd INTEGER NOT NULL,
    unpriced_calls INTEGER NOT NULL,
    total_ms INTEGER NOT NULL
) STRICT;

INSERT INTO ledger_days
SELECT day, (SELECT id FROM ledger_names WHERE name = ensemble), (SELECT id FROM ledger_names WHERE name = model),
    (SELECT id FROM ledger_names WHERE name = role),
    (SELECT id FROM ledger_names WHERE name = caller), (SELECT id FROM ledger_names WHERE name = outcome), calls, prompt_tokens,
    completion_tokens,
    estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd, unpriced_calls, total_ms
FROM usage_days;

DROP TABLE usage_days;

CREATE INDEX ledger_days_day ON ledger_days (day);
CREATE INDEX ledger_days_caller ON ledger_days (caller, day);

-- One row. Days before closed_until are in ledger_days; of those before deleted_until the calls themselves are gone.
ALTER TABLE usage_closed RENAME TO ledger_closed;

CREATE VIEW ledger_calls_named AS
SELECT lower(hex(run)) AS run, incarnation, (SELECT name FROM ledger_names WHERE id = step) AS step, member, sample,
    (SELECT name FROM ledger_names WHERE id = ensemble) AS ensemble, (SELECT name FROM ledger_names WHERE id = role) AS role,
    (SELECT name FROM ledger_names WHERE id = model) AS model, (SELECT name FROM ledger_names WHERE id = caller) AS caller,
    (SELECT name FROM ledger_names WHERE id = outcome) AS outcome, attempts, started_at, first_token_ms, total_ms, prompt_tokens,
    completion_tokens,
    (SELECT name FROM ledger_names WHERE id = source) AS source, cost_nano_usd
FROM ledger_calls;

CREATE VIEW ledger_runs_named AS
SELECT lower(hex(run)) AS run, incarnation, (SELECT name FROM ledger_names WHERE id = ensemble) AS ensemble,
    (SELECT name FROM ledger_names WHERE id = strategy) AS strategy, (SELECT name FROM ledger_names WHERE id = caller) AS caller,
    (SELECT name FROM ledger_names WHERE id = outcome) AS outcome, started_at, total_ms, agreement, degraded, prompt_tokens,
    completion_tokens,
    estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd
FROM ledger_runs;

CREATE VIEW ledger_days_named AS
SELECT day, (SELECT name FROM ledger_names WHERE id = ensemble) AS ensemble, (SELECT name FROM ledger_names WHERE id = model) AS model,
    (SELECT name FROM ledger_names WHERE id = role) AS role, (SELECT name FROM ledger_names WHERE id = caller) AS caller,
    (SELECT name FROM ledger_names WHERE id = outcome) AS outcome, calls, prompt_tokens, completion_tokens, estimated_prompt_tokens,
    estimated_completion_tokens, cost_nano_usd, unpriced_calls, total_ms
FROM ledger_days;
