/* The secret of this instance, which every link without a log-in hangs on. */
#ifndef FLOW_INSTANCE_H
#define FLOW_INSTANCE_H

#include "gate/link.h"
#include "store/store.h"

/*
 * Reads the secret, or makes it the first time (in a transaction of its own, so none may be open).
 * `web_url`: instance.web_url, outlives `ret`; "" when there is no web interface. links_done() wipes.
 */
int instance_links(struct db *db, struct str web_url, struct links *ret, struct error *err) MUST_CHECK;
/* For who only reads. STORE_NONE: nobody has needed a secret yet, so nothing hangs on it. */
int instance_links_find(struct db *db, struct str web_url, struct links *ret, struct error *err) MUST_CHECK;

#endif
