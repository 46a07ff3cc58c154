-- Every time a ruleset became the active one.

CREATE TABLE ruleset_activation (
	seq INTEGER PRIMARY KEY,
	ruleset INTEGER NOT NULL REFERENCES ruleset (number),
	previous INTEGER REFERENCES ruleset (number), -- active until then; NULL: none was
	action TEXT NOT NULL CHECK (action IN ('activate', 'rollback')),
	author TEXT NOT NULL,
	why TEXT NOT NULL,
	flipped INTEGER NOT NULL,          -- golden cases it was known to get wrong that were right before
	at INTEGER NOT NULL                -- instant
) STRICT;

-- So far each ruleset was made the active one, once, in the order of the numbers.
INSERT INTO ruleset_activation (ruleset, previous, action, author, why, flipped, at)
SELECT r.number, (SELECT max(p.number) FROM ruleset AS p WHERE p.number < r.number), 'activate', r.author,
	r.why, 0, r.activated
FROM ruleset AS r WHERE r.activated IS NOT NULL ORDER BY r.number;
