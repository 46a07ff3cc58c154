/*
 * A judgment: what a person said of a notice and a profile, after reading. It is by subject: grade 2,
 * the start-up sells what the notice, a lot or a named substantial part buys; 1, adjacent or
 * uncertain; 0, not for it. Readers have two buttons, relevant (2) and not relevant (0), and for the
 * second one a reason in one word, so that a complaint about a place does not count against a rule.
 */
#ifndef TENDER_JUDGMENT_H
#define TENDER_JUDGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { JUDGMENT_GRADE_MAX = 2, JUDGMENT_NOTE_MAX = 500 }; /* bytes of the note */

/* Why not, or why so. About the subject, up to JUDGMENT_ADJACENT; the others are about gates. */
enum judgment_reason {
	JUDGMENT_NO_REASON,
	JUDGMENT_OTHER_TRADE,   /* "other-trade": autre métier */
	JUDGMENT_OTHER_MEANING, /* "other-meaning": a word with another meaning here */
	JUDGMENT_MINOR_PART,    /* "minor-part": only a small part of the purchase */
	JUDGMENT_ADJACENT,      /* "adjacent": close to the trade */
	JUDGMENT_PLACE,         /* "place": too far */
	JUDGMENT_AMOUNT,        /* "amount": too large or too small */
	JUDGMENT_DEADLINE,      /* "deadline": too late to answer */
	JUDGMENT_CONDITIONS,    /* "conditions": references, guarantees, certificates asked */
	JUDGMENT_KNOWN,         /* "known": knew of it already */
	JUDGMENT_REASONS
};
const char *judgment_reason_name(enum judgment_reason reason); /* "" for none */
bool judgment_reason_parse(struct str name, enum judgment_reason *ret); /* "" is none */
/* What a reader's button says, French or English. */
struct str judgment_reason_label(enum judgment_reason reason, bool english);

/* Who said so. */
enum judgment_origin {
	JUDGMENT_READER,        /* "reader": by the links of a digest or on the page */
	JUDGMENT_ADMINISTRATOR, /* "administrator": by hand or from a file */
	JUDGMENT_AUDIT,         /* "audit": asked for, drawn at random, also from below the threshold */
	JUDGMENT_ORIGINS
};
const char *judgment_origin_name(enum judgment_origin origin);
bool judgment_origin_parse(struct str name, enum judgment_origin *ret);

struct judgment {
	struct str profile, notice;
	int grade;                    /* 0 … JUDGMENT_GRADE_MAX */
	enum judgment_reason reason;
	enum judgment_origin origin;
	bool golden;                  /* a ruleset that gets it wrong does not go live without a reason */
	struct str note;              /* in the reader's words; STR_NONE */
	int64_t judged;               /* instant */
};

/*
 * Does it tell whether the subject fits? "Not relevant" for a place, an amount or a date does not:
 * rules are neither measured nor tuned by it.
 */
bool judgment_on_subject(const struct judgment *judgment);

#endif
