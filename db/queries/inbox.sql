-- query: inbox_token_put
-- What comes back to this token is about this message.
INSERT INTO mail_token (token, outbox) VALUES (:token, :outbox);

-- query: inbox_card_put
-- A card with its number.
INSERT INTO mail_card (outbox, number, profile, notice) VALUES (:outbox, :number, :profile, :notice);

-- query: inbox_find
-- The message that an answer or a bounce is about, by its token or by its own id.
SELECT o.id, o.profile, o.recipient, coalesce(p.language, 'fr'), (SELECT count(*) FROM mail_card AS c WHERE c.outbox = o.id)
FROM outbox AS o LEFT JOIN profile AS p ON p.id = o.profile
WHERE (:token IS NOT NULL AND o.id = (SELECT t.outbox FROM mail_token AS t WHERE t.token = :token))
	OR (:message_id IS NOT NULL AND o.message_id = :message_id);

-- query: inbox_card
-- Which purchase a number means.
SELECT profile, notice FROM mail_card WHERE outbox = :outbox AND number = :number;

-- query: inbox_later
-- Told once more, in the next digest.
DELETE FROM digest_item WHERE profile = :profile AND notice = :notice;

-- query: inbox_bounce_put
-- A refusal; the same told twice is one.
INSERT INTO bounce (address, at, status) VALUES (:address, :at, :status)
ON CONFLICT (address, at, status) DO NOTHING;

-- query: inbox_bounces
-- How many since.
SELECT count(*) FROM bounce WHERE address = :address AND at >= :since;

-- query: inbox_bounces_forget
-- Those that count no more.
DELETE FROM bounce WHERE at < :before;
