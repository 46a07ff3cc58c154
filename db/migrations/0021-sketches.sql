-- Notices of one buyer are told apart without reading them: what rules likeness out stands beside the key,
-- and each stands under one key.

ALTER TABLE notice_buyer RENAME TO notice_buyer_before;

CREATE TABLE notice_buyer (            -- a buyer's notices, in the order of publication
	key TEXT NOT NULL,                 -- "siren:123456789"; "name:ville de lyon" of one that says no SIREN
	published INTEGER NOT NULL,        -- day
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	sketch BLOB,                       -- by which likeness is ruled out (tender/dossier.h); NULL: not made yet
	PRIMARY KEY (key, published, notice)
) STRICT, WITHOUT ROWID;

CREATE TABLE buyer_name (              -- names of buyers, folded, and the SIRENs they were seen with
	name TEXT NOT NULL,
	siren TEXT NOT NULL,
	PRIMARY KEY (name, siren)
) STRICT, WITHOUT ROWID;

INSERT INTO buyer_name (name, siren)
SELECT DISTINCT substr(n.key, 6), substr(s.key, 7)
FROM notice_buyer_before AS n JOIN notice_buyer_before AS s ON s.notice = n.notice
WHERE substr(n.key, 1, 5) = 'name:' AND substr(s.key, 1, 6) = 'siren:';

-- Sketches are made when a row is looked at: nothing has to be read now.
INSERT INTO notice_buyer (key, published, notice)
SELECT b.key, b.published, b.notice FROM notice_buyer_before AS b
WHERE substr(b.key, 1, 6) = 'siren:' OR NOT EXISTS (SELECT 1 FROM notice_buyer_before AS o
	WHERE o.notice = b.notice AND substr(o.key, 1, 6) = 'siren:');

DROP TABLE notice_buyer_before;
CREATE INDEX notice_buyer_by_notice ON notice_buyer (notice);
