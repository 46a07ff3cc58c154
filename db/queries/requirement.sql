-- query: requirement_put
-- What a notice of kind requirement has besides. No such notice: no row touched.
INSERT INTO requirement (notice, email, closed)
SELECT id, :email, :closed FROM notice WHERE id = :id AND kind = 'requirement'
ON CONFLICT (notice) DO UPDATE SET email = excluded.email, closed = excluded.closed;

-- query: requirement_find
-- The same, read.
SELECT email, closed FROM requirement WHERE notice = :id;

-- query: requirement_event_put
-- One more thing that was done with it.
INSERT INTO requirement_event (notice, at, action, author, what)
VALUES (:notice, :at, :action, :author, :what);

-- query: requirement_events
-- All of them, oldest first.
SELECT at, action, author, what FROM requirement_event WHERE notice = :notice ORDER BY id;

-- query: requirement_told
-- Digests that showed it: when, and to how many. From the pairs, since items are found by profile.
SELECT d.composed, count(*) FROM match_pair AS p CROSS JOIN digest_item AS i ON i.profile = p.profile AND i.notice = p.notice
	CROSS JOIN digest AS d ON d.id = i.digest
WHERE p.notice = :notice AND i.shown = 1 GROUP BY d.composed ORDER BY d.composed;

-- query: requirement_answered
-- What readers said of it: when last, and how many.
SELECT max(judged), grade, count(*) FROM judgment WHERE notice = :notice AND origin = 'reader'
GROUP BY grade ORDER BY grade DESC;

-- query: requirement_again
-- It waits to be matched again.
UPDATE notice SET matched_version = NULL, matched_ruleset = NULL WHERE id = :id AND kind = 'requirement';
