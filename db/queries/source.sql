-- query: source_ensure
-- A row for a source; one that is there keeps what it says.
INSERT INTO source (name, enabled) VALUES (:name, :enabled) ON CONFLICT (name) DO NOTHING;

-- query: source_find
-- One source.
SELECT name, enabled, complete_until, last_run, last_success, failing_since, error FROM source
WHERE name = :name;

-- query: source_list
-- All of them.
SELECT name, enabled, complete_until, last_run, last_success, failing_since, error FROM source
ORDER BY name;

-- query: source_enable
-- Asked from now on, or not.
UPDATE source SET enabled = :enabled WHERE name = :name;

-- query: source_succeeded
-- A run that did what it should.
UPDATE source SET last_run = :now, last_success = :now, failing_since = NULL, error = NULL
WHERE name = :name;

-- query: source_failed
-- A run that did not; since when it fails is the first of them.
UPDATE source SET last_run = :now, failing_since = coalesce(failing_since, :now), error = :error
WHERE name = :name;

-- query: source_cursor
-- Every day up to this one is complete.
UPDATE source SET complete_until = :complete_until WHERE name = :name;
