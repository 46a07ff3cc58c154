-- query: imprint_want
-- The imprint of this notice is missing or out of date.
INSERT INTO imprint_pending (notice) VALUES (:notice) ON CONFLICT DO NOTHING;

-- query: imprint_want_all
-- So are all.
INSERT INTO imprint_pending (notice) SELECT seq FROM notice WHERE true ON CONFLICT DO NOTHING;

-- query: imprint_pending
-- Which, in order of arrival.
SELECT notice FROM imprint_pending ORDER BY notice LIMIT :limit;

-- query: imprint_pending_count
-- How many.
SELECT count(*) FROM imprint_pending;

-- query: imprint_done
-- The imprint is as the notice.
DELETE FROM imprint_pending WHERE notice = :notice;

-- query: imprint_put
-- The imprint of a notice, whatever it was before.
INSERT INTO imprint (notice, published, bytes) VALUES (:notice, :published, :bytes)
ON CONFLICT (notice) DO UPDATE SET published = excluded.published, bytes = excluded.bytes;

-- query: imprint_body_put
-- What of it stands apart.
INSERT INTO imprint_body (notice, bytes) VALUES (:notice, :bytes)
ON CONFLICT (notice) DO UPDATE SET bytes = excluded.bytes;

-- query: imprint_body
-- The same, read.
SELECT bytes FROM imprint_body WHERE notice = :notice;

-- query: imprint_body_delete_all
-- With the imprints.
DELETE FROM imprint_body;

-- query: imprint_count
-- How many notices were published on these days, whether they have one or not.
SELECT count(*) FROM notice
WHERE published >= coalesce(:since, -2147483648) AND published <= coalesce(:until, 2147483647);

-- query: imprint_count_from
-- How many of them arrived at this place or later.
SELECT count(*) FROM notice WHERE seq >= :seq
AND published >= coalesce(:since, -2147483648) AND published <= coalesce(:until, 2147483647);

-- query: imprint_count_all
-- How many there are at all.
SELECT count(*) FROM notice;

-- query: imprint_find
-- One of them.
SELECT published, bytes FROM imprint WHERE notice = :notice;

-- query: imprint_next
-- Those behind a place in arrival order, of some days.
SELECT notice, bytes FROM imprint
WHERE notice > :after AND (:since IS NULL OR published >= :since) AND (:until IS NULL OR published <= :until)
ORDER BY notice LIMIT :limit;

-- query: imprint_last
-- The last notice there is one of, or 0.
SELECT coalesce(max(notice), 0) FROM imprint;

-- query: imprint_delete_all
-- They were made by another version of this programme.
DELETE FROM imprint;

-- query: word_list_put
-- Words that the dictionary has gained.
INSERT INTO word_list (first, bytes) VALUES (:first, :bytes);

-- query: word_lists
-- All of it, or what was gained since.
SELECT bytes FROM word_list WHERE first >= :from ORDER BY first;

-- query: word_list_delete_all
-- With the imprints, whose words it numbers.
DELETE FROM word_list;

-- query: segments
-- All of them.
SELECT number, notices FROM segment ORDER BY number;

-- query: segment_put
-- A new one.
INSERT INTO segment (notices) VALUES (:notices) RETURNING number;

-- query: segment_delete
-- It was merged into another.
DELETE FROM segment WHERE number = :number;

-- query: segment_delete_all
-- With the imprints.
DELETE FROM segment;

-- query: segment_block_put
-- One of its blocks.
INSERT INTO segment_block (place, bytes) VALUES (:place, :bytes);

-- query: segment_blocks
-- All blocks of a segment.
SELECT place, bytes FROM segment_block WHERE place BETWEEN :from AND :to ORDER BY place;

-- query: segment_block_find
-- The block in which the list of a stem must be.
SELECT place, bytes FROM segment_block WHERE place BETWEEN :from AND :place ORDER BY place DESC LIMIT 1;

-- query: segment_blocks_delete
-- Of a segment that was merged into another.
DELETE FROM segment_block WHERE place BETWEEN :from AND :to;

-- query: segment_block_delete_all
-- With the imprints.
DELETE FROM segment_block;
