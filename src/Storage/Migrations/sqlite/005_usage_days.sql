-- What the calls of whole days took, once these are closed. day: the millisecond since 1970-01-01T00:00:00Z at which it begins, in UTC.
-- total_ms and cost_nano_usd are sums; calls without a cost are counted in unpriced_calls.
CREATE TABLE usage_days (
    day INTEGER NOT NULL,
    ensemble TEXT NOT NULL,
    model TEXT NOT NULL,
    role TEXT NOT NULL,
    caller TEXT,
    outcome TEXT NOT NULL,
    calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    estimated_prompt_tokens INTEGER NOT NULL,
    estimated_completion_tokens INTEGER NOT NULL,
    cost_nano_usd INTEGER NOT NULL,
    unpriced_calls INTEGER NOT NULL,
    total_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX usage_days_day ON usage_days (day);
CREATE INDEX usage_days_caller ON usage_days (caller, day);

-- One row. Days before closed_until are in usage_days; of those before deleted_until the calls themselves are gone.
CREATE TABLE usage_closed (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    closed_until INTEGER NOT NULL,
    deleted_until INTEGER NOT NULL
) STRICT;

INSERT INTO usage_closed (id, closed_until, deleted_until) VALUES (1, 0, 0);

-- With the cost: what a caller has spent is read out of the index alone.
DROP INDEX usage_sub_calls_caller;
CREATE INDEX usage_sub_calls_caller ON usage_sub_calls (caller, started_at, cost_nano_usd);
