-- What matching sees of a notice stands in two places, so that a year of titles is read without the rest.

CREATE TABLE imprint_body (            -- the longer texts of an imprint, which are seldom asked for
	notice INTEGER PRIMARY KEY REFERENCES notice (seq) ON DELETE CASCADE,
	bytes BLOB NOT NULL
) STRICT;
