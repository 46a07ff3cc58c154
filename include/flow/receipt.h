/* A receipt as the JSON that PRODUCT holds fixed, for the command line, exports and webhooks. */
#ifndef FLOW_RECEIPT_H
#define FLOW_RECEIPT_H

#include "gate/json.h"
#include "match/receipt.h"

/* The object of `match --json`; with one more member when `key` is given. */
void receipt_to_json(const struct receipt *receipt, const char *key, struct str value,
	struct json_writer *w);

#endif
