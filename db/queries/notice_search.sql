-- Lists of notices. Each gives places in arrival order only: the index notice_by_day answers nearly
-- all of it (of what it has not, a subquery asks, or SQLite would go through the rows: a test looks), and the rows are
-- read one by one afterwards. The three must filter alike (a test compares).
-- A parameter that is NULL does not restrict. Only the last condition, full text, is SQLite's own.

-- query: notice_list_arrival
-- In order of arrival. The + keeps SQLite from going through the rows themselves for the sake of it.
SELECT n.seq FROM notice AS n
WHERE (:open_at IS NULL
		OR (n.kind NOT IN ('direct-award', 'result', 'cancellation')
			AND n.stage NOT IN ('direct-award', 'result', 'cancellation', 'registration')
			AND (n.deadline_at BETWEEN :open_at AND :open_until OR (n.published >= :open_since
				AND (n.deadline_at IS NULL OR n.deadline_at > :open_until)))
			AND (n.kind <> 'requirement' OR NOT EXISTS (
				SELECT 1 FROM requirement AS r WHERE r.notice = n.id AND r.closed = 1))))
	AND (:since IS NULL OR n.published >= :since)
	AND (:until IS NULL OR n.published <= :until)
	AND (:stored_since IS NULL OR (SELECT s.first_stored FROM notice AS s WHERE s.seq = n.seq) >= :stored_since)
	AND (:source IS NULL OR n.source = :source)
	AND (:kind IS NULL OR n.kind = :kind)
	AND (:ruleset IS NULL OR n.matched_ruleset IS NULL OR n.matched_version <> n.version
		OR (n.matched_ruleset <> :ruleset AND (:rematch_at IS NULL
			OR (n.kind NOT IN ('direct-award', 'result', 'cancellation')
				AND n.stage NOT IN ('direct-award', 'result', 'cancellation', 'registration')
				AND (n.deadline_at >= :rematch_at
					OR (n.deadline_at IS NULL AND n.published >= :rematch_since))))))
	AND (:matched IS NULL OR (n.matched_ruleset = :matched AND n.matched_version = n.version))
	AND (:dossier IS NULL OR n.seq IN (SELECT d.seq FROM notice AS d WHERE d.dossier = :dossier))
	AND (:cpv_from IS NULL OR n.seq IN (SELECT c.notice FROM code_notice AS c
		WHERE c.kind = 'cpv' AND c.search BETWEEN :cpv_from AND :cpv_to
		UNION ALL SELECT c.notice FROM notice_code AS c
		WHERE c.notice > (SELECT s.notice FROM settled AS s)
			AND c.kind = 'cpv' AND c.search BETWEEN :cpv_from AND :cpv_to))
	AND (:place IS NULL OR n.seq IN (SELECT c.notice FROM code_notice AS c
		WHERE c.kind = 'place' AND (substr(c.search, 1, length(:place)) = :place
			OR substr(:place, 1, length(c.search)) = c.search)
		UNION ALL SELECT c.notice FROM notice_code AS c
		WHERE c.notice > (SELECT s.notice FROM settled AS s)
			AND c.kind = 'place' AND (substr(c.search, 1, length(:place)) = :place
				OR substr(:place, 1, length(c.search)) = c.search)))
	AND (:text IS NULL OR n.seq IN (SELECT rowid FROM notice_text WHERE notice_text MATCH :text))
	AND +n.seq > :after_seq
ORDER BY +n.seq LIMIT :limit;

-- query: notice_list_newest
-- The newest day first, then by id; what has no day comes last.
SELECT n.seq FROM notice AS n
WHERE (:open_at IS NULL
		OR (n.kind NOT IN ('direct-award', 'result', 'cancellation')
			AND n.stage NOT IN ('direct-award', 'result', 'cancellation', 'registration')
			AND (n.deadline_at BETWEEN :open_at AND :open_until OR (n.published >= :open_since
				AND (n.deadline_at IS NULL OR n.deadline_at > :open_until)))
			AND (n.kind <> 'requirement' OR NOT EXISTS (
				SELECT 1 FROM requirement AS r WHERE r.notice = n.id AND r.closed = 1))))
	AND (:since IS NULL OR n.published >= :since)
	AND (:until IS NULL OR n.published <= :until)
	AND (:stored_since IS NULL OR (SELECT s.first_stored FROM notice AS s WHERE s.seq = n.seq) >= :stored_since)
	AND (:source IS NULL OR n.source = :source)
	AND (:kind IS NULL OR n.kind = :kind)
	AND (:ruleset IS NULL OR n.matched_ruleset IS NULL OR n.matched_version <> n.version
		OR (n.matched_ruleset <> :ruleset AND (:rematch_at IS NULL
			OR (n.kind NOT IN ('direct-award', 'result', 'cancellation')
				AND n.stage NOT IN ('direct-award', 'result', 'cancellation', 'registration')
				AND (n.deadline_at >= :rematch_at
					OR (n.deadline_at IS NULL AND n.published >= :rematch_since))))))
	AND (:matched IS NULL OR (n.matched_ruleset = :matched AND n.matched_version = n.version))
	AND (:dossier IS NULL OR n.seq IN (SELECT d.seq FROM notice AS d WHERE d.dossier = :dossier))
	AND (:cpv_from IS NULL OR n.seq IN (SELECT c.notice FROM code_notice AS c
		WHERE c.kind = 'cpv' AND c.search BETWEEN :cpv_from AND :cpv_to
		UNION ALL SELECT c.notice FROM notice_code AS c
		WHERE c.notice > (SELECT s.notice FROM settled AS s)
			AND c.kind = 'cpv' AND c.search BETWEEN :cpv_from AND :cpv_to))
	AND (:place IS NULL OR n.seq IN (SELECT c.notice FROM code_notice AS c
		WHERE c.kind = 'place' AND (substr(c.search, 1, length(:place)) = :place
			OR substr(:place, 1, length(c.search)) = c.search)
		UNION ALL SELECT c.notice FROM notice_code AS c
		WHERE c.notice > (SELECT s.notice FROM settled AS s)
			AND c.kind = 'place' AND (substr(c.search, 1, length(:place)) = :place
				OR substr(:place, 1, length(c.search)) = c.search)))
	AND (:text IS NULL OR n.seq IN (SELECT rowid FROM notice_text WHERE notice_text MATCH :text))
	AND (:after_id IS NULL
		OR n.published < :after_day
		OR (n.published IS NULL AND :after_day IS NOT NULL)
		OR ((n.published = :after_day OR (n.published IS NULL AND :after_day IS NULL))
			AND n.id > :after_id))
ORDER BY n.published DESC NULLS LAST, n.id LIMIT :limit;

-- query: notice_list_key
-- Where a page of the list above goes on.
SELECT published, id FROM notice WHERE seq = :seq;

-- query: notice_count
-- How many there are.
SELECT count(*) FROM notice AS n
WHERE (:open_at IS NULL
		OR (n.kind NOT IN ('direct-award', 'result', 'cancellation')
			AND n.stage NOT IN ('direct-award', 'result', 'cancellation', 'registration')
			AND (n.deadline_at BETWEEN :open_at AND :open_until OR (n.published >= :open_since
				AND (n.deadline_at IS NULL OR n.deadline_at > :open_until)))
			AND (n.kind <> 'requirement' OR NOT EXISTS (
				SELECT 1 FROM requirement AS r WHERE r.notice = n.id AND r.closed = 1))))
	AND (:since IS NULL OR n.published >= :since)
	AND (:until IS NULL OR n.published <= :until)
	AND (:stored_since IS NULL OR (SELECT s.first_stored FROM notice AS s WHERE s.seq = n.seq) >= :stored_since)
	AND (:source IS NULL OR n.source = :source)
	AND (:kind IS NULL OR n.kind = :kind)
	AND (:ruleset IS NULL OR n.matched_ruleset IS NULL OR n.matched_version <> n.version
		OR (n.matched_ruleset <> :ruleset AND (:rematch_at IS NULL
			OR (n.kind NOT IN ('direct-award', 'result', 'cancellation')
				AND n.stage NOT IN ('direct-award', 'result', 'cancellation', 'registration')
				AND (n.deadline_at >= :rematch_at
					OR (n.deadline_at IS NULL AND n.published >= :rematch_since))))))
	AND (:matched IS NULL OR (n.matched_ruleset = :matched AND n.matched_version = n.version))
	AND (:dossier IS NULL OR n.seq IN (SELECT d.seq FROM notice AS d WHERE d.dossier = :dossier))
	AND (:cpv_from IS NULL OR n.seq IN (SELECT c.notice FROM code_notice AS c
		WHERE c.kind = 'cpv' AND c.search BETWEEN :cpv_from AND :cpv_to
		UNION ALL SELECT c.notice FROM notice_code AS c
		WHERE c.notice > (SELECT s.notice FROM settled AS s)
			AND c.kind = 'cpv' AND c.search BETWEEN :cpv_from AND :cpv_to))
	AND (:place IS NULL OR n.seq IN (SELECT c.notice FROM code_notice AS c
		WHERE c.kind = 'place' AND (substr(c.search, 1, length(:place)) = :place
			OR substr(:place, 1, length(c.search)) = c.search)
		UNION ALL SELECT c.notice FROM notice_code AS c
		WHERE c.notice > (SELECT s.notice FROM settled AS s)
			AND c.kind = 'place' AND (substr(c.search, 1, length(:place)) = :place
				OR substr(:place, 1, length(c.search)) = c.search)))
	AND (:text IS NULL OR n.seq IN (SELECT rowid FROM notice_text WHERE notice_text MATCH :text));

-- query: notice_first_day
-- The earliest day of publication in a range; notice_by_day knows it. NULL: none.
SELECT min(published) FROM notice WHERE published BETWEEN :since AND :until;
