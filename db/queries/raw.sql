-- query: raw_put
-- Keeps the bytes of one item. Bytes that are here already: no row touched.
INSERT INTO raw (hash, source, label, format, state, reason, parser_version, notice_id, arrived, decided, bytes)
VALUES (:hash, :source, :label, :format, :state, :reason, :parser_version, :notice_id, :arrived, :decided,
	:bytes)
ON CONFLICT (hash) DO NOTHING;

-- query: raw_named_before
-- Are these bytes here under their SHA-256? Only a database that was made before hashes had a day can have them.
SELECT CASE WHEN EXISTS (SELECT 1 FROM meta WHERE name = 'raw-plain-hashes')
	THEN EXISTS (SELECT 1 FROM raw WHERE hash = :hash) ELSE 0 END;

-- query: raw_known
-- Are these bytes here?
SELECT EXISTS (SELECT 1 FROM raw WHERE hash = :hash);

-- query: raw_pending
-- The next item nobody has read yet.
SELECT seq, hash, source, label, format, arrived, bytes FROM raw
WHERE state = 'pending' AND seq > :after
ORDER BY seq LIMIT 1;

-- query: raw_reason
-- Why an item is in quarantine.
SELECT reason FROM raw WHERE hash = :hash AND state = 'quarantined';

-- query: raw_done
-- The item was read into a notice.
UPDATE raw SET state = 'read', reason = NULL, decided = NULL, parser_version = :parser_version,
	notice_id = :notice_id
WHERE hash = :hash;

-- query: raw_quarantine
-- The item cannot be read, for this reason. When it was refused before, the first instant stays.
UPDATE raw SET state = 'quarantined', reason = :reason, decided = coalesce(decided, :now),
	parser_version = :parser_version, notice_id = NULL
WHERE hash = :hash;

-- query: raw_retry
-- What is in quarantine is pending again: all of it, or what an older parser refused.
UPDATE raw SET state = 'pending', reason = NULL
WHERE state = 'quarantined' AND (:all_of_it = 1 OR parser_version < :parser_version);

-- query: raw_quarantined
-- The next item in quarantine.
SELECT seq, hash, source, label, reason, bytes, parser_version, decided FROM raw
WHERE state = 'quarantined' AND seq > :after
ORDER BY seq LIMIT 1;

-- query: raw_next
-- The next item, whatever became of it, and whether a notice is what it says.
SELECT r.seq, r.hash, r.source, r.label, r.format, r.arrived, r.bytes, r.state,
	EXISTS (SELECT 1 FROM notice AS n WHERE n.id = r.notice_id AND n.raw_hash = r.hash)
FROM raw AS r WHERE r.seq > :after ORDER BY r.seq LIMIT 1;

-- query: raw_count
-- How many items there are after one.
SELECT count(*) FROM raw WHERE seq > :after;

-- query: raw_unread_clear
-- What an earlier reading of the item told.
DELETE FROM raw_unread WHERE raw = :raw;

-- query: raw_unread_put
-- One part of the item that nothing reads.
INSERT INTO raw_unread (raw, path) VALUES (:raw, :path);
