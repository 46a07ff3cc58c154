-- Indexes whose keys come in no order are written for thousands of notices at once.

CREATE TABLE settled (                 -- up to which notice code_notice, notice_buyer and notice_uuid are written
	only INTEGER PRIMARY KEY CHECK (only = 1),
	notice INTEGER NOT NULL            -- seq; 0: none is
) STRICT;
INSERT INTO settled (only, notice) SELECT 1, coalesce(max(seq), 0) FROM notice;

CREATE TABLE code_notice (             -- notices with a code, theirs or of a lot: notice_code the other way round
	kind TEXT NOT NULL,
	search TEXT NOT NULL,
	notice INTEGER NOT NULL,           -- no foreign key: it would be looked up for each code once more
	PRIMARY KEY (kind, search, notice)
) STRICT, WITHOUT ROWID;
INSERT INTO code_notice (kind, search, notice)
SELECT kind, search, notice FROM notice_code GROUP BY kind, search, notice ORDER BY kind, search, notice;
DROP INDEX notice_code_by_search;

CREATE TABLE notice_uuid (             -- to look up a notice by its UUID
	tail TEXT NOT NULL,                -- its last 12 characters, in lower case
	notice INTEGER NOT NULL,           -- no foreign key: see code_notice
	PRIMARY KEY (tail, notice)
) STRICT, WITHOUT ROWID;
INSERT INTO notice_uuid (tail, notice)
SELECT substr(lower(notice_uuid), -12), seq FROM notice WHERE notice_uuid IS NOT NULL ORDER BY 1, 2;
DROP INDEX notice_by_uuid;

CREATE TABLE notice_uuid_fresh (       -- of notices that are not settled
	tail TEXT NOT NULL,
	notice INTEGER NOT NULL,
	PRIMARY KEY (tail, notice)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_buyer_fresh (      -- of notices that are not settled
	key TEXT NOT NULL,
	published INTEGER NOT NULL,
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	sketch BLOB NOT NULL,
	PRIMARY KEY (key, published, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_buyer_fresh_by_notice ON notice_buyer_fresh (notice);

-- Nearly always the dossier says it.
DROP INDEX notice_by_procedure;
CREATE INDEX notice_by_procedure ON notice (procedure_id)
	WHERE procedure_id IS NOT NULL AND dossier <> 'procedure:' || procedure_id;

-- New hashes of raw bytes begin with a day; those that are here are looked up as they are.
INSERT INTO meta (name, value) SELECT 'raw-plain-hashes', '1' FROM raw LIMIT 1;
