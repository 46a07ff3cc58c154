-- Linking. Each answer is bounded: a ref that hundreds of purchases name is somebody's mistake.

-- query: dossier_by_procedure
-- Dossiers of the notices with this procedure id.
SELECT DISTINCT dossier FROM notice WHERE procedure_id = :procedure_id ORDER BY dossier LIMIT 200;

-- query: dossier_by_target
-- Dossiers of the publications that a link means.
SELECT dossier FROM notice WHERE ref = :target AND source <> 'requirement'
UNION
SELECT dossier FROM notice WHERE notice_uuid IS NOT NULL AND lower(notice_uuid) = :target
ORDER BY dossier LIMIT 200;

-- query: dossier_naming
-- Dossiers of the notices that name this publication.
SELECT DISTINCT n.dossier FROM notice_link AS l JOIN notice AS n ON n.seq = l.notice
WHERE l.target = :target
ORDER BY n.dossier LIMIT 200;

-- query: dossier_size
-- How many notices it has, counted no further than :most.
SELECT count(*) FROM (SELECT 1 FROM notice WHERE dossier = :dossier LIMIT :most) AS some;

-- query: dossier_move
-- Two dossiers turn out to be one.
UPDATE notice SET dossier = :into WHERE dossier = :dossier;
