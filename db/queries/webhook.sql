-- query: webhook_put
-- A new one.
INSERT INTO webhook (profile, url, shape, secret, created, wait_until)
VALUES (:profile, :url, :shape, :secret, :now, 0) RETURNING id;

-- query: webhook_list
-- All of them, or those of a profile, with what became of their messages.
SELECT w.id, w.profile, w.url, w.shape, w.secret, w.created, w.failing_since, w.disabled, w.reason,
	(SELECT count(*) FROM webhook_message AS m WHERE m.webhook = w.id AND m.state = 'ready'),
	(SELECT count(*) FROM webhook_message AS m WHERE m.webhook = w.id AND m.state = 'sent')
FROM webhook AS w WHERE :profile IS NULL OR w.profile = :profile ORDER BY w.id;

-- query: webhook_delete
-- It is told nothing more.
DELETE FROM webhook WHERE id = :id;

-- query: webhook_enable
-- On again, from where it stopped.
UPDATE webhook SET disabled = NULL, failing_since = NULL, reason = NULL, wait_until = 0 WHERE id = :id;

-- query: webhook_enable_messages
-- What was given up is tried anew.
UPDATE webhook_message SET state = 'ready', attempts = 0, next_at = :now, ended = NULL
WHERE webhook = :id AND state = 'failed';

-- query: webhook_news
-- What it was not told yet: notices that fitted since it was made, and cancellations of purchases that it was
-- told of, unless the link between the two is only likely.
SELECT p.notice FROM match_pair AS p
WHERE p.profile = :profile AND p.state = 'current' AND p.first_matched >= :since
	AND NOT EXISTS (SELECT 1 FROM webhook_message AS m WHERE m.webhook = :webhook AND m.notice = p.notice)
UNION
SELECT c.id FROM (SELECT t.dossier, min(t.published) AS since FROM webhook_message AS m
		CROSS JOIN notice AS t ON t.id = m.notice WHERE m.webhook = :webhook GROUP BY t.dossier) AS told
	CROSS JOIN notice AS c ON c.dossier = told.dossier
WHERE c.kind = 'cancellation' AND c.published >= told.since
	AND NOT EXISTS (SELECT 1 FROM webhook_message AS m WHERE m.webhook = :webhook AND m.notice = c.id)
	AND EXISTS (SELECT 1 FROM notice AS t CROSS JOIN dossier_link AS l ON l.notice = t.id
		WHERE t.dossier = c.dossier AND (l.notice = c.id OR l.other = c.id)
		AND l.kind IN ('procedure', 'citation', 'hand'))
ORDER BY 1 LIMIT :most;

-- query: webhook_message_put
-- To be told.
INSERT INTO webhook_message (webhook, notice, id, state, attempts, next_at, created, body)
VALUES (:webhook, :notice, :id, 'ready', 0, :now, :now, :body);

-- query: webhook_message_due
-- The oldest one that is to be told, of a webhook that is on and not waiting after a failure, to somebody
-- confirmed.
SELECT m.webhook, m.notice, m.id, m.attempts, m.body, w.url, w.secret, w.profile, w.shape
FROM webhook_message AS m JOIN webhook AS w ON w.id = m.webhook JOIN profile AS p ON p.id = w.profile
WHERE m.state = 'ready' AND m.next_at <= :now AND w.disabled IS NULL AND w.wait_until <= :now
	AND p.confirmed = 1
ORDER BY m.created, m.webhook, m.notice LIMIT 1;

-- query: webhook_message_end
-- One try more, and what became of it.
UPDATE webhook_message SET state = :state, attempts = attempts + 1, next_at = :next_at,
	ended = CASE WHEN :state = 'ready' THEN NULL ELSE :now END
WHERE webhook = :webhook AND notice = :notice;

-- query: webhook_well
-- The last try went well.
UPDATE webhook SET failing_since = NULL, reason = NULL, wait_until = 0
WHERE id = :id AND (failing_since IS NOT NULL OR reason IS NOT NULL);

-- query: webhook_failing
-- The last try failed.
UPDATE webhook SET failing_since = coalesce(failing_since, :now), wait_until = :wait_until, reason = :reason
WHERE id = :id;

-- query: webhook_disable
-- It has failed too long, or is gone.
UPDATE webhook SET disabled = :now, reason = :reason WHERE id = :id AND disabled IS NULL;
