-- query: pending_put
-- Its address waits to be confirmed, from now.
INSERT INTO pending (profile, since) VALUES (:profile, :now)
ON CONFLICT (profile) DO UPDATE SET since = excluded.since;

-- query: pending_delete
-- It waits no longer.
DELETE FROM pending WHERE profile = :profile;

-- query: pending_next
-- One that has waited too long; confirmed otherwise, it waits for nothing.
SELECT p.profile FROM pending AS p JOIN profile AS q ON q.id = p.profile
WHERE p.since <= :before AND q.confirmed = 0 ORDER BY p.since, p.profile LIMIT 1;

-- query: profiles_by_email
-- Whose profiles are these?
SELECT id, confirmed FROM profile WHERE lower(email) = lower(:email) ORDER BY id LIMIT 20;

-- query: profile_resubscribe
-- It is sent digests again.
UPDATE profile SET unsubscribed = NULL
WHERE id = :profile OR lower(email) = (SELECT lower(p.email) FROM profile AS p WHERE p.id = :profile);

-- query: asking_put
-- A mail asks for a confirmation.
INSERT INTO asking (at, address, network) VALUES (:now, :address, :network);

-- query: asking_purge
-- Older ones count for nothing.
DELETE FROM asking WHERE at <= :before;

-- query: asking_count
-- How many there were since a moment: to this address, from this network, in all.
SELECT coalesce(sum(address = :address), 0), coalesce(sum(network = :network), 0), count(*)
FROM asking WHERE at > :since;

-- query: suppression_put
-- Nothing more goes to this address; the first reason stays.
INSERT INTO suppression (address, reason, since) VALUES (:address, :reason, :now)
ON CONFLICT (address) DO NOTHING;

-- query: suppression_find
-- Is it written to no more?
SELECT reason FROM suppression WHERE address = :address;

-- query: suppression_delete
-- Whoever reads there has asked to be written to again.
DELETE FROM suppression WHERE address = :address;

-- query: feed_generation
-- Which links of its feeds open.
SELECT generation FROM feed_link WHERE profile = :profile;

-- query: feed_renew
-- The links given so far open nothing any more.
INSERT INTO feed_link (profile, generation, renewed) VALUES (:profile, 2, :now)
ON CONFLICT (profile) DO UPDATE SET generation = generation + 1, renewed = excluded.renewed;

-- query: outbox_erase
-- Messages to somebody who asked to be forgotten, sent ones too; one being handed over right now is left
-- to who holds it.
DELETE FROM outbox WHERE profile = :profile AND lease IS NULL;
