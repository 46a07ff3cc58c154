-- Links of a dossier with their kind and confidence, what people decided by hand, and by what a
-- buyer's other notices are found.

CREATE TABLE notice_buyer (            -- a buyer's notices, in the order of publication
	key TEXT NOT NULL,                 -- "siren:123456789", "name:ville de lyon"
	published INTEGER NOT NULL,        -- day
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	PRIMARY KEY (key, published, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_buyer_by_notice ON notice_buyer (notice);

CREATE TABLE dossier_link (            -- why a notice is in its dossier, one row a kind
	notice TEXT NOT NULL REFERENCES notice (id),
	kind TEXT NOT NULL CHECK (kind IN ('procedure', 'citation', 'deadline', 'likeness', 'hand')),
	other TEXT NOT NULL REFERENCES notice (id), -- that was there before
	confidence INTEGER NOT NULL CHECK (confidence BETWEEN 1 AND 100), -- per cent
	PRIMARY KEY (notice, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_link_by_other ON dossier_link (other);

CREATE TABLE dossier_hand (            -- what somebody decided; computing never goes against it
	notice TEXT NOT NULL PRIMARY KEY REFERENCES notice (id),
	decision TEXT NOT NULL CHECK (decision IN ('merged', 'apart')),
	dossier TEXT NOT NULL,             -- it is in this one
	decided INTEGER NOT NULL           -- instant
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_hand_by_dossier ON dossier_hand (dossier);

CREATE INDEX raw_by_notice ON raw (notice_id, seq) WHERE notice_id IS NOT NULL;
