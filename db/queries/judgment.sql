-- query: judgment_find
-- What was said of this pair.
SELECT profile, notice, grade, reason, origin, golden, note, judged FROM judgment
WHERE profile = :profile AND notice = :notice;

-- query: judgment_put
-- What somebody says of this pair, instead of what was said before. No such profile or notice: no row.
INSERT INTO judgment (profile, notice, grade, reason, origin, golden, note, judged)
SELECT p.id, n.id, :grade, :reason, :origin, :golden, :note, :judged
FROM profile AS p, notice AS n WHERE p.id = :profile AND n.id = :notice
ON CONFLICT (profile, notice) DO UPDATE SET grade = excluded.grade, reason = excluded.reason,
	origin = excluded.origin, golden = excluded.golden, note = excluded.note, judged = excluded.judged;

-- query: judgment_delete
-- It is taken back.
DELETE FROM judgment WHERE profile = :profile AND notice = :notice;

-- query: judgment_list
-- All, or those of a profile, of a notice, the golden ones.
SELECT profile, notice, grade, reason, origin, golden, note, judged FROM judgment
WHERE (:profile IS NULL OR profile = :profile) AND (:notice IS NULL OR notice = :notice)
	AND (:golden = 0 OR golden = 1)
ORDER BY profile, notice;
