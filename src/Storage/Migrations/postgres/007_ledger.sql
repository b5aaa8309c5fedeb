-- The accounts again, in rows that cost little to insert: names are numbers (ledger_names), runs are UUIDs that begin
-- with the time, so that primary keys grow at their end, and there are few indexes. The views ledger_..._named have
-- names in place of numbers.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Costs are whole billionths of a dollar, so that sums are exact.
CREATE TABLE ledger_names (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

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
) AS names
WHERE name IS NOT NULL;

CREATE TABLE ledger_calls (
    run uuid NOT NULL,
    incarnation integer NOT NULL,
    step integer NOT NULL,
    member integer NOT NULL,
    sample integer NOT NULL,
    ensemble integer NOT NULL,
    role integer NOT NULL,
    model integer NOT NULL,
    caller integer,
    outcome integer NOT NULL,
    attempts integer NOT NULL,
    started_at bigint NOT NULL,
    first_token_ms bigint,
    total_ms bigint NOT NULL,
    prompt_tokens bigint,
    completion_tokens bigint,
    source integer NOT NULL,
    cost_nano_usd bigint,
    PRIMARY KEY (run, incarnation, step, member, sample)
);

INSERT INTO ledger_calls
SELECT CAST(run AS uuid), incarnation, (SELECT id FROM ledger_names WHERE name = step), member, sample,
    (SELECT id FROM ledger_names WHERE name = ensemble),
    (SELECT id FROM ledger_names WHERE name = role), (SELECT id FROM ledger_names WHERE name = model),
    (SELECT id FROM ledger_names WHERE name = caller),
    (SELECT id FROM ledger_names WHERE name = outcome), attempts, started_at, first_token_ms, total_ms, prompt_tokens,
    completion_tokens,
    (SELECT id FROM ledger_names WHERE name = source), cost_nano_usd
FROM usage_sub_calls ORDER BY run;

TRUNCATE usage_sub_calls;

CREATE INDEX ledger_calls_started_at ON ledger_calls (started_at);

-- With the cost: what a caller has spent is read out of the index alone.
CREATE INDEX ledger_calls_caller ON ledger_calls (caller, started_at, cost_nano_usd) WHERE caller IS NOT NULL;

-- degraded: the reasons, separated by commas. manifest: JSON, compressed already.
CREATE TABLE ledger_runs (
    run uuid NOT NULL,
    incarnation integer NOT NULL,
    ensemble integer NOT NULL,
    strategy integer NOT NULL,
    caller integer,
    outcome integer NOT NULL,
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

ALTER TABLE ledger_runs ALTER COLUMN manifest SET STORAGE EXTERNAL;

INSERT INTO ledger_runs
SELECT CAST(run AS uuid), incarnation, (SELECT id FROM ledger_names WHERE name = ensemble),
    (SELECT id FROM ledger_names WHERE name = strategy),
    (SELECT id FROM ledger_names WHERE name = caller), (SELECT id FROM ledger_names WHERE name = outcome), started_at, total_ms,
    agreement, degraded,
    prompt_tokens, completion_tokens, estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd, manifest
FROM usage_runs;

TRUNCATE usage_runs;

CREATE INDEX ledger_runs_started_at ON ledger_runs (started_at);

-- What the calls of whole days took, once these are closed. day: the millisecond at which it begins, in UTC. total_ms and
-- cost_nano_usd are sums; calls without a cost are counted in unpriced_calls.
CREATE TABLE ledger_days (
    day bigint NOT NULL,
    ensemble integer NOT NULL,
    model integer NOT NULL,
    role integer NOT NULL,
    caller integer,
    outcome integer NOT NULL,
    calls bigint NOT NULL,
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    estimated_prompt_tokens bigint NOT NULL,
    estimated_completion_tokens bigint NOT NULL,
    cost_nano_usd bigint NOT NULL,
    unpriced_calls bigint NOT NULL,
    total_ms bigint NOT NULL
);

INSERT INTO ledger_days
SELECT day, (SELECT id FROM ledger_names WHERE name = ensemble), (SELECT id FROM ledger_names WHERE name = model),
    (SELECT id FROM ledger_names WHERE name = role),
    (SELECT id FROM ledger_names WHERE name = caller), (SELECT id FROM ledger_names WHERE name = outcome), calls, prompt_tokens,
    completion_tokens,
    estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd, unpriced_calls, total_ms
FROM usage_days;

CREATE INDEX ledger_days_day ON ledger_days (day);
CREATE INDEX ledger_days_caller ON ledger_days (caller, day);

-- One row. Days before closed_until are in ledger_days; of those before deleted_until the calls themselves are gone.
CREATE TABLE ledger_closed (
    id smallint PRIMARY KEY CHECK (id = 1),
    closed_until bigint NOT NULL,
    deleted_until bigint NOT NULL
);

INSERT INTO ledger_closed SELECT id, closed_until, deleted_until FROM usage_closed;

CREATE VIEW ledger_calls_named AS
SELECT replace(CAST(run AS text), '-', '') AS run, incarnation, (SELECT name FROM ledger_names WHERE id = step) AS step, member, sample,
    (SELECT name FROM ledger_names WHERE id = ensemble) AS ensemble, (SELECT name FROM ledger_names WHERE id = role) AS role,
    (SELECT name FROM ledger_names WHERE id = model) AS model, (SELECT name FROM ledger_names WHERE id = caller) AS caller,
    (SELECT name FROM ledger_names WHERE id = outcome) AS outcome, attempts, started_at, first_token_ms, total_ms, prompt_tokens,
    completion_tokens,
    (SELECT name FROM ledger_names WHERE id = source) AS source, cost_nano_usd
FROM ledger_calls;

CREATE VIEW ledger_runs_named AS
SELECT replace(CAST(run AS text), '-', '') AS run, incarnation, (SELECT name FROM ledger_names WHERE id = ensemble) AS ensemble,
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

-- Processes of the version before go on while they are replaced. What they insert into their tables is kept in the new
-- ones, and their own stay empty.
CREATE FUNCTION ledger_name_id(wanted text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF wanted IS NOT NULL AND NOT EXISTS (SELECT FROM ledger_names WHERE name = wanted) THEN
        INSERT INTO ledger_names (name) VALUES (wanted) ON CONFLICT DO NOTHING;
    END IF;
    RETURN (SELECT id FROM ledger_names WHERE name = wanted);
END $$;

CREATE FUNCTION ledger_take_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_calls AS kept (run, incarnation, step, member, sample, ensemble, role, model, caller, outcome, attempts,
    started_at, first_token_ms,
        total_ms, prompt_tokens, completion_tokens, source, cost_nano_usd)
    VALUES (CAST(NEW.run AS uuid), NEW.incarnation, ledger_name_id(NEW.step), NEW.member, NEW.sample, ledger_name_id(NEW.ensemble),
    ledger_name_id(NEW.role),
        ledger_name_id(NEW.model), ledger_name_id(NEW.caller), ledger_name_id(NEW.outcome), NEW.attempts, NEW.started_at,
        NEW.first_token_ms,
        NEW.total_ms, NEW.prompt_tokens, NEW.completion_tokens, ledger_name_id(NEW.source), NEW.cost_nano_usd)
    ON CONFLICT (run, incarnation, step, member, sample) DO UPDATE SET ensemble = excluded.ensemble, role = excluded.role,
    model = excluded.model,
        caller = excluded.caller, outcome = excluded.outcome, attempts = excluded.attempts, started_at = excluded.started_at,
        first_token_ms = excluded.first_token_ms, total_ms = excluded.total_ms, prompt_tokens = excluded.prompt_tokens,
        completion_tokens = excluded.completion_tokens, source = excluded.source, cost_nano_usd = excluded.cost_nano_usd
    WHERE kept.outcome = ledger_name_id('lost') AND excluded.outcome <> ledger_name_id('lost');
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_take_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_runs (run, incarnation, ensemble, strategy, caller, outcome, started_at, total_ms, agreement, degraded,
    prompt_tokens,
        completion_tokens, estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd, manifest)
    VALUES (CAST(NEW.run AS uuid), NEW.incarnation, ledger_name_id(NEW.ensemble), ledger_name_id(NEW.strategy),
    ledger_name_id(NEW.caller),
        ledger_name_id(NEW.outcome), NEW.started_at, NEW.total_ms, NEW.agreement, NEW.degraded, NEW.prompt_tokens,
        NEW.completion_tokens,
        NEW.estimated_prompt_tokens, NEW.estimated_completion_tokens, NEW.cost_nano_usd, NEW.manifest)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_take_call BEFORE INSERT ON usage_sub_calls FOR EACH ROW EXECUTE FUNCTION ledger_take_call();
CREATE TRIGGER ledger_take_run BEFORE INSERT ON usage_runs FOR EACH ROW EXECUTE FUNCTION ledger_take_run();
