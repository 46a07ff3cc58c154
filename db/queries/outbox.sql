-- query: outbox_put
-- A new message.
INSERT INTO outbox (digest, profile, state, attempts, doubtful, created, next_at, sender, recipient, message_id)
VALUES (:digest, :profile, 'ready', 0, 0, :created, :next_at, :sender, :recipient, :message_id)
RETURNING id;

-- query: outbox_message_put
-- What it says.
INSERT INTO outbox_message (outbox, message) VALUES (:outbox, :message);

-- query: outbox_message
-- The same.
SELECT message FROM outbox_message WHERE outbox = :outbox;

-- query: outbox_claim
-- The next message due becomes this process's.
UPDATE outbox SET state = 'claimed', lease = :lease, leased_at = :now, attempts = attempts + 1
WHERE id = (SELECT id FROM outbox
	WHERE state IN ('ready', 'retry', 'uncertain') AND next_at <= :now
	ORDER BY next_at, id LIMIT 1)
RETURNING id, digest, profile, state, attempts, created, next_at, sent_at, sender, recipient, message_id,
	reply;

-- query: outbox_due
-- How many are due, counted no further than :most.
SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state IN ('ready', 'retry', 'uncertain') AND next_at <= :now
	LIMIT :most) AS some;

-- query: outbox_overdue
-- Messages that have come to no end, and when the oldest of them was composed.
SELECT count(*), min(created) FROM outbox
WHERE state <> 'sent' AND state IN ('ready', 'claimed', 'handing', 'retry', 'uncertain') AND created <= :before;

-- query: outbox_lost
-- Digests that no message tells, of their own or of another one.
SELECT count(*) FROM digest AS d WHERE d.composed BETWEEN :since AND :before
	AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.digest = d.id)
	AND NOT EXISTS (SELECT 1 FROM digest_lead AS l JOIN outbox AS o ON o.digest = l.lead WHERE l.digest = d.id);

-- query: outbox_wanted
-- May it still be sent? To an address that the profile has, or another one that is told by the same digest; a
-- message of no profile is for who runs the instance.
SELECT o.profile = '' OR EXISTS (SELECT 1 FROM profile AS p WHERE p.id = o.profile AND lower(p.email) = lower(o.recipient)
		AND (o.digest IS NULL OR (p.confirmed = 1 AND p.unsubscribed IS NULL)))
	OR EXISTS (SELECT 1 FROM digest_lead AS l JOIN digest AS d ON d.id = l.digest JOIN profile AS p ON p.id = d.profile
		WHERE l.lead = o.digest AND lower(p.email) = lower(o.recipient)
		AND p.confirmed = 1 AND p.unsubscribed IS NULL)
FROM outbox AS o WHERE o.id = :id;

-- query: outbox_handing
-- Its body is about to be complete at the relay: from here on it may have been delivered.
UPDATE outbox SET state = 'handing', leased_at = :now
WHERE id = :id AND lease = :lease AND state = 'claimed';

-- query: outbox_end
-- What became of it. What is uncertain for the second time has failed: at most one copy.
UPDATE outbox SET
	state = CASE WHEN :state = 'uncertain' AND doubtful = 1 THEN 'failed' ELSE :state END,
	doubtful = CASE WHEN :state = 'uncertain' THEN 1 ELSE doubtful END,
	next_at = CASE WHEN :state = 'uncertain' AND doubtful = 1 THEN NULL ELSE :next_at END,
	sent_at = CASE WHEN :state = 'sent' THEN :now ELSE sent_at END,
	reply = :reply, lease = NULL, leased_at = NULL
WHERE id = :id AND lease = :lease AND state IN ('claimed', 'handing');

-- query: outbox_recover_claimed
-- Claimed by a process that is gone: certainly not delivered.
UPDATE outbox SET state = 'ready', lease = NULL, leased_at = NULL, next_at = :now
WHERE state = 'claimed' AND leased_at <= :older_than;

-- query: outbox_recover_failed
-- May have been delivered by a process that is gone, and was sent anew after such a doubt before.
UPDATE outbox SET state = 'failed', lease = NULL, leased_at = NULL, next_at = NULL,
	reply = 'interrupted twice while the relay took it'
WHERE state = 'handing' AND leased_at <= :older_than AND doubtful = 1;

-- query: outbox_recover_handing
-- May have been delivered by a process that is gone: once more, later.
UPDATE outbox SET state = 'uncertain', doubtful = 1, lease = NULL, leased_at = NULL, next_at = :next_at,
	reply = 'interrupted while the relay took it'
WHERE state = 'handing' AND leased_at <= :older_than;

-- query: outbox_hold
-- Kept back by hand.
UPDATE outbox SET state = 'held', next_at = NULL WHERE id = :id AND state IN ('ready', 'retry');

-- query: outbox_release
-- Let go by hand, or tried anew: earlier doubts are settled by whoever does it.
UPDATE outbox SET state = 'ready', next_at = :now, doubtful = 0
WHERE id = :id AND state IN ('held', 'failed');

-- query: outbox_recipient
-- To whom it goes.
SELECT recipient FROM outbox WHERE id = :id;

-- query: outbox_next
-- The next message of a list, sent ones only when asked for.
SELECT id, digest, profile, state, attempts, created, next_at, sent_at, sender, recipient, message_id, reply
FROM outbox WHERE id > :after AND (:sent_too = 1 OR state <> 'sent')
ORDER BY id LIMIT 1;

-- query: outbox_forget
-- What a deleted profile had not been sent yet.
DELETE FROM outbox WHERE profile = :profile AND state IN ('ready', 'claimed', 'retry', 'held');

-- query: outbox_forget_uncertain
-- What a deleted profile may have been sent is not sent again.
UPDATE outbox SET state = 'suppressed', next_at = NULL, reply = 'the profile was removed'
WHERE profile = :profile AND state = 'uncertain';
