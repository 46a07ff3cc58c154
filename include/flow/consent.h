/*
 * Double opt-in: the mail that asks whether an address is right, through the outbox like every other
 * message, and the end of waiting. Other short mails that are no digest leave the same way.
 */
#ifndef FLOW_CONSENT_H
#define FLOW_CONSENT_H

#include "flow/digest.h"
#include "gate/link.h"

enum consent_mail {
	CONSENT_CONFIRM, /* is this address yours? */
	CONSENT_KNOWN,   /* somebody signed up with your address: here is your profile */
	CONSENT_WEBHOOK_OFF, /* your webhook failed too long and is disabled */
};

/*
 * Queues it, in the transaction that is open. ERROR_CONFIG: there is no web address (instance.web_url) that
 * its link could lead to.
 */
int consent_ask(struct db *db, const struct digest_settings *settings, const struct links *links,
	const struct profile *profile, enum consent_mail what, int64_t now, struct error *err) MUST_CHECK;

/* Forgets who has not confirmed in time, in a transaction of its own. */
int consent_purge(struct db *db, int64_t now, int64_t *ret_n, struct error *err) MUST_CHECK;

#endif
