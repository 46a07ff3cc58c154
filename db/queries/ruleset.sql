-- query: ruleset_next
-- The number of the next ruleset.
SELECT coalesce(max(number), 0) + 1 FROM ruleset;

-- query: ruleset_deactivate
-- Makes room for another active one.
UPDATE ruleset SET active = 0 WHERE active = 1;

-- query: ruleset_insert
-- A new ruleset, active.
INSERT INTO ruleset (number, active, author, why, created, activated)
VALUES (:number, 1, :author, :why, :now, :now);

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
