-- Linking. Each answer is bounded: a ref that hundreds of purchases name is somebody's mistake.

-- query: dossier_by_procedure
-- The notices with this procedure id, dossier by dossier. Nearly always that named by it: the others have an index.
SELECT dossier, id, title, buyer_name, buyer_id FROM notice
WHERE dossier = 'procedure:' || :procedure_id AND procedure_id = :procedure_id
UNION ALL
SELECT dossier, id, title, buyer_name, buyer_id FROM notice
WHERE procedure_id = :procedure_id AND dossier <> 'procedure:' || procedure_id
ORDER BY dossier, id;

-- query: dossier_by_target
-- Publications that a link means, and their dossiers. OCDS names processes, the others publications.
SELECT dossier, id FROM notice WHERE ref = :target AND source <> 'requirement'
UNION
SELECT n.dossier, n.id FROM notice_uuid AS u JOIN notice AS n ON n.seq = u.notice
WHERE u.tail = substr(:target, -12) AND lower(n.notice_uuid) = :target
UNION
SELECT n.dossier, n.id FROM notice_uuid_fresh AS u JOIN notice AS n ON n.seq = u.notice
WHERE u.tail = substr(:target, -12) AND lower(n.notice_uuid) = :target
UNION
SELECT dossier, id FROM notice WHERE dossier = 'procedure:' || :target AND procedure_id = :target
UNION
SELECT dossier, id FROM notice WHERE procedure_id = :target AND dossier <> 'procedure:' || procedure_id
ORDER BY dossier, id LIMIT 200;

-- query: dossier_naming
-- Dossiers of the notices that name this publication, each with one of them.
SELECT n.dossier, min(n.id) FROM notice_link AS l JOIN notice AS n ON n.seq = l.notice
WHERE l.target = :target
GROUP BY n.dossier ORDER BY n.dossier LIMIT 200;

-- query: dossier_size
-- How many notices it has, counted no further than :most.
SELECT count(*) FROM (SELECT 1 FROM notice WHERE dossier = :dossier LIMIT :most) AS some;

-- query: dossier_is_linked
-- Is a notice linked to one that was there before it?
SELECT EXISTS (SELECT 1 FROM dossier_link WHERE notice = :notice);

-- query: dossier_first
-- One of its notices.
SELECT seq FROM notice WHERE dossier = :dossier LIMIT 1;

-- query: dossier_move
-- Two dossiers turn out to be one. Notice by notice: what may write several rows opens a statement of its
-- own, before which the full-text index writes out all it has gathered (notice_inserted).
UPDATE notice SET dossier = :into WHERE seq = :notice;

-- query: dossier_earlier
-- Notices of a buyer that were published on a day or before, the latest first.
SELECT notice, published, sketch FROM notice_buyer
WHERE key = :key AND published BETWEEN :since AND :until
UNION ALL
SELECT notice, published, sketch FROM notice_buyer_fresh
WHERE key = :key AND published BETWEEN :since AND :until
ORDER BY published DESC, notice DESC LIMIT :most;

-- query: dossier_any_later
-- Was any notice published after this day? Where they come day by day none was.
SELECT EXISTS (SELECT 1 FROM notice WHERE published > :day);

-- query: dossier_later
-- Those that were published after it, the earliest first.
SELECT notice, published, sketch FROM notice_buyer
WHERE key = :key AND published BETWEEN :since AND :until
UNION ALL
SELECT notice, published, sketch FROM notice_buyer_fresh
WHERE key = :key AND published BETWEEN :since AND :until
ORDER BY published, notice LIMIT :most;

-- query: dossier_candidate
-- What is compared of one of them that its sketch does not rule out.
SELECT id, dossier, source, kind, stage, procedure_id, published, deadline_at, deadline_offset_s,
	deadline_certainty, deadline_text, buyer_id, buyer_name, title
FROM notice WHERE seq = :notice;

-- query: notice_buyer_put
-- A notice is found by the key of its buyer.
INSERT INTO notice_buyer_fresh (key, published, notice, sketch) VALUES (:key, :published, :notice, :sketch);

-- query: notice_buyer_sketch
-- A row from before there were sketches gets its own.
UPDATE notice_buyer SET sketch = :sketch WHERE key = :key AND published = :published AND notice = :notice;

-- query: buyer_name_known
-- Was this name seen with this SIREN?
SELECT EXISTS (SELECT 1 FROM buyer_name WHERE name = :name AND siren = :siren);

-- query: buyer_name_put
-- It is, now.
INSERT INTO buyer_name (name, siren) VALUES (:name, :siren);

-- query: buyer_sirens
-- With which it was seen, the first :most.
SELECT siren FROM buyer_name WHERE name = :name ORDER BY siren LIMIT :most;

-- query: notice_buyer_delete
-- Before the key of a changed notice is written anew.
DELETE FROM notice_buyer WHERE notice = :notice;

-- query: notice_buyer_fresh_delete
-- The same of one that is not settled, or was changed before.
DELETE FROM notice_buyer_fresh WHERE notice = :notice;

-- query: notice_uuid_put
-- A notice is found by its UUID.
INSERT INTO notice_uuid_fresh (tail, notice) VALUES (substr(lower(:uuid), -12), :notice);

-- query: notice_uuid_delete
-- Before the row of a changed notice, which still says which it is.
DELETE FROM notice_uuid WHERE notice = :notice
	AND tail = (SELECT substr(lower(notice_uuid), -12) FROM notice WHERE seq = :notice);

-- query: notice_uuid_fresh_delete
-- The same of one that is not settled, or was changed before.
DELETE FROM notice_uuid_fresh WHERE notice = :notice
	AND tail = (SELECT substr(lower(notice_uuid), -12) FROM notice WHERE seq = :notice);

-- query: dossier_link_stands
-- How sure the link of this kind is that a notice has, and whether the other one says the same of it.
SELECT (SELECT confidence FROM dossier_link WHERE notice = :notice AND kind = :kind),
	EXISTS (SELECT 1 FROM dossier_link WHERE notice = :other AND kind = :kind AND other = :notice);

-- query: dossier_link_put
-- Why it is there. The values alone, no ON CONFLICT: see notice_inserted.
INSERT INTO dossier_link (notice, kind, other, confidence) VALUES (:notice, :kind, :other, :confidence);

-- query: dossier_link_delete
-- A surer one was found. Deleted and put, no UPDATE: where a foreign key is checked anew that is a statement
-- of its own (dossier_move).
DELETE FROM dossier_link WHERE notice = :notice AND kind = :kind;
