-- Consent: who has not confirmed yet, who is never written to, links that open nothing any more.

CREATE INDEX profile_by_email ON profile (lower(email)) WHERE email IS NOT NULL;

CREATE TABLE pending (                 -- a profile that waits for its address to be confirmed
	profile TEXT NOT NULL PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
	since INTEGER NOT NULL             -- instant; after seven days it is forgotten
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_by_since ON pending (since);

CREATE TABLE asking (                  -- mails of the last day that ask for a confirmation, to keep them few
	seq INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,               -- instant
	address TEXT NOT NULL,             -- keyed hash of the address that was written to
	network TEXT NOT NULL              -- keyed hash of the network that the request came from
) STRICT;
CREATE INDEX asking_by_at ON asking (at);

CREATE TABLE suppression (             -- addresses that get no digest, whatever a profile says
	address TEXT NOT NULL PRIMARY KEY, -- keyed hash; the address itself is nowhere
	reason TEXT NOT NULL CHECK (reason IN ('erased', 'bounced', 'complained', 'administrator')),
	since INTEGER NOT NULL             -- instant
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_link (               -- secret links of feeds; a profile without a row is at generation 1
	profile TEXT NOT NULL PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
	generation INTEGER NOT NULL CHECK (generation > 1), -- links of earlier ones open nothing
	renewed INTEGER NOT NULL           -- instant
) STRICT, WITHOUT ROWID;
