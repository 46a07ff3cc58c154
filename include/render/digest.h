/*
 * What a digest shows: from notices and receipts to subject, plain text and HTML, in French or
 * English. Dates in words and everything that needs a clock or a zone come in ready-made, since
 * render knows neither.
 */
#ifndef RENDER_DIGEST_H
#define RENDER_DIGEST_H

#include "base/arena.h"
#include "base/error.h"
#include "match/receipt.h"
#include "match/rules.h"
#include "tender/innovation.h"
#include "tender/notice.h"
#include "tender/profile.h"

/* RELIABILITY 4 and PRODUCT 3: seven by default, twenty at the very most. */
enum { DIGEST_CARDS_DEFAULT = 7, DIGEST_CARDS_MAX = 20, DIGEST_REASONS_SHOWN = 5 };

/* One of several profiles of a reader that a notice fits. */
struct digest_also {
	struct str name;
	points_t score;
};

/* What was corrected, of what the reader must hear (tender/dossier.h): deadlines in words. */
struct digest_change {
	const char *field;        /* "lot", "value", "documents_url", … */
	struct str lot;           /* STR_NONE: the whole */
	struct str before, after; /* STR_NONE: was not there, is not there */
};

/* Addresses for one card, STR_NONE when there is no web interface. */
struct digest_links {
	struct str explain, relevant, not_relevant;
};

struct digest_card {
	const struct notice *notice;
	const struct receipt *receipt; /* NULL: no reasons shown, for a cancellation that none fits */
	/* Whether it is to be checked is read from the certainty in the notice and the receipt's lot. */
	struct str deadline; /* "lundi 30 mars 2026 à 12:00 (heure de Paris)"; STR_NONE: none known */
	struct str deadline_reader; /* the same in the reader's zone when it differs; else STR_NONE */
	int working_days;          /* left; meaningful when deadline is given */
	bool uncounted;            /* days are not told: what shows it is read on another day */
	bool too_late;             /* fewer working days than the profile says it needs */
	bool update;               /* a change or cancellation of a purchase told before */
	struct str deadline_before; /* the deadline as it was told, or before a correction; STR_NONE */
	const struct digest_change *changes; /* the other things that were corrected */
	size_t n_changes;
	int reminder;              /* > 0: told before, and closes in so many calendar days */
	const struct digest_also *also; /* the reader's profiles that it fits, best first; when there are several */
	size_t n_also;
	struct str code_label;     /* what the CPV code of the receipt stands for; STR_NONE: not known */
	struct innovation innovation;
	struct digest_links links;
	struct str reply_to;       /* a requirement: the buyer's address; STR_NONE */
	struct str published;      /* "2 mars 2026" */
};

struct digest_coverage { /* one source since the last digest */
	struct str source;     /* as people know it: "BOAMP", "TED" */
	int64_t announced, stored; /* announced -1: unknown */
	struct str failing_since;  /* "21 novembre 2026", STR_NONE when it is not failing */
};

struct digest_page {
	const char *template;        /* "digest", or NULL for it; "why": one card as an answer, with all its reasons */
	const struct profile *profile; /* the reader's first: language, working days needed */
	struct str names;            /* of all that this mail is for: "A, B et C"; STR_NONE: the profile's */
	bool many;                   /* it is for several profiles */
	const struct rules *rules;   /* for the labels of rules */
	struct str day;              /* "24 novembre", for the subject; and the long form: */
	struct str day_long;         /* "mardi 24 novembre 2026" */
	const struct digest_card *cards; /* in the order to be shown within updates, reminders, new, too late */
	size_t n_cards;
	size_t n_more;               /* matches that wait for the next digest, those too late left out */
	size_t compared;             /* notices compared with the profile since the last digest */
	const struct digest_coverage *coverage;
	size_t n_coverage;
	struct str instance;         /* name of who runs it */
	struct str unsubscribe_url;  /* STR_NONE when there is no web address */
	struct str preferences_url;  /* STR_NONE when there is no web address */
	struct str calendar_url;     /* deadlines for a calendar programme; STR_NONE without a web address */
	struct str preferences_hint; /* without one: how to change what is sent, in the reader's language */
	struct str reply_hint;       /* how to answer by mail; STR_NONE: replies are not read */
};

struct digest_text {
	struct str subject, text, html;
};

/*
 * With no card and nothing more it is a heartbeat: how much was read, nothing for you. Updates come
 * first, then what is new, then what is too late; numbers run through. At most five reasons a card, the
 * others summed, so that the points shown add up to the score. When the HTML would pass 30,000 bytes,
 * titles and excerpts get shorter in both texts; when that is not enough, excerpts go and three reasons
 * stay.
 * Texts live in `arena`. ERROR_INPUT: the reasons of a receipt do not add up to its score.
 * ERROR_LIMIT: a text over MAIL_BODY_MAX.
 */
int digest_render(const struct digest_page *page, struct arena *arena, struct digest_text *ret,
	struct error *err) MUST_CHECK;

/* The number that card `i` of the page is shown with, from 1. */
int digest_card_number(const struct digest_page *page, size_t i);

#endif
