-- What was done with a requirement, and drafts of requirements.

CREATE TABLE requirement_event (       -- what was done with a requirement
	id INTEGER PRIMARY KEY,            -- oldest first
	notice TEXT NOT NULL REFERENCES notice (id),
	at INTEGER NOT NULL,               -- instant
	action TEXT NOT NULL CHECK (action IN ('draft', 'registered', 'changed', 'published', 'closed')),
	author TEXT NOT NULL,              -- who ran the command
	what TEXT                          -- of a change: "title, places"
) STRICT;
CREATE INDEX requirement_event_by_notice ON requirement_event (notice, id);

-- Those that were here before: by whom is not known, nor when they were closed.
INSERT INTO requirement_event (notice, at, action, author)
SELECT r.notice, n.first_stored, 'registered', 'unknown' FROM requirement AS r JOIN notice AS n ON n.id = r.notice;
INSERT INTO requirement_event (notice, at, action, author)
SELECT r.notice, n.updated, 'closed', 'unknown' FROM requirement AS r JOIN notice AS n ON n.id = r.notice
WHERE r.closed = 1;
