-- Who won, for how much, how long contracts run, and texts in further languages.

CREATE TABLE notice_term (             -- how long a contract runs; no row: not said
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	lot INTEGER NOT NULL CHECK (lot >= 0), -- notice_lot.ordinal; 0: the notice itself
	length INTEGER CHECK (length > 0), -- in units
	unit TEXT CHECK (unit IN ('days', 'weeks', 'months', 'years', 'unlimited')),
	starts INTEGER,                    -- day
	ends INTEGER,                      -- day, the last
	renewals INTEGER CHECK (renewals >= 0), -- at most
	PRIMARY KEY (notice, lot)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_award (            -- what was decided, one contract a row
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	ordinal INTEGER NOT NULL CHECK (ordinal >= 1), -- place in the notice
	lot TEXT,                          -- BT-13713, notice_lot.id; NULL: the whole purchase
	outcome TEXT CHECK (outcome IN ('given', 'not-given', 'open')),
	contract TEXT,                     -- BT-150
	decided INTEGER,                   -- day
	concluded INTEGER,                 -- day
	tenders INTEGER CHECK (tenders >= 0), -- received for the lot
	value_cents INTEGER,
	value_currency TEXT CHECK (length(value_currency) BETWEEN 1 AND 3),
	ceiling_cents INTEGER,
	ceiling_currency TEXT CHECK (length(ceiling_currency) BETWEEN 1 AND 3),
	PRIMARY KEY (notice, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_winner (           -- who has that contract
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	award INTEGER NOT NULL,            -- notice_award.ordinal
	position INTEGER NOT NULL,
	name TEXT,
	id TEXT,                           -- SIRET or SIREN without blanks when it is one
	city TEXT,
	postcode TEXT,
	department TEXT,
	nuts TEXT,
	country TEXT,                      -- ISO 3166-1 alpha-2
	size TEXT CHECK (size IN ('micro', 'small', 'medium', 'sme', 'large')),
	PRIMARY KEY (notice, award, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_winner_by_id ON notice_winner (id) WHERE id IS NOT NULL;

CREATE TABLE notice_wording (          -- title and description in a further language
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	lot INTEGER NOT NULL CHECK (lot >= 0), -- notice_lot.ordinal; 0: the notice itself
	language TEXT NOT NULL,            -- ISO 639-1
	title TEXT,
	description TEXT,
	PRIMARY KEY (notice, lot, language)
) STRICT, WITHOUT ROWID;
