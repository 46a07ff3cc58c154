-- What documents say that no reader has a place for: told when a publisher's form changes.

CREATE TABLE raw_unread (              -- parts of an item, as its last reading told them
	raw INTEGER NOT NULL REFERENCES raw (seq),
	path TEXT NOT NULL,                -- "DONNEES/ENCHERES": an element with its parent, "ID/@new", a key
	PRIMARY KEY (raw, path)
) STRICT, WITHOUT ROWID;
