/*
 * The one scoring function: from the hits of a notice to the profiles they touch, and from a
 * profile's share of the hits to its receipt.
 */
#ifndef MATCH_SCORE_H
#define MATCH_SCORE_H

#include "fire.h"
#include "gate_table.h"
#include "match/matcher.h"
#include "shares.h"

/* One wish of a profile that the notice may meet. */
struct contribution {
	uint32_t ref;    /* term, or rule for WISH_FIELD */
	uint32_t label;  /* terms_label(); 0: none */
	int16_t points;  /* of the wish; percent for WISH_FIELD */
	uint8_t index;
	uint8_t wish;
	bool setting, trade; /* of a keyword: see struct profile_posting */
};

/* Fields in which the words of a profile are looked for. */
#define WISH_TEXT_FIELDS                                                                           \
	(1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | 1u << FIELD_SUBJECTS | 1u << FIELD_DESCRIPTION | \
		1u << FIELD_LOT_DESCRIPTION | 1u << FIELD_CRITERIA)

/* One that may match, and what it met: contributions[first, first + n). */
struct hopeful {
	uint32_t profile;
	size_t first, n;
};

/*
 * From hits to the profiles that may match, in two passes. The first adds up for each profile the most
 * that its wishes can give, in a byte, and marks those that may reach what is asked. The second collects what
 * only those met, and looks at it more closely; of those that are left then, the gates take some away.
 */
struct met;
struct lot_met;
struct gives;
struct heard;
struct outlook;
struct sign;
struct board {
	struct hopeful *hopeful; /* in order of profile */
	size_t n_hopeful;
	struct contribution *at; /* of the hopeful, one profile's after the other's */
	size_t capacity;
	size_t size;             /* profiles there are */

	/* see board.c */
	uint8_t *tallies;        /* by profile: sums of the first pass */
	const struct gives *gives; /* what a term gives, by where it stands */
	struct heard *heard;     /* terms that profiles wait for */
	size_t n_heard, heard_capacity;
	uint64_t *marks;         /* a bit for each profile: its tally suffices */
	uint32_t *words;         /* numbers of those marks that are not 0 */
	size_t n_words;
	uint32_t *ranks;         /* of 64 profiles each, some of them marked: how many are marked before them */
	struct outlook *outlooks; /* of those marked, in order */
	size_t n_marked;
	uint32_t *briefs;        /* who waits for the terms heard, one term's after the other's */
	uint32_t *picked;        /* places among them: of those marked */
	size_t briefs_capacity, picked_capacity;
	struct sign *signs;
	size_t n_signs, signs_capacity;

	/* scratch of the profile at hand */
	struct met *whole, *met, *best; /* by contribution: met in the notice itself, in the scope at hand … */
	size_t met_capacity;
	struct lot_met *lots;
	size_t n_lots, lots_capacity;
	points_t *room;    /* by field of activity: what its cap leaves */
};

struct rule_share { /* a profile that is told of what a rule finds */
	uint32_t profile;
	int16_t percent;
};
struct rule_shares {
	struct rule_share *at;
	size_t n, capacity;
};

struct scoring {
	const struct rules *rules;
	const struct profile *const *profiles;
	const struct said *said;
	const struct gate_table *gates;
	struct gate_visit *visit; /* NULL: the gates are not asked */
	const struct scan *scan;
	struct memo *memo;   /* of the scan, for words of titles */
	const struct firing *firing;
	const struct notice *notice;
	bool no_gates;       /* the nature is evidence then */
	struct arena *arena; /* receipts and their reasons */
	struct str joined[2]; /* subjects and CPV codes as receipts count their bytes; made when needed */
	bool wordless;        /* the notice has no texts: receipts repeat none of its words */
	bool unfiled;         /* its subjects, of which it has some, are not known */
	struct codes filed;   /* the divisions of its subjects, when … */
	bool filed_known;
	bool unheaded;        /* its title is not known: it speaks against nobody … */
	bool asks_head;       /* … but might have, or its subjects might */
	struct head_words head; /* of title and subjects, when … */
	bool head_known;
};

void board_init(struct board *board, size_t n_profiles, size_t n_fields);
void board_done(struct board *board);

/*
 * Spreads the hits and fired rules over the profiles that wait for them, and leaves the hopeful: those that
 * may reach `least` > 0 points and whose gates, where they are asked, are open.
 */
void board_fill(struct board *board, struct scoring *s, const struct rule_shares *shares, points_t least);
/* One profile instead, hopeful or not: it is the only one listed. */
void board_fill_one(struct board *board, struct scoring *s, const struct rule_shares *shares,
	uint32_t profile);

/* The least score of a receipt that is wanted whatever it is. */
#define SCORE_ANY INT32_MIN

/*
 * The profile's score and reasons, in its best scope; GATE_EXCLUDED when an exclusion stands in the
 * way there, else GATE_PASSED. The receipt's threshold and ruleset are left to the caller. A scope that
 * cannot reach `least` is not looked at: when none can, *ret stays as it was.
 */
enum match_gate score_profile(struct scoring *s, struct board *board, const struct hopeful *hopeful,
	points_t least, struct receipt *ret);

#endif
