-- query: digest_candidates
-- Current matches of a profile that none of its digests told, best score first. Dossiers are compared as
-- they are now, since two may have become one after the digest. A purchase that was called off is none, and
-- where a later correction matches too, with the deadline as it is now, it alone speaks for the purchase.
SELECT p.notice, n.dossier, p.lot, EXISTS (SELECT 1 FROM digest_item AS i JOIN notice AS t ON t.id = i.notice
	WHERE i.profile = :profile AND t.dossier = n.dossier)
FROM match_pair AS p JOIN notice AS n ON n.id = p.notice
WHERE p.profile = :profile AND p.state = 'current'
	AND NOT EXISTS (SELECT 1 FROM digest_item AS i WHERE i.profile = :profile AND i.notice = p.notice)
	AND NOT EXISTS (SELECT 1 FROM notice AS c WHERE c.dossier = n.dossier AND c.kind = 'cancellation'
		AND c.published >= n.published)
	AND NOT EXISTS (SELECT 1 FROM notice AS c JOIN match_pair AS q ON q.notice = c.id
		WHERE c.dossier = n.dossier AND c.kind = 'change' AND c.deadline_at IS NOT NULL
		AND (c.published > n.published
			OR (c.published = n.published AND (n.kind <> 'change' OR c.seq > n.seq)))
		AND q.profile = :profile AND q.state = 'current')
ORDER BY p.score DESC, p.notice;

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
-- whether they match or not, and notices whose own deadline moved. With the deadline as it was told last.
-- A link that is only likely tells nobody that a purchase was called off.
SELECT c.id, c.dossier, (SELECT i.deadline_at FROM digest_item AS i JOIN notice AS t ON t.id = i.notice
		WHERE i.profile = :profile AND i.shown = 1 AND t.dossier = c.dossier
		ORDER BY i.digest DESC, i.notice LIMIT 1) AS told
FROM notice AS c
WHERE c.kind IN ('cancellation', 'change')
	AND c.dossier IN (SELECT t.dossier FROM digest_item AS i JOIN notice AS t ON t.id = i.notice
		WHERE i.profile = :profile AND i.shown = 1 AND c.published >= t.published)
	AND NOT EXISTS (SELECT 1 FROM digest_item AS i WHERE i.profile = :profile AND i.notice = c.id)
	AND EXISTS (SELECT 1 FROM dossier_link AS l WHERE (l.notice = c.id OR l.other = c.id)
		AND l.kind IN ('procedure', 'citation', 'hand'))
UNION ALL
SELECT n.id, n.dossier, i.deadline_at FROM digest_item AS i JOIN notice AS n ON n.id = i.notice
WHERE i.profile = :profile AND i.shown = 1 AND n.deadline_at <> i.deadline_at
ORDER BY 1;

-- query: digest_item_put
-- A notice is told, or told again with another deadline; the same as before: no row.
INSERT INTO digest_item (profile, notice, digest, dossier, shown, deadline_at)
VALUES (:profile, :notice, :digest, :dossier, :shown, :deadline_at)
ON CONFLICT (profile, notice) DO UPDATE SET digest = excluded.digest, deadline_at = excluded.deadline_at
WHERE digest_item.deadline_at IS NOT excluded.deadline_at;

-- query: digest_items_forget
-- A deleted profile that comes back is a new one.
DELETE FROM digest_item WHERE profile = :profile;

-- query: digest_forget
-- Digests of a deleted profile of which no message is left.
DELETE FROM digest WHERE profile = :profile
	AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.digest = digest.id);
