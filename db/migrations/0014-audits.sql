-- Blind-spot audits: pairs drawn at random to be judged, also from below the threshold.

CREATE TABLE audit (
	number INTEGER PRIMARY KEY,
	seed INTEGER NOT NULL,
	ruleset INTEGER NOT NULL REFERENCES ruleset (number),
	drawn INTEGER NOT NULL             -- instant
) STRICT;

CREATE TABLE audit_stratum (           -- pairs of one range of scores
	audit INTEGER NOT NULL REFERENCES audit (number),
	stratum INTEGER NOT NULL,          -- 0: matches; then ever further below the threshold
	size INTEGER NOT NULL,             -- how many pairs it has
	PRIMARY KEY (audit, stratum)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_pair (              -- drawn to be judged
	audit INTEGER NOT NULL REFERENCES audit (number),
	profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
	notice TEXT NOT NULL REFERENCES notice (id),
	stratum INTEGER NOT NULL,
	PRIMARY KEY (audit, profile, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_pair_by_profile ON audit_pair (profile);
