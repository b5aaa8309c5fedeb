-- What the calls of whole days took, once these are closed. day: the millisecond since 1970-01-01T00:00:00Z at which it begins, in UTC.
-- total_ms and cost_nano_usd are sums; calls without a cost are counted in unpriced_calls.
CREATE TABLE usage_days (
    day bigint NOT NULL,
    ensemble text NOT NULL,
    model text NOT NULL,
    role text NOT NULL,
    caller text,
    outcome text NOT NULL,
    calls bigint NOT NULL,
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    estimated_prompt_tokens bigint NOT NULL,
    estimated_completion_tokens bigint NOT NULL,
    cost_nano_usd bigint NOT NULL,
    unpriced_calls bigint NOT NULL,
    total_ms bigint NOT NULL
);

CREATE INDEX usage_days_day ON usage_days (day);
CREATE INDEX usage_days_caller ON usage_days (caller, day);

-- One row. Days before closed_until are in usage_days; of those before deleted_until the calls themselves are gone.
CREATE TABLE usage_closed (
    id smallint PRIMARY KEY CHECK (id = 1),
    closed_until bigint NOT NULL,
    deleted_until bigint NOT NULL
);

INSERT INTO usage_closed (id, closed_until, deleted_until) VALUES (1, 0, 0);

-- With the cost: what a caller has spent is read out of the index alone.
DROP INDEX usage_sub_calls_caller;
CREATE INDEX usage_sub_calls_caller ON usage_sub_calls (caller, started_at, cost_nano_usd);
