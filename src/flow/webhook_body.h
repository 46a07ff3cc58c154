/* What a webhook is told of a notice. */
#ifndef FLOW_WEBHOOK_BODY_H
#define FLOW_WEBHOOK_BODY_H

#include "gate/link.h"
#include "render/digest.h"
#include "store/webhook.h"

struct webhook_about {
	const struct profile *profile;
	const struct rules *rules;
	const struct links *links;
	enum webhook_shape shape;
	int64_t now;
};
/* JSON, in `arena`. */
int webhook_body(const struct webhook_about *about, const struct digest_card *card, struct arena *arena,
	struct str *ret, struct error *err) MUST_CHECK;

#endif
