-- query: coverage_put
-- What is known of one day of one source.
INSERT INTO coverage (source, day, announced, stored, rejected, complete, attempts, error, updated)
VALUES (:source, :day, :announced, :stored, :rejected, :complete, :attempts, :error, :updated)
ON CONFLICT (source, day) DO UPDATE SET announced = excluded.announced, stored = excluded.stored,
	rejected = excluded.rejected, complete = excluded.complete, attempts = excluded.attempts,
	error = excluded.error, updated = excluded.updated;

-- query: coverage_list
-- The days of one source, or of all, in a stretch of time.
SELECT source, day, announced, stored, rejected, complete, attempts, error, updated FROM coverage
WHERE (:source IS NULL OR source = :source) AND day BETWEEN :since AND :until
ORDER BY source, day;
