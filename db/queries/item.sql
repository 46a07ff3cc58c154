-- query: item_put
-- A remote item is here, in this state of the publisher's.
INSERT INTO item (source, ref, day, stamp, raw_hash) VALUES (:source, :ref, :day, :stamp, :raw_hash)
ON CONFLICT (source, ref) DO UPDATE SET day = excluded.day, stamp = excluded.stamp,
	raw_hash = excluded.raw_hash;

-- query: item_find
-- In which state it is here.
SELECT stamp FROM item WHERE source = :source AND ref = :ref;

-- query: item_count
-- Items of a day, and those of them in quarantine.
SELECT count(*), coalesce(sum(CASE WHEN r.state = 'quarantined' THEN 1 ELSE 0 END), 0)
FROM item AS i JOIN raw AS r ON r.hash = i.raw_hash
WHERE i.source = :source AND i.day = :day;

-- query: item_linked
-- Items of a day whose notice stands in a dossier with others.
SELECT count(*) FROM item AS i JOIN raw AS r ON r.hash = i.raw_hash JOIN notice AS n ON n.id = r.notice_id
WHERE i.source = :source AND i.day = :day
	AND EXISTS (SELECT 1 FROM notice AS o WHERE o.dossier = n.dossier AND o.id <> n.id);
