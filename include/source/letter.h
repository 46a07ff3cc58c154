/*
 * Mail that comes in: what a machine may read of it. A bounce (RFC 3464) tells whom it is about and why; an
 * answer tells its first plain text. Strict ceilings, no guessing, nothing is ever executed.
 */
#ifndef SOURCE_LETTER_H
#define SOURCE_LETTER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum {
	LETTER_MAX = 1 << 20, /* bytes of a letter that is looked at */
	LETTER_FIELDS_MAX = 500,
	LETTER_PARTS_MAX = 50,
	LETTER_DEPTH_MAX = 4,
	LETTER_TEXT_MAX = 64 << 10, /* of its text */
};

struct letter {
	struct str recipients; /* of every field that names one, a blank between them */
	struct str text;       /* the first plain text, UTF-8; STR_NONE: there is none */
	bool automatic;        /* a robot's, a list's, or without a sender (RFC 3834): never to be obeyed */
	/* a delivery status notification: the first recipient that failed for good */
	bool failed;
	struct str failed_address, status, diagnostic; /* "5.1.1"; STR_NONE where not said */
	struct str original_id; /* Message-ID of the letter that is returned, without angle brackets */
};

/* Texts in `arena`. ERROR_INPUT: no letter (no field at all); ERROR_LIMIT: over a ceiling. */
int letter_parse(struct str bytes, struct arena *arena, struct letter *ret, struct error *err) MUST_CHECK;

#endif
