-- What an import into a large database reads and writes again.

-- Of these rows no foreign key: settling would look up each notice once more, in the order of buyers, and empty the
-- smaller table row by row.
ALTER TABLE notice_buyer RENAME TO notice_buyer_before;
CREATE TABLE notice_buyer (            -- a buyer's notices, in the order of publication
	key TEXT NOT NULL,                 -- "siren:123456789"; "name:ville de lyon" of one that says no SIREN
	published INTEGER NOT NULL,        -- day
	notice INTEGER NOT NULL,           -- no foreign key: see code_notice
	sketch BLOB,                       -- by which likeness is ruled out (tender/dossier.h); NULL: not made yet
	PRIMARY KEY (key, published, notice)
) STRICT, WITHOUT ROWID;
INSERT INTO notice_buyer (key, published, notice, sketch)
SELECT key, published, notice, sketch FROM notice_buyer_before ORDER BY key, published, notice;
DROP TABLE notice_buyer_before;
CREATE INDEX notice_buyer_by_notice ON notice_buyer (notice);

ALTER TABLE notice_buyer_fresh RENAME TO notice_buyer_before;
CREATE TABLE notice_buyer_fresh (      -- of notices that are not settled
	key TEXT NOT NULL,
	published INTEGER NOT NULL,
	notice INTEGER NOT NULL,
	sketch BLOB NOT NULL,
	PRIMARY KEY (key, published, notice)
) STRICT, WITHOUT ROWID;
INSERT INTO notice_buyer_fresh (key, published, notice, sketch)
SELECT key, published, notice, sketch FROM notice_buyer_before ORDER BY key, published, notice;
DROP TABLE notice_buyer_before;
CREATE INDEX notice_buyer_fresh_by_notice ON notice_buyer_fresh (notice);

-- Nor of the other one of a link, which may be of any day: it was found in `notice` a moment before.
ALTER TABLE dossier_link RENAME TO dossier_link_before;
CREATE TABLE dossier_link (            -- why a notice is in its dossier, one row a kind
	notice TEXT NOT NULL REFERENCES notice (id),
	kind TEXT NOT NULL CHECK (kind IN ('procedure', 'citation') OR kind IN ('deadline', 'likeness')
		OR kind = 'hand'),
	other TEXT NOT NULL,               -- that was there before; no foreign key: see code_notice
	confidence INTEGER NOT NULL CHECK (confidence BETWEEN 1 AND 100), -- per cent
	PRIMARY KEY (notice, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO dossier_link (notice, kind, other, confidence)
SELECT notice, kind, other, confidence FROM dossier_link_before ORDER BY notice, kind;
DROP TABLE dossier_link_before;
CREATE INDEX dossier_link_by_other ON dossier_link (other);

-- Merged later still, and never all at once: see schema.sql.
INSERT INTO notice_text (notice_text, rank) VALUES ('automerge', 64);
INSERT INTO notice_text (notice_text, rank) VALUES ('crisismerge', 1000);
