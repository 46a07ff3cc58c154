-- query: match_due
-- Is there a notice or a profile that this ruleset has not compared, as it is now? What is closed keeps the
-- matches of the ruleset it was compared under.
SELECT EXISTS (SELECT 1 FROM notice AS n WHERE n.matched_ruleset IS NULL OR n.matched_version <> n.version
		OR (n.matched_ruleset <> :ruleset
			AND (n.kind NOT IN ('direct-award', 'result', 'cancellation')
				AND n.stage NOT IN ('direct-award', 'result', 'cancellation', 'registration')
				AND (n.deadline_at >= :rematch_at
					OR (n.deadline_at IS NULL AND n.published >= :rematch_since)))))
	OR EXISTS (SELECT 1 FROM profile AS p WHERE p.matched_ruleset IS NULL OR p.matched_ruleset <> :ruleset
		OR p.matched_version <> p.version);

-- query: match_find
-- What is stored for this pair.
SELECT state, score, threshold, lot, ruleset FROM match_pair
WHERE profile = :profile AND notice = :notice;

-- query: match_insert
-- The pair matches for the first time. No such profile: no row.
INSERT INTO match_pair (profile, notice, state, score, threshold, lot, notice_version, profile_version,
	ruleset, checked, first_matched, updated)
SELECT id, :notice, 'current', :score, :threshold, :lot, :notice_version, version, :ruleset, :now, :now,
	:now
FROM profile WHERE id = :profile;

-- query: match_update
-- The pair matches otherwise than before, or again.
UPDATE match_pair SET state = 'current', score = :score, threshold = :threshold, lot = :lot,
	notice_version = :notice_version,
	profile_version = (SELECT p.version FROM profile AS p WHERE p.id = :profile),
	ruleset = :ruleset, checked = :now, updated = :now
WHERE profile = :profile AND notice = :notice;

-- query: match_touch
-- The pair still matches, exactly as before.
UPDATE match_pair SET notice_version = :notice_version,
	profile_version = (SELECT p.version FROM profile AS p WHERE p.id = :profile),
	checked = :now
WHERE profile = :profile AND notice = :notice;

-- query: match_end_stale
-- Pairs of this notice (and profile) that were not found again, now and from what is stored now.
UPDATE match_pair SET state = 'ended', updated = :now
WHERE notice = :notice AND state = 'current' AND (:profile IS NULL OR profile = :profile)
	AND (checked < :now OR ruleset <> :ruleset
		OR notice_version <> (SELECT n.version FROM notice AS n WHERE n.id = :notice)
		OR profile_version <> (SELECT p.version FROM profile AS p WHERE p.id = match_pair.profile));

-- query: match_end_stale_profile
-- Pairs of this profile that were not found again. Those with notices that are closed by now were not looked
-- for: they keep the ruleset that made them, as long as the profile is what it was.
UPDATE match_pair SET state = 'ended', updated = :now
WHERE profile = :profile AND state = 'current'
	AND (profile_version <> (SELECT p.version FROM profile AS p WHERE p.id = :profile)
		OR EXISTS (SELECT 1 FROM notice AS n WHERE n.id = match_pair.notice
			AND (match_pair.checked < :now OR match_pair.ruleset <> :ruleset
				OR match_pair.notice_version <> n.version)
			AND (n.kind NOT IN ('direct-award', 'result', 'cancellation')
				AND n.stage NOT IN ('direct-award', 'result', 'cancellation', 'registration')
				AND (n.deadline_at >= :rematch_at
					OR (n.deadline_at IS NULL AND n.published >= :rematch_since)))));

-- query: match_reasons
-- The reasons of a pair, most points first.
SELECT rule, points, field, span_start, span_end, text FROM match_reason
WHERE profile = :profile AND notice = :notice ORDER BY position;

-- query: match_reason_put
-- One of them.
INSERT INTO match_reason (profile, notice, position, rule, points, field, span_start, span_end, text)
VALUES (:profile, :notice, :position, :rule, :points, :field, :span_start, :span_end, :text);

-- query: match_reasons_delete
-- Before the reasons of a pair are written anew.
DELETE FROM match_reason WHERE profile = :profile AND notice = :notice;

-- query: match_next_profile
-- The next profile that has a current match.
SELECT profile FROM match_pair WHERE profile > :after AND state = 'current' ORDER BY profile LIMIT 1;

-- query: match_list
-- Current matches of a profile, best first.
SELECT profile, notice, notice_version, lot, score, threshold, ruleset, first_matched FROM match_pair
WHERE profile = :profile AND state = 'current' AND (:notice IS NULL OR notice = :notice)
	AND (:since IS NULL OR first_matched >= :since)
ORDER BY score DESC, notice;

-- query: match_list_notice
-- Current matches of a notice.
SELECT profile, notice, notice_version, lot, score, threshold, ruleset, first_matched FROM match_pair
WHERE notice = :notice AND state = 'current' AND (:since IS NULL OR first_matched >= :since)
ORDER BY profile;

-- query: match_stale
-- Was the pair matched with another version of the profile, or of the notice, than the present one?
SELECT m.profile_version <> p.version, m.notice_version <> n.version
FROM match_pair AS m JOIN profile AS p ON p.id = m.profile JOIN notice AS n ON n.id = m.notice
WHERE m.profile = :profile AND m.notice = :notice;
