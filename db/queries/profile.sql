-- query: profile_stamp
-- What decides whether a profile is new, changed, or the same.
SELECT version, content_hash FROM profile WHERE id = :id;

-- query: profile_insert
-- A profile that was not here.
INSERT INTO profile (id, version, confirmed, cadence, timezone, language, services, supplies, works,
	value_min, value_max, effort_days, created, updated, content_hash, name, siren, email, description)
VALUES (:id, 1, :confirmed, :cadence, :timezone, :language, :services, :supplies, :works,
	:value_min, :value_max, :effort_days, :now, :now, :content_hash, :name, :siren, :email, :description);

-- query: profile_update
-- A profile that was here has changed: it waits to be matched again. Unsubscribed stays unsubscribed.
UPDATE profile SET version = version + 1, confirmed = :confirmed, cadence = :cadence,
	timezone = :timezone, language = :language, services = :services, supplies = :supplies,
	works = :works, value_min = :value_min, value_max = :value_max, effort_days = :effort_days,
	updated = :now, content_hash = :content_hash, name = :name, siren = :siren, email = :email,
	description = :description, matched_version = NULL, matched_ruleset = NULL
WHERE id = :id;

-- query: profile_terms
-- The lists of a profile.
SELECT kind, text FROM profile_term WHERE profile = :profile ORDER BY kind, position;

-- query: profile_term_put
-- One element of a list.
INSERT INTO profile_term (profile, kind, position, text) VALUES (:profile, :kind, :position, :text);

-- query: profile_terms_delete
-- Before the lists of a changed profile are written anew.
DELETE FROM profile_term WHERE profile = :profile;

-- query: profile_mailing_put
-- When it wants to be written to.
INSERT INTO profile_mailing (profile, send_at, quiet, reminders) VALUES (:profile, :send_at, :quiet, :reminders)
ON CONFLICT (profile) DO UPDATE SET send_at = excluded.send_at, quiet = excluded.quiet,
	reminders = excluded.reminders;

-- query: profile_mailing_delete
-- As everybody.
DELETE FROM profile_mailing WHERE profile = :profile;

-- query: profile_find
-- One profile without its lists.
SELECT p.id, p.confirmed, p.cadence, p.timezone, p.language, p.services, p.supplies, p.works, p.value_min,
	p.value_max, p.effort_days, p.name, p.siren, p.email, p.description, m.send_at, m.quiet, m.reminders
FROM profile AS p LEFT JOIN profile_mailing AS m ON m.profile = p.id WHERE p.id = :id;

-- query: profile_unsubscribed
-- Has it unsubscribed?
SELECT unsubscribed IS NOT NULL FROM profile WHERE id = :id;

-- query: profile_list
-- All of them, each with its state.
SELECT p.id, p.confirmed, p.cadence, p.timezone, p.language, p.services, p.supplies, p.works, p.value_min,
	p.value_max, p.effort_days, p.name, p.siren, p.email, p.description, m.send_at, m.quiet,
	m.reminders, p.version, coalesce(p.matched_version = p.version AND p.matched_ruleset = :ruleset, 0),
	p.unsubscribed IS NOT NULL,
	(SELECT max(d.composed) FROM digest AS d WHERE d.profile = p.id), p.created
FROM profile AS p LEFT JOIN profile_mailing AS m ON m.profile = p.id ORDER BY p.id;

-- query: profile_matched
-- This version was compared with every open notice under this ruleset.
UPDATE profile SET matched_version = :version, matched_ruleset = :ruleset
WHERE id = :id AND version = :version;

-- query: profile_unsubscribe
-- Nothing more is sent to its address, for other profiles neither: they came in one mail. The first time counts.
UPDATE profile SET unsubscribed = coalesce(unsubscribed, :now)
WHERE id = :id OR lower(email) = (SELECT lower(p.email) FROM profile AS p WHERE p.id = :id);

-- query: profile_delete
-- The profile with its lists and matches.
DELETE FROM profile WHERE id = :id;
