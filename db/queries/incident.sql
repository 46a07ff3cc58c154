-- query: incident_again
-- One more attempt at a gap that is open.
UPDATE incident SET attempts = attempts + 1, last = :now, error = :error
WHERE source = :source AND day = :day AND ended IS NULL;

-- query: incident_open
-- A day is not complete, and was not known to be a gap.
INSERT INTO incident (source, day, since, attempts, last, error)
VALUES (:source, :day, :now, 1, :now, :error)
ON CONFLICT (source, day, since) DO UPDATE SET ended = NULL, error = excluded.error;

-- query: incident_end
-- The day is complete.
UPDATE incident SET attempts = attempts + 1, last = :now, ended = :now
WHERE source = :source AND day = :day AND ended IS NULL;

-- query: incident_list
-- Gaps that are open, or were on one of these days.
SELECT source, day, since, attempts, last, ended, error FROM incident
WHERE (:source IS NULL OR source = :source) AND (ended IS NULL OR day BETWEEN :since AND :until)
ORDER BY source, day, since;

-- query: drift_days
-- How many notices each source published each day, and how many of them lack what they should have. A summary
-- lacks by nature; a deadline is owed by calls alone.
SELECT n.source, n.published, count(*),
	sum(n.title IS NULL), sum(n.buyer_name IS NULL),
	sum(n.stage = 'competition' AND n.deadline_at IS NULL),
	sum(n.url IS NULL),
	sum(NOT EXISTS (SELECT 1 FROM notice_code AS c
		WHERE c.notice = n.seq AND c.lot = 0 AND c.kind = 'cpv')),
	sum(NOT EXISTS (SELECT 1 FROM notice_code AS c
		WHERE c.notice = n.seq AND c.lot = 0 AND c.kind = 'place'))
FROM notice AS n
WHERE n.published BETWEEN :since AND :until AND n.source <> 'requirement' AND n.summary = 0
	AND n.stage <> 'registration'
GROUP BY n.source, n.published ORDER BY n.source, n.published;

-- query: drift_parts
-- Parts that nothing reads, with the number of notices that have them each day.
-- From the few notices of these days to their bytes, not through all that was ever told.
SELECT n.source, u.path, n.published, count(*)
FROM notice AS n CROSS JOIN raw AS r ON r.hash = n.raw_hash CROSS JOIN raw_unread AS u ON u.raw = r.seq
WHERE n.published BETWEEN :since AND :until
GROUP BY n.source, u.path, n.published ORDER BY n.source, u.path, n.published;
