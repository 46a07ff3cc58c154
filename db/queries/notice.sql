-- query: notice_stamp
-- What decides whether a notice that arrives is new, changed, or the same.
SELECT seq, version, publisher_version, dossier, content_hash, summary, kind, published
FROM notice WHERE id = :id;

-- query: notice_insert
-- A notice that was not here.
INSERT INTO notice (id, source, ref, version, publisher_version, dossier, kind, stage, nature, published,
	deadline_at, deadline_offset_s, deadline_certainty, deadline_text, value_cents, value_currency,
	value_kind, summary, innovative, sme, reserved, first_stored, updated, content_hash, raw_hash, notice_type,
	language, procedure, procedure_id, notice_uuid, reference, buyer_name, buyer_id, buyer_city,
	buyer_postcode, buyer_department, buyer_nuts, buyer_country, url, documents_url, title, criteria,
	description, lots_text)
VALUES (:id, :source, :ref, :version, :publisher_version, :dossier, :kind, :stage, :nature, :published,
	:deadline_at, :deadline_offset_s, :deadline_certainty, :deadline_text, :value_cents, :value_currency,
	:value_kind, :summary, :innovative, :sme, :reserved, :now, :now, :content_hash, :raw_hash, :notice_type,
	:language, :procedure, :procedure_id, :notice_uuid, :reference, :buyer_name, :buyer_id, :buyer_city,
	:buyer_postcode, :buyer_department, :buyer_nuts, :buyer_country, :url, :documents_url, :title,
	:criteria, :description, :lots_text);

-- query: notice_inserted
-- Its seq. Not by RETURNING, which for SQLite is a trigger, and before a statement with one the full-text
-- index writes out all it has gathered in this transaction: a segment of its own for each notice.
SELECT last_insert_rowid();

-- query: notice_update
-- A notice that was here has other content: it waits to be matched again.
UPDATE notice SET source = :source, ref = :ref, version = :version,
	publisher_version = :publisher_version, dossier = :dossier, kind = :kind, stage = :stage,
	nature = :nature, published = :published, deadline_at = :deadline_at,
	deadline_offset_s = :deadline_offset_s, deadline_certainty = :deadline_certainty,
	deadline_text = :deadline_text, value_cents = :value_cents, value_currency = :value_currency,
	value_kind = :value_kind, summary = :summary, innovative = :innovative, sme = :sme, reserved = :reserved,
	updated = :now, content_hash = :content_hash, raw_hash = :raw_hash, notice_type = :notice_type,
	language = :language, procedure = :procedure, procedure_id = :procedure_id,
	notice_uuid = :notice_uuid, reference = :reference, buyer_name = :buyer_name, buyer_id = :buyer_id,
	buyer_city = :buyer_city, buyer_postcode = :buyer_postcode, buyer_department = :buyer_department,
	buyer_nuts = :buyer_nuts, buyer_country = :buyer_country, url = :url,
	documents_url = :documents_url, title = :title, criteria = :criteria, description = :description,
	lots_text = :lots_text, matched_version = NULL, matched_ruleset = NULL
WHERE id = :id;

-- query: notice_text_delete
-- Takes a notice out of the full-text index, which must be told what stood there: before its row changes.
INSERT INTO notice_text (notice_text, rowid, title, description, lots_text, buyer_name)
SELECT 'delete', seq, title, description, lots_text, buyer_name FROM notice WHERE seq = :notice;

-- query: notice_text_put
-- Puts it in again, with the texts of its row. Their values and no SELECT: see notice_inserted.
INSERT INTO notice_text (rowid, title, description, lots_text, buyer_name)
VALUES (:notice, :title, :description, :lots_text, :buyer_name);

-- query: notice_get
-- One notice by its place in arrival order, without its lists.
SELECT id, source, ref, version, dossier, kind, stage, nature, published, deadline_at, deadline_offset_s,
	deadline_certainty, deadline_text, value_cents, value_currency, value_kind, innovative, sme, reserved,
	notice_type, language, procedure, procedure_id, notice_uuid, reference, buyer_name, buyer_id,
	buyer_city, buyer_postcode, buyer_department, buyer_nuts, buyer_country, url, documents_url, title,
	criteria, description, summary
FROM notice WHERE seq = :seq;

-- query: notice_lots
-- Its lots, in its order.
SELECT id, title, description, nature, value_cents, value_currency, value_kind, deadline_at,
	deadline_offset_s, deadline_certainty, deadline_text
FROM notice_lot WHERE notice = :notice ORDER BY ordinal;

-- query: notice_lot_put
-- One lot.
INSERT INTO notice_lot (notice, ordinal, id, title, description, nature, value_cents, value_currency,
	value_kind, deadline_at, deadline_offset_s, deadline_certainty, deadline_text)
VALUES (:notice, :ordinal, :id, :title, :description, :nature, :value_cents, :value_currency,
	:value_kind, :deadline_at, :deadline_offset_s, :deadline_certainty, :deadline_text);

-- query: notice_lots_delete
-- Before the lots of a changed notice are written anew.
DELETE FROM notice_lot WHERE notice = :notice;

-- query: notice_codes
-- Its codes and those of its lots, each list in its order.
SELECT lot, kind, code FROM notice_code WHERE notice = :notice ORDER BY lot, kind, position;

-- query: notice_code_put
-- One code.
INSERT INTO notice_code (notice, lot, kind, position, code, search)
VALUES (:notice, :lot, :kind, :position, :code, :search);

-- query: notice_codes_delete
-- Before the codes of a changed notice are written anew.
DELETE FROM notice_code WHERE notice = :notice;

-- query: code_notice_delete
-- Before that: it is found by none of them any more. Of one that is not settled there are none.
DELETE FROM code_notice WHERE notice = :notice
	AND (kind, search) IN (SELECT kind, search FROM notice_code WHERE notice = :notice);

-- query: code_notice_put
-- A settled notice that was changed is found by the codes it has now.
INSERT INTO code_notice (kind, search, notice)
SELECT kind, search, notice FROM notice_code
WHERE notice = :notice AND notice <= (SELECT s.notice FROM settled AS s)
GROUP BY kind, search, notice;

-- query: settle_waiting
-- How many notices have come since they were settled last, and up to which one they were.
SELECT coalesce((SELECT max(seq) FROM notice), 0) - notice, notice FROM settled;

-- query: settle_codes
-- All codes of these notices, in the order in which they are kept. OR ROLLBACK, here and below: SQLite then need
-- not keep what pages were before the statement (in a file, when they are many), to undo it alone.
INSERT OR ROLLBACK INTO code_notice (kind, search, notice)
SELECT kind, search, notice FROM notice_code WHERE notice > (SELECT s.notice FROM settled AS s)
GROUP BY kind, search, notice ORDER BY kind, search, notice;

-- query: settle_buyers
-- Their buyers.
INSERT OR ROLLBACK INTO notice_buyer (key, published, notice, sketch)
SELECT key, published, notice, sketch FROM notice_buyer_fresh ORDER BY key, published, notice;

-- query: settle_buyers_done
-- They are there.
DELETE FROM notice_buyer_fresh;

-- query: settle_uuids
-- Their UUIDs.
INSERT OR ROLLBACK INTO notice_uuid (tail, notice) SELECT tail, notice FROM notice_uuid_fresh ORDER BY tail, notice;

-- query: settle_uuids_done
-- They are there.
DELETE FROM notice_uuid_fresh;

-- query: text_segments
-- How many segments the full-text index has, found one after the other, and whether it merges them. An id is the least
-- that is free, so where the greatest is below :many and nothing is merged, none is looked for.
WITH RECURSIVE merging (segments) AS (
	SELECT v FROM notice_text_config WHERE k = 'automerge'
), segment (id) AS (
	SELECT min(segid) FROM notice_text_idx
	WHERE (SELECT segments FROM merging) != 0 OR (SELECT max(segid) FROM notice_text_idx) >= :many
	UNION ALL
	SELECT (SELECT min(segid) FROM notice_text_idx WHERE segid > id) FROM segment WHERE id IS NOT NULL
)
SELECT count(id), (SELECT segments FROM merging) FROM segment;

-- query: text_merge
-- From now on it merges so many segments of a size, a few pages with each that is written; 0: none.
INSERT INTO notice_text (notice_text, rank) VALUES ('automerge', :segments);

-- query: settle_done
-- Up to the last one.
UPDATE settled SET notice = (SELECT max(seq) FROM notice);

-- query: notice_links
-- The publications it names, in its order.
SELECT kind, ref FROM notice_link WHERE notice = :notice ORDER BY position;

-- query: notice_link_put
-- One of them.
INSERT INTO notice_link (notice, position, kind, ref, target)
VALUES (:notice, :position, :kind, :ref, :target);

-- query: notice_links_delete
-- Before the links of a changed notice are written anew.
DELETE FROM notice_link WHERE notice = :notice;

-- query: notice_matched
-- This version was compared with every profile under this ruleset.
UPDATE notice SET matched_version = :version, matched_ruleset = :ruleset
WHERE id = :id AND version = :version;
