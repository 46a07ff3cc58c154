-- query: feed_items
-- What fits a profile now, newest first.
SELECT notice, first_matched, updated FROM match_pair
WHERE profile = :profile AND state = 'current'
ORDER BY first_matched DESC, notice LIMIT :most;

-- query: feed_dossiers
-- Purchases that fit a profile or that it was shown, with the lot of the notice that brought each first.
SELECT n.dossier, p.lot FROM match_pair AS p JOIN notice AS n ON n.id = p.notice
WHERE p.profile = :profile AND (p.state = 'current'
	OR EXISTS (SELECT 1 FROM digest_item AS i
		WHERE i.profile = p.profile AND i.notice = p.notice AND i.shown = 1))
ORDER BY n.dossier, p.first_matched, n.seq;

-- query: feed_dossier
-- How often a purchase was changed, when last, and by which name it came here first.
SELECT (SELECT f.id FROM notice AS f WHERE f.dossier = :dossier ORDER BY f.seq LIMIT 1),
	count(*) - 1 + sum(n.version - 1), max(n.updated)
FROM notice AS n WHERE n.dossier = :dossier;
