-- What people see of dossiers and decide about them.

-- query: dossier_key
-- The dossier of this name, or of the notice of this name.
SELECT dossier FROM notice WHERE dossier = :name
UNION ALL
SELECT dossier FROM notice WHERE id = :name
LIMIT 1;

-- query: dossier_notices
-- The notices of a dossier, no further than a ceiling.
SELECT seq FROM notice WHERE dossier = :dossier ORDER BY seq LIMIT :most;

-- query: dossier_links
-- Why its notices are in it.
SELECT l.notice, l.kind, l.other, l.confidence
FROM notice AS n JOIN dossier_link AS l ON l.notice = n.id
WHERE n.dossier = :dossier
ORDER BY l.notice, l.confidence DESC, l.kind;

-- query: dossier_hand_find
-- What was decided about this notice.
SELECT decision, dossier FROM dossier_hand WHERE notice = :notice;

-- query: dossier_hand_merged
-- All that is in this dossier now is there by decision.
INSERT INTO dossier_hand (notice, decision, dossier, decided)
SELECT id, 'merged', dossier, :now FROM notice WHERE dossier = :dossier
ON CONFLICT (notice) DO UPDATE SET decision = excluded.decision, dossier = excluded.dossier,
	decided = excluded.decided;

-- query: dossier_hand_apart
-- This notice is in a dossier of its own by decision.
INSERT INTO dossier_hand (notice, decision, dossier, decided) VALUES (:notice, 'apart', :dossier, :now)
ON CONFLICT (notice) DO UPDATE SET decision = excluded.decision, dossier = excluded.dossier,
	decided = excluded.decided;

-- query: dossier_hand_first
-- A notice that was decided to be in this dossier.
SELECT notice FROM dossier_hand WHERE dossier = :dossier LIMIT 1;

-- query: dossier_hand_move
-- The dossier has another name now. One by one: see dossier_move.
UPDATE dossier_hand SET dossier = :into WHERE notice = :notice;

-- query: dossier_take_out
-- One notice goes into another dossier.
UPDATE notice SET dossier = :dossier WHERE id = :notice;

-- query: dossier_link_forget
-- Whatever joined this notice to others, in whichever dossier they are: of all links, since nobody asks for it often.
DELETE FROM dossier_link WHERE notice = :notice OR other = :notice;

-- query: dossier_link_first
-- One notice of a dossier, to be named by a decision.
SELECT min(id) FROM notice WHERE dossier = :dossier;

-- query: raw_versions
-- The raw items that were read into a notice, in order of arrival.
SELECT seq, hash, source, label, format, arrived, bytes FROM raw
WHERE notice_id = :notice ORDER BY seq LIMIT :most;
