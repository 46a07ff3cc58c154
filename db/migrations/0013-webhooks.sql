-- Webhooks: what fits a profile, told to a programme of its own.

CREATE TABLE webhook (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
	url TEXT NOT NULL,
	shape TEXT NOT NULL CHECK (shape IN ('standard', 'chat')), -- the specification's; Mattermost's and Slack's
	secret TEXT NOT NULL,              -- "whsec_…": signs what is sent
	created INTEGER NOT NULL,          -- instant: what matched before is not told
	wait_until INTEGER NOT NULL,       -- instant: after a failure nothing is tried before
	failing_since INTEGER,             -- instant; NULL: the last try went well
	disabled INTEGER,                  -- instant; NULL: it is on
	reason TEXT                        -- why it was disabled, or the last failure
) STRICT;
CREATE INDEX webhook_by_profile ON webhook (profile);

CREATE TABLE webhook_message (         -- a notice is told to a webhook once
	webhook INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
	notice TEXT NOT NULL REFERENCES notice (id),
	id TEXT NOT NULL UNIQUE,           -- webhook-id, the same at every try: who gets it twice can tell
	state TEXT NOT NULL CHECK (state IN ('ready', 'sent', 'failed')),
	attempts INTEGER NOT NULL,
	next_at INTEGER NOT NULL,          -- instant it is due, while ready
	created INTEGER NOT NULL,          -- instant
	ended INTEGER,                     -- instant it was sent or given up
	body TEXT NOT NULL,
	PRIMARY KEY (webhook, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_message_due ON webhook_message (next_at, webhook) WHERE state = 'ready';
