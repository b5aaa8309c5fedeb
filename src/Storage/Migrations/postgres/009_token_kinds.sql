-- What of the tokens providers read from their caches, wrote to them, and spent on reasoning: parts of prompt_tokens and
-- completion_tokens. Null if the provider did not report them; 0 in days that were closed before.
ALTER TABLE ledger_calls ADD COLUMN cached_tokens bigint;
ALTER TABLE ledger_calls ADD COLUMN cache_write_tokens bigint;
ALTER TABLE ledger_calls ADD COLUMN reasoning_tokens bigint;
ALTER TABLE ledger_days ADD COLUMN cached_tokens bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger_days ADD COLUMN cache_write_tokens bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger_days ADD COLUMN reasoning_tokens bigint NOT NULL DEFAULT 0;

DROP VIEW IF EXISTS ledger_calls_named;

CREATE VIEW ledger_calls_named AS
SELECT replace(CAST(run AS text), '-', '') AS run, incarnation, (SELECT name FROM ledger_names WHERE id = step) AS step, member, sample,
    (SELECT name FROM ledger_names WHERE id = ensemble) AS ensemble, (SELECT name FROM ledger_names WHERE id = role) AS role,
    (SELECT name FROM ledger_names WHERE id = model) AS model, (SELECT name FROM ledger_names WHERE id = caller) AS caller,
    (SELECT name FROM ledger_names WHERE id = outcome) AS outcome, attempts, started_at, first_token_ms, total_ms, prompt_tokens,
    completion_tokens, (SELECT name FROM ledger_names WHERE id = source) AS source, cost_nano_usd, cached_tokens, cache_write_tokens,
    reasoning_tokens
FROM ledger_calls;

DROP VIEW IF EXISTS ledger_days_named;

CREATE VIEW ledger_days_named AS
SELECT day, (SELECT name FROM ledger_names WHERE id = ensemble) AS ensemble, (SELECT name FROM ledger_names WHERE id = model) AS model,
    (SELECT name FROM ledger_names WHERE id = role) AS role, (SELECT name FROM ledger_names WHERE id = caller) AS caller,
    (SELECT name FROM ledger_names WHERE id = outcome) AS outcome, calls, prompt_tokens, completion_tokens, estimated_prompt_tokens,
    estimated_completion_tokens, cost_nano_usd, unpriced_calls, total_ms, cached_tokens, cache_write_tokens, reasoning_tokens
FROM ledger_days;
