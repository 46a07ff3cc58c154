/*
 * Addresses of the web as settings and mails hold them: which ones are safe to send people to.
 */
#ifndef BASE_WEB_ADDRESS_H
#define BASE_WEB_ADDRESS_H

#include <stdbool.h>

#include "base/str.h"

/*
 * http://localhost, http://127.0.0.1 or http://[::1], with a port and a path or without: an instance that is
 * tried out on one machine, where nothing travels that TLS would hide.
 */
bool web_address_local(struct str url);

/* https://…, or local: a base that links of ours may start with. */
bool web_address_safe(struct str url);

#endif
