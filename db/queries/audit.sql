-- query: audit_put
-- A new audit.
INSERT INTO audit (seed, ruleset, drawn) VALUES (:seed, :ruleset, :drawn) RETURNING number;

-- query: audit_last
-- The newest one.
SELECT max(number) FROM audit HAVING max(number) IS NOT NULL;

-- query: audit_stratum_put
-- How many pairs a stratum has.
INSERT INTO audit_stratum (audit, stratum, size) VALUES (:audit, :stratum, :size);

-- query: audit_pair_put
-- A pair that is to be judged.
INSERT INTO audit_pair (audit, profile, notice, stratum) VALUES (:audit, :profile, :notice, :stratum);

-- query: audit_pairs
-- The pairs of an audit, and what was said of them so far.
SELECT a.profile, a.notice, a.stratum, n.title, j.grade, j.reason
FROM audit_pair AS a JOIN notice AS n ON n.id = a.notice
LEFT JOIN judgment AS j ON j.profile = a.profile AND j.notice = a.notice
WHERE a.audit = :audit ORDER BY a.profile, a.notice;

-- query: audit_strata
-- Each stratum with its size.
SELECT stratum, size FROM audit_stratum WHERE audit = :audit ORDER BY stratum;
