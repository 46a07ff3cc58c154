-- query: code_update
-- Another word for a code that has one. The same word: no row touched.
UPDATE code_label SET label = :label
WHERE list = :list AND code = :code AND language = :language AND label <> :label;

-- query: code_put
-- A word for a code that has none in this language.
INSERT INTO code_label (list, code, language, label) VALUES (:list, :code, :language, :label)
ON CONFLICT (list, code, language) DO NOTHING;

-- query: code_find
-- The word for a code: in this language, else in English, else in any.
SELECT label FROM code_label WHERE list = :list AND code = :code
ORDER BY language = :language DESC, language = 'en' DESC, language LIMIT 1;

-- query: code_counts
-- Which lists there are.
SELECT list, language, count(*) FROM code_label GROUP BY list, language ORDER BY list, language;
