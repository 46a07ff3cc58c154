-- What readers and administrators say of matches.

CREATE TABLE judgment (                -- a notice is relevant to a profile, or not: the last word on it
	profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
	notice TEXT NOT NULL REFERENCES notice (id),
	grade INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 2), -- 2 relevant, 1 adjacent, 0 not
	reason TEXT,                       -- one word, as the command line spells it; NULL: none given
	origin TEXT NOT NULL CHECK (origin IN ('reader', 'administrator', 'audit')),
	golden INTEGER NOT NULL CHECK (golden IN (0, 1)), -- no ruleset goes live that gets it wrong
	note TEXT,
	judged INTEGER NOT NULL,           -- instant
	PRIMARY KEY (profile, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX judgment_by_notice ON judgment (notice);
