-- query: meta_find
-- A small value of the instance.
SELECT value FROM meta WHERE name = :name;

-- query: meta_put
-- Sets it.
INSERT INTO meta (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE meta.value <> excluded.value;
