/*
 * A dossier: all notices of one purchase, from the first plan to the award, whoever published them.
 * Here stands when two notices are of one purchase although no id says so, what became of the
 * purchase, and what one notice changes in what another said. Pure; the store keeps the links.
 */
#ifndef TENDER_DOSSIER_H
#define TENDER_DOSSIER_H

#include "base/arena.h"
#include "base/date.h"
#include "tender/notice.h"

/* Why a notice is in its dossier, the surest first but for the last. */
enum dossier_link_kind {
	DOSSIER_PROCEDURE, /* same procedure id (BT-04, contractfolderid): 100 % */
	DOSSIER_CITATION,  /* one names the other (links): 95 % */
	DOSSIER_DEADLINE,  /* same buyer, same deadline, titles alike */
	DOSSIER_LIKENESS,  /* same buyer, titles much alike, stages that may follow one another */
	DOSSIER_HAND,      /* somebody said so: 100 % */
	DOSSIER_LINK_KINDS
};
const char *dossier_link_kind_name(enum dossier_link_kind kind); /* "procedure", "citation", … */
bool dossier_link_kind_parse(struct str name, enum dossier_link_kind *ret);
enum { DOSSIER_CITATION_CONFIDENCE = 95 };

/* likeness */

/*
 * Hashes of every run of five characters in the folded text, each once, in order: what two texts
 * have in common however their words are cut, spelled or ordered. Texts count up to
 * SHINGLES_BYTES_MAX bytes; a text of fewer than five characters is one shingle.
 */
enum { SHINGLES_BYTES_MAX = 1000 };
struct shingles {
	uint32_t *at;
	size_t n;
};
struct shingles shingles_of(struct str text, struct arena *arena);
int shingles_common(const struct shingles *a, const struct shingles *b); /* per cent of both: Jaccard */
int shingles_within(const struct shingles *a, const struct shingles *b); /* per cent of the smaller */

/* What linking looks at, made once for each notice. */
struct dossier_face {
	enum notice_kind kind, stage;
	struct str source, procedure_id;
	struct str siren;          /* STR_NONE: the buyer gave no valid SIRET or SIREN */
	day_t published;
	int64_t deadline_at;
	bool deadline_by_day;      /* its hour is not to be trusted */
	struct shingles title, buyer;
	struct shingles numbers;   /* one for each word of the title that has a digit */
};
/* Looks at source, kind, stage, procedure_id, title, buyer name and id, published, deadline. */
struct dossier_face dossier_face(const struct notice *notice, struct arena *arena);

/*
 * Are these two of one purchase? The confidence in per cent with the kind, 0 when nothing says so.
 * Two procedure ids that differ, two buyers, or numbers that differ ("lot 1", "lot 2"; "2025",
 * "2026") always say no. Symmetric.
 */
int dossier_judge(const struct dossier_face *a, const struct dossier_face *b,
	enum dossier_link_kind *ret_kind);

/*
 * What stands beside a notice's key (dossier_keys) so that most others of its buyer are told apart without
 * a look at them: a face whose title is SKETCH_BITS bits, one set for each shingle.
 */
enum { SKETCH_BITS = 256 };
struct dossier_sketch {
	enum notice_kind kind, stage;
	struct str source;
	bool has_procedure; /* a procedure id */
	day_t published;
	int64_t deadline_at;
	bool deadline_by_day;
	size_t shingles; /* of the title */
	unsigned char bits[SKETCH_BITS / 8];
};
/* `title` is shingles_of() its title. */
struct dossier_sketch dossier_sketch(const struct notice *notice, const struct shingles *title);
/* How many shingles of a title may be in the sketched one: never fewer than there are. */
size_t dossier_sketch_common(const struct dossier_sketch *sketch, const struct shingles *title);
/*
 * As bytes, without the day, which stands in the row anyhow; and back. False: not of this version of the
 * form, and the notice itself must be looked at. `ret` points into the bytes.
 */
struct str dossier_sketch_pack(const struct dossier_sketch *sketch, struct arena *arena);
bool dossier_sketch_unpack(struct str bytes, day_t published, struct dossier_sketch *ret);
/*
 * Is it worth asking dossier_judge()? False: it would say no, or that their procedure ids, which both
 * have, tell it all. `title` is that of the first one.
 */
bool dossier_conceivable(const struct dossier_sketch *a, const struct shingles *title,
	const struct dossier_sketch *b);

/*
 * Can these not be of one purchase, although they carry the same procedure id? Another buyer and another
 * title: converters and drafts fill in an id of their own making, the same for all. Looks at title,
 * buyer name and id.
 */
bool dossier_strangers(const struct notice *a, const struct notice *b, struct arena *arena);

/*
 * By what a buyer's other notices are found: its SIREN, and its name, folded ("ville de lyon"). Either may
 * be STR_NONE; of requirements and registrations both are. Two of one purchase have one in common.
 */
enum { DOSSIER_SPAN_DAYS = 730 };
struct dossier_keys {
	struct str siren, name;
};
struct dossier_keys dossier_keys(const struct notice *notice, struct arena *arena);

/* the story */

enum dossier_state {
	DOSSIER_PLANNED,   /* only plans so far */
	DOSSIER_OPEN,      /* a call whose deadline is not past, or is not known */
	DOSSIER_CLOSED,    /* its deadline is past, no result yet */
	DOSSIER_AWARDED,   /* a result was published */
	DOSSIER_UNSUCCESSFUL, /* it says that nobody won any lot */
	DOSSIER_CANCELLED,
};
const char *dossier_state_name(enum dossier_state state);

struct dossier_story {
	enum dossier_state state;
	struct deadline deadline;   /* the latest word on it */
	day_t awarded;              /* day of the last result; DAY_NONE */
	struct money amount;        /* awarded, else the newest known; MONEY_INIT */
	enum value_kind amount_kind;
};
/* In the order of publication: plans first on the same day, then by id. */
void dossier_sort(struct notice *notices, size_t n);
/* Of sorted notices. */
struct dossier_story dossier_story(const struct notice *notices, size_t n, int64_t now);
/* Who won what, for how much and for how long: one for each contract of the newest result of each lot. */
struct dossier_award {
	struct str lot;               /* STR_NONE: the whole purchase */
	const struct notice *result;  /* the notice that says so */
	const struct award *award;    /* in it */
	day_t from;                   /* concluded, else decided, else the day the result was published */
	struct term term;             /* of the result; what it does not say, of the newest notice before */
	day_t over, over_renewed;     /* term_over(), term_over_renewed(); DAY_NONE: not known, without end */
};
/* Of sorted notices, by lot in the order of the notices. They point into the notices. */
void dossier_awards(const struct notice *notices, size_t n, struct arena *arena,
	struct dossier_award **ret, size_t *ret_n);

/*
 * When the same need will likely be put out again: from RENEWAL_LEAD_DAYS before the first contract is
 * over, as buyers need that long to prepare, to the day the last one is over with all its renewals.
 */
enum { RENEWAL_LEAD_DAYS = 270 };
struct renewal {
	day_t from, until; /* DAY_NONE: no contract with an end */
};
struct renewal dossier_renewal(const struct dossier_award *awards, size_t n);

/*
 * The notice that number `i` is to be compared with: the latest one before it that it names, else
 * the latest before it from the same publisher, else the latest before it. SIZE_MAX for the first.
 */
size_t dossier_before(const struct notice *notices, size_t i);

/* differences */

struct difference {
	const char *field;        /* "deadline", "lot", "value", … as JSON names it */
	bool material;            /* who got the purchase must hear of it */
	struct str lot;           /* of which lot; STR_NONE: of the whole */
	struct str before, after; /* as text; STR_NONE: was not there, is not there */
};
struct differences {
	struct difference *at;
	size_t n, capacity;
};
/*
 * What `after` says otherwise than `before`, field by field, material ones first. Texts that differ
 * in case, accents or punctuation only are the same. What `after` does not speak of is no difference,
 * since corrections repeat only what they correct; but a lot missing from a list of lots is one.
 * A result is compared by its award alone.
 *
 * Material: cancellation, deadline, lots added or removed, amount, documents, conditions (criteria,
 * procedure, reservation).
 */
void dossier_compare(const struct notice *before, const struct notice *after, struct arena *arena,
	struct differences *ret);

#endif
