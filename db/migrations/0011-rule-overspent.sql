-- Rules that a pattern suspended by taking too long, so that their administrator hears of it.

CREATE TABLE rule_overspent (
	ruleset INTEGER NOT NULL REFERENCES ruleset (number),
	rule TEXT NOT NULL,                -- its name
	notice TEXT NOT NULL,              -- id of the notice on which it happened last
	since INTEGER NOT NULL,            -- instant, first time
	last INTEGER NOT NULL,             -- instant, last time
	times INTEGER NOT NULL,            -- processes that suspended it
	PRIMARY KEY (ruleset, rule)
) STRICT, WITHOUT ROWID;
