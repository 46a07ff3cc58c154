-- Mail that comes back: bounces, and answers to numbered cards.

CREATE TABLE mail_token (              -- what an answer or a bounce comes back to: local+TOKEN@domain
	token TEXT NOT NULL PRIMARY KEY,   -- 20 hexadecimal digits, keyed: nobody can guess one
	outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_token_by_outbox ON mail_token (outbox);

CREATE TABLE mail_card (               -- which card has which number in a message
	outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
	number INTEGER NOT NULL CHECK (number >= 1),
	profile TEXT NOT NULL,
	notice TEXT NOT NULL REFERENCES notice (id),
	PRIMARY KEY (outbox, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE bounce (                  -- permanent refusals that are no reason to give up at once
	address TEXT NOT NULL,             -- keyed hash
	at INTEGER NOT NULL,               -- instant
	status TEXT NOT NULL,              -- "5.2.2"
	PRIMARY KEY (address, at, status)
) STRICT, WITHOUT ROWID;

CREATE INDEX digest_by_composed ON digest (composed);
