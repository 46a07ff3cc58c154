-- Messages beside the outbox: a change of state does not write them anew.

CREATE TABLE outbox_message (          -- what is sent
	outbox INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
	message BLOB NOT NULL              -- the whole message, CR LF
) STRICT;
INSERT INTO outbox_message (outbox, message) SELECT id, message FROM outbox;

-- The table made anew without them; no number is given twice.
CREATE TEMP TABLE kept AS SELECT id, digest, profile, state, attempts, doubtful, created, next_at, sent_at, lease,
	leased_at, sender, recipient, message_id, reply FROM outbox;
CREATE TEMP TABLE kept_number AS SELECT seq FROM sqlite_sequence WHERE name = 'outbox';
DROP TABLE outbox;

CREATE TABLE outbox (                  -- messages, whatever became of them
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	digest INTEGER REFERENCES digest (id), -- NULL: no digest
	profile TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('ready', 'claimed', 'handing', 'sent', 'retry', 'failed',
		'uncertain', 'suppressed', 'held')),
	attempts INTEGER NOT NULL,         -- claims so far
	doubtful INTEGER NOT NULL CHECK (doubtful IN (0, 1)), -- was uncertain once: no third time
	created INTEGER NOT NULL,          -- instant
	next_at INTEGER,                   -- instant it is due; NULL once it is at an end
	sent_at INTEGER,                   -- instant
	lease TEXT                         -- of the process that holds it
		CHECK ((lease IS NOT NULL) = (state IN ('claimed', 'handing'))),
	leased_at INTEGER,                 -- instant
	sender TEXT NOT NULL,              -- envelope
	recipient TEXT NOT NULL,           -- envelope
	message_id TEXT NOT NULL UNIQUE,   -- without angle brackets
	reply TEXT                         -- the relay's last words, or why it was suppressed
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state IN ('ready', 'retry', 'uncertain');
CREATE INDEX outbox_leased ON outbox (leased_at) WHERE leased_at IS NOT NULL;
CREATE INDEX outbox_unsent ON outbox (id) WHERE state <> 'sent';
CREATE INDEX outbox_by_digest ON outbox (digest);
CREATE INDEX outbox_by_profile ON outbox (profile);

INSERT INTO outbox SELECT * FROM temp.kept;
DELETE FROM sqlite_sequence WHERE name = 'outbox';
INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox', seq FROM temp.kept_number;
DROP TABLE temp.kept;
DROP TABLE temp.kept_number;
