/*
 * Webhooks: what fits a profile, told to a programme of its own, by Standard Webhooks (webhook-id,
 * webhook-timestamp, webhook-signature) or as a line in a chat (Mattermost, Slack). Rows are written in
 * the same transaction as the decision, so nothing is lost and nothing is told under two ids.
 *
 * Tries: at once, then after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h. After the last, or when the
 * other side says 410 Gone, the webhook is disabled and the profile's address is told by mail.
 * Requests go only to public addresses (gate/http.h, guard_except); redirects are not followed.
 */
#ifndef FLOW_WEBHOOK_H
#define FLOW_WEBHOOK_H

#include "flow/digest.h"
#include "gate/link.h"

struct webhook_settings {
	const struct digest_settings *digest; /* for the mail that tells of a webhook's end */
	const struct links *links;
	const char *allowed_hosts; /* those that need not be public or https, parted by blanks; "" */
	const char *ca_file;       /* NULL: the system's */
	int timeout_s;
};
struct webhook_count {
	int64_t queued, sent, later, disabled;
};

/* Is the address one that would be tried? ERROR_INPUT tells why not. */
int webhook_check_url(struct str url, const char *allowed_hosts, struct error *err) MUST_CHECK;

/* Queues what is new, then tells what is due. Ends early when http_stop is set; another one at work: nothing. */
int webhook_send(struct db *db, const struct webhook_settings *settings, int64_t (*clock)(void *data),
	void *data, struct webhook_count *ret, struct error *err) MUST_CHECK;

#endif
