-- What matching sees of each notice, kept so that a year can be matched again without reading it: the
-- words of its texts as numbers, and for each stem the notices it stands in. All of it can be made again
-- from the notices at any time.

CREATE TABLE imprint_pending (         -- notices whose imprint is missing or out of date
	notice INTEGER PRIMARY KEY REFERENCES notice (seq) ON DELETE CASCADE
) STRICT;
INSERT INTO imprint_pending (notice) SELECT seq FROM notice;

CREATE TABLE imprint (                 -- a notice without its texts (match/imprint.h)
	notice INTEGER PRIMARY KEY REFERENCES notice (seq) ON DELETE CASCADE,
	published INTEGER,                 -- day, as in notice
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE word_list (               -- the dictionary in the order it grew (match/dictionary.h)
	first INTEGER PRIMARY KEY,         -- number of its first word
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE segment (                 -- a batch of notices whose stems are listed together
	number INTEGER PRIMARY KEY,
	notices INTEGER NOT NULL           -- how many it was made of
) STRICT;

CREATE TABLE segment_block (           -- lists of neighbouring stems (match/segment.h)
	place INTEGER PRIMARY KEY,         -- segment * 2^32 + first stem
	bytes BLOB NOT NULL
) STRICT;
