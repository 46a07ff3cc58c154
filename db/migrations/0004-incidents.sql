-- Days that were not complete when they should have been, from their first failure to their end.

CREATE TABLE incident (                -- a gap: what a day announced and we did not have
	source TEXT NOT NULL REFERENCES source (name),
	day INTEGER NOT NULL,
	since INTEGER NOT NULL,            -- instant it was first seen
	attempts INTEGER NOT NULL,         -- to close it
	last INTEGER NOT NULL,             -- instant of the last of them
	ended INTEGER,                     -- instant it was closed; NULL: open
	error TEXT,                        -- the last one
	PRIMARY KEY (source, day, since)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incident_open ON incident (source, day) WHERE ended IS NULL;
