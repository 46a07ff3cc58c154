-- query: ruleset_next
-- The number of the next ruleset.
SELECT coalesce(max(number), 0) + 1 FROM ruleset;

-- query: ruleset_deactivate
-- Makes room for another active one.
UPDATE ruleset SET active = 0 WHERE active = 1;

-- query: ruleset_insert
-- A new ruleset: a draft, until it is made the active one.
INSERT INTO ruleset (number, active, author, why, created, activated)
VALUES (:number, 0, :author, :why, :now, NULL);

-- query: ruleset_make_active
-- It is the active one from now on.
UPDATE ruleset SET active = 1, activated = :now WHERE number = :number;

-- query: ruleset_activation_put
-- Who did that, and why.
INSERT INTO ruleset_activation (ruleset, previous, action, author, why, flipped, at)
VALUES (:ruleset, :previous, :action, :author, :why, :flipped, :now);

-- query: ruleset_activations
-- Who made which the active one, when and why, in that order.
SELECT ruleset, previous, action, author, why, flipped, at FROM ruleset_activation ORDER BY seq;

-- query: ruleset_before
-- The one that was active before the present one was.
SELECT previous FROM ruleset_activation
WHERE ruleset = (SELECT number FROM ruleset WHERE active = 1) AND previous IS NOT NULL
	AND previous <> ruleset
ORDER BY seq DESC LIMIT 1;

-- query: ruleset_file_put
-- One of its files.
INSERT INTO ruleset_file (ruleset, name, text) VALUES (:ruleset, :name, :text);

-- query: ruleset_active
-- The number of the active one.
SELECT number FROM ruleset WHERE active = 1;

-- query: ruleset_files
-- The files of one.
SELECT name, text FROM ruleset_file WHERE ruleset = :ruleset ORDER BY name;

-- query: ruleset_list
-- All of them, oldest first.
SELECT number, author, why, created, activated FROM ruleset ORDER BY number;

-- query: rule_overspent_put
-- A pattern of the rule overspent its budget on this notice.
INSERT INTO rule_overspent (ruleset, rule, notice, since, last, times)
VALUES (:ruleset, :rule, :notice, :now, :now, 1)
ON CONFLICT (ruleset, rule) DO UPDATE SET notice = excluded.notice, last = excluded.last, times = times + 1;

-- query: rule_overspent_list
-- Those of a ruleset, in order of name.
SELECT rule, notice, since, last, times FROM rule_overspent WHERE ruleset = :ruleset ORDER BY rule;
