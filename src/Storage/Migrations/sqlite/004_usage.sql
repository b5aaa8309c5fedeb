-- Times are milliseconds since 1970-01-01T00:00:00Z. Costs are whole billionths of a dollar, so that sums are exact.
CREATE TABLE usage_sub_calls (
    run TEXT NOT NULL,
    incarnation INTEGER NOT NULL,
    step TEXT NOT NULL,
    member INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    ensemble TEXT NOT NULL,
    role TEXT NOT NULL,
    model TEXT NOT NULL,
    caller TEXT,
    outcome TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    first_token_ms INTEGER,
    total_ms INTEGER NOT NULL,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    source TEXT NOT NULL,
    cost_nano_usd INTEGER,
    PRIMARY KEY (run, incarnation, step, member, sample)
) STRICT;

CREATE INDEX usage_sub_calls_started_at ON usage_sub_calls (started_at);
CREATE INDEX usage_sub_calls_ensemble ON usage_sub_calls (ensemble, started_at);
CREATE INDEX usage_sub_calls_model ON usage_sub_calls (model, started_at);
CREATE INDEX usage_sub_calls_caller ON usage_sub_calls (caller, started_at);

-- degraded: the reasons, separated by commas. manifest: JSON in UTF-8.
CREATE TABLE usage_runs (
    run TEXT NOT NULL,
    incarnation INTEGER NOT NULL,
    ensemble TEXT NOT NULL,
    strategy TEXT NOT NULL,
    caller TEXT,
    outcome TEXT NOT NULL,
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

CREATE INDEX usage_runs_started_at ON usage_runs (started_at);
CREATE INDEX usage_runs_ensemble ON usage_runs (ensemble, started_at);
CREATE INDEX usage_runs_caller ON usage_runs (caller, started_at);
