-- Times are milliseconds since 1970-01-01T00:00:00Z. Costs are whole billionths of a dollar, so that sums are exact.
CREATE TABLE usage_sub_calls (
    run text NOT NULL,
    incarnation integer NOT NULL,
    step text NOT NULL,
    member integer NOT NULL,
    sample integer NOT NULL,
    ensemble text NOT NULL,
    role text NOT NULL,
    model text NOT NULL,
    caller text,
    outcome text NOT NULL,
    attempts integer NOT NULL,
    started_at bigint NOT NULL,
    first_token_ms bigint,
    total_ms bigint NOT NULL,
    prompt_tokens bigint,
    completion_tokens bigint,
    source text NOT NULL,
    cost_nano_usd bigint,
    PRIMARY KEY (run, incarnation, step, member, sample)
);

CREATE INDEX usage_sub_calls_started_at ON usage_sub_calls (started_at);
CREATE INDEX usage_sub_calls_ensemble ON usage_sub_calls (ensemble, started_at);
CREATE INDEX usage_sub_calls_model ON usage_sub_calls (model, started_at);
CREATE INDEX usage_sub_calls_caller ON usage_sub_calls (caller, started_at);

-- degraded: the reasons, separated by commas. manifest: JSON in UTF-8.
CREATE TABLE usage_runs (
    run text NOT NULL,
    incarnation integer NOT NULL,
    ensemble text NOT NULL,
    strategy text NOT NULL,
    caller text,
    outcome text NOT NULL,
    started_at bigint NOT NULL,
    total_ms bigint NOT NULL,
    agreement double precision,
    degraded text NOT NULL,
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    estimated_prompt_tokens bigint NOT NULL,
    estimated_completion_tokens bigint NOT NULL,
    cost_nano_usd bigint,
    manifest bytea NOT NULL,
    PRIMARY KEY (run, incarnation)
);

CREATE INDEX usage_runs_started_at ON usage_runs (started_at);
CREATE INDEX usage_runs_ensemble ON usage_runs (ensemble, started_at);
CREATE INDEX usage_runs_caller ON usage_runs (caller, started_at);
