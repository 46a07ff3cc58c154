-- One mail a person, when the person wants it; reminders of deadlines.

CREATE TABLE profile_mailing (         -- when it wants to be written to, where that is not the usual
	profile TEXT NOT NULL PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
	send_at INTEGER CHECK (send_at BETWEEN 0 AND 1439), -- minute of the day in its zone; NULL: the instance's
	quiet TEXT,                        -- "weekends holidays 2026-12-24/2027-01-02"; NULL: no day
	reminders TEXT                     -- days before a deadline, "7 2"; '' none; NULL: the usual
) STRICT, WITHOUT ROWID;

CREATE TABLE digest_lead (             -- a digest that the message of another one tells: one mail a person
	digest INTEGER PRIMARY KEY REFERENCES digest (id) ON DELETE CASCADE,
	lead INTEGER NOT NULL REFERENCES digest (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX digest_lead_by_lead ON digest_lead (lead);

CREATE TABLE reminder (                -- a deadline that a profile was reminded of
	profile TEXT NOT NULL,
	notice TEXT NOT NULL REFERENCES notice (id),
	deadline_at INTEGER NOT NULL,      -- instant: one that moved is another one
	days INTEGER NOT NULL,             -- calendar days before it
	digest INTEGER NOT NULL REFERENCES digest (id) ON DELETE CASCADE,
	PRIMARY KEY (profile, notice, deadline_at, days)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_by_digest ON reminder (digest);

-- What a day of composing asks first: to whom anything can have happened.
CREATE INDEX digest_item_by_notice ON digest_item (notice, profile);
CREATE INDEX digest_item_by_deadline ON digest_item (deadline_at, profile) WHERE shown = 1;
CREATE INDEX notice_by_update ON notice (updated, kind);
CREATE INDEX notice_by_deadline ON notice (deadline_at) WHERE deadline_at IS NOT NULL;
CREATE INDEX match_pair_current ON match_pair (profile, score DESC, notice) WHERE state = 'current';
