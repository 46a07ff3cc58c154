-- query: digest_readers
-- Who reads, one address after the other.
SELECT p.id, p.confirmed, p.cadence, p.timezone, p.language, p.services, p.supplies, p.works, p.value_min,
	p.value_max, p.effort_days, p.name, p.siren, p.email, NULL, m.send_at, m.quiet, m.reminders, p.version, 0,
	p.unsubscribed IS NOT NULL,
	(SELECT max(d.composed) FROM digest AS d WHERE d.profile = p.id), p.created
FROM profile AS p LEFT JOIN profile_mailing AS m ON m.profile = p.id ORDER BY lower(p.email), p.id;

-- query: digest_candidates
-- Current matches of a profile that none of its digests told, best score first. Dossiers are compared as
-- they are now, since two may have become one after the digest. A purchase that was called off is none, and
-- where a later correction matches too, with the deadline as it is now, it alone speaks for the purchase.
-- The joins are CROSS to keep their order: from the few of this profile to what each of them is.
SELECT p.notice, n.dossier, p.lot, p.score, p.threshold, p.ruleset, p.notice_version,
	EXISTS (SELECT 1 FROM notice AS t CROSS JOIN digest_item AS i ON i.profile = :profile AND i.notice = t.id
		WHERE t.dossier = n.dossier)
FROM match_pair AS p CROSS JOIN notice AS n ON n.id = p.notice
WHERE p.profile = :profile AND p.state = 'current' AND (:known IS NULL OR p.first_matched <= :known)
	AND (n.deadline_at IS NULL OR n.deadline_at > :now OR n.deadline_certainty = 'uncertain')
	AND NOT EXISTS (SELECT 1 FROM digest_item AS i WHERE i.profile = :profile AND i.notice = p.notice)
	AND NOT EXISTS (SELECT 1 FROM notice AS c WHERE c.dossier = n.dossier AND c.kind = 'cancellation'
		AND c.published >= n.published)
	AND NOT EXISTS (SELECT 1 FROM notice AS c CROSS JOIN match_pair AS q
			ON q.profile = :profile AND q.notice = c.id AND q.state = 'current'
		WHERE c.dossier = n.dossier AND c.kind = 'change' AND c.deadline_at IS NOT NULL
		AND (c.published > n.published
			OR (c.published = n.published AND (n.kind <> 'change' OR c.seq > n.seq))))
ORDER BY p.score DESC, p.notice LIMIT :most;

-- query: digest_told
-- Was a notice of this dossier told to the profile?
SELECT EXISTS (SELECT 1 FROM notice AS t CROSS JOIN digest_item AS i ON i.profile = :profile AND i.notice = t.id
	WHERE t.dossier = :dossier);

-- query: digest_find
-- Was the digest of this period composed?
SELECT id FROM digest WHERE profile = :profile AND period = :period;

-- query: digest_put
-- The digest of a period; composed before: no row.
INSERT INTO digest (profile, period, composed) VALUES (:profile, :period, :now)
ON CONFLICT (profile, period) DO NOTHING
RETURNING id;

-- query: digest_updates
-- What became of purchases that the profile was shown: cancellations and corrections it was not told of,
-- whether they match or not, and notices whose own deadline moved. With the notice that was shown last and
-- the deadline as it was told. A link that is only likely tells nobody that a purchase was called off.
SELECT c.id, c.dossier, (SELECT i.notice FROM digest_item AS i JOIN notice AS t ON t.id = i.notice
		WHERE i.profile = :profile AND i.shown = 1 AND t.dossier = c.dossier
		ORDER BY i.digest DESC, i.notice LIMIT 1) AS told,
	(SELECT i.deadline_at FROM digest_item AS i JOIN notice AS t ON t.id = i.notice
		WHERE i.profile = :profile AND i.shown = 1 AND t.dossier = c.dossier
		ORDER BY i.digest DESC, i.notice LIMIT 1)
FROM (SELECT t.dossier, min(t.published) AS since FROM digest_item AS i CROSS JOIN notice AS t ON t.id = i.notice
		WHERE i.profile = :profile AND i.shown = 1 GROUP BY t.dossier) AS shown
	CROSS JOIN notice AS c ON c.dossier = shown.dossier
WHERE c.kind IN ('cancellation', 'change') AND c.published >= shown.since
	AND NOT EXISTS (SELECT 1 FROM digest_item AS i WHERE i.profile = :profile AND i.notice = c.id)
	AND EXISTS (SELECT 1 FROM notice AS t CROSS JOIN dossier_link AS l ON l.notice = t.id
		WHERE t.dossier = c.dossier AND (l.notice = c.id OR l.other = c.id)
		AND l.kind IN ('procedure', 'citation', 'hand'))
UNION ALL
SELECT n.id, n.dossier, n.id, i.deadline_at FROM digest_item AS i JOIN notice AS n ON n.id = i.notice
WHERE i.profile = :profile AND i.shown = 1 AND n.deadline_at <> i.deadline_at
ORDER BY 1;

-- query: digest_with_updates
-- Profiles that were shown a purchase of which something was stored since.
SELECT DISTINCT i.profile FROM notice AS c CROSS JOIN notice AS t ON t.dossier = c.dossier
	CROSS JOIN digest_item AS i ON i.notice = t.id
WHERE c.updated >= :since AND (c.kind IN ('cancellation', 'change') OR c.version > 1)
ORDER BY 1;

-- query: digest_due
-- Purchases that the profile was shown and that close soon, with the reminder that was given last.
SELECT i.notice, n.dossier, i.deadline_at, d.composed,
	(SELECT min(r.days) FROM reminder AS r WHERE r.profile = :profile AND r.notice = i.notice
		AND r.deadline_at = i.deadline_at)
FROM digest_item AS i CROSS JOIN notice AS n ON n.id = i.notice JOIN digest AS d ON d.id = i.digest
WHERE i.profile = :profile AND i.shown = 1 AND i.deadline_at > :now AND i.deadline_at <= :until
	AND n.deadline_certainty <> 'uncertain' AND n.kind <> 'cancellation'
	AND NOT EXISTS (SELECT 1 FROM notice AS c WHERE c.dossier = n.dossier AND c.kind = 'cancellation'
		AND c.published >= n.published)
	AND NOT EXISTS (SELECT 1 FROM judgment AS j WHERE j.profile = :profile AND j.notice = i.notice
		AND j.grade = 0)
ORDER BY i.deadline_at, i.notice;

-- query: digest_with_due
-- Profiles that were shown a purchase that closes soon.
SELECT DISTINCT profile FROM digest_item
WHERE shown = 1 AND deadline_at > :now AND deadline_at <= :until ORDER BY 1;

-- query: digest_reminded
-- Reminded of this deadline so many days before.
INSERT INTO reminder (profile, notice, deadline_at, days, digest)
VALUES (:profile, :notice, :deadline_at, :days, :digest)
ON CONFLICT (profile, notice, deadline_at, days) DO NOTHING;

-- query: digest_led
-- This digest is told in the message of another one.
INSERT INTO digest_lead (digest, lead) VALUES (:digest, :lead);

-- query: digest_end_closed
-- Matches of notices that closed long ago end.
UPDATE match_pair SET state = 'ended', updated = :now
WHERE state = 'current' AND notice IN (SELECT id FROM notice WHERE deadline_at > :since AND deadline_at <= :until
	AND deadline_certainty <> 'uncertain');

-- query: digest_item_put
-- A notice is told, or told again with another deadline; the same as before: no row.
INSERT INTO digest_item (profile, notice, digest, dossier, shown, deadline_at)
VALUES (:profile, :notice, :digest, :dossier, :shown, :deadline_at)
ON CONFLICT (profile, notice) DO UPDATE SET digest = excluded.digest, deadline_at = excluded.deadline_at
WHERE digest_item.deadline_at IS NOT excluded.deadline_at;

-- query: digest_items_forget
-- A deleted profile that comes back is a new one.
DELETE FROM digest_item WHERE profile = :profile;

-- query: reminders_forget
-- And of what it was reminded.
DELETE FROM reminder WHERE profile = :profile;

-- query: digest_forget_led
-- What others were to be told in a message of a deleted profile that was not sent is told to them anew.
DELETE FROM digest WHERE id IN (SELECT l.digest FROM digest_lead AS l JOIN outbox AS o ON o.digest = l.lead
	WHERE o.profile = :profile AND o.state IN ('ready', 'claimed', 'retry', 'held'));

-- query: digest_forget
-- Digests of a deleted profile of which no message is left.
DELETE FROM digest WHERE profile = :profile
	AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.digest = digest.id);
