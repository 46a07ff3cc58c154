/*
 * The one scoring function: from the hits of a notice to the profiles they touch, and from a
 * profile's share of the hits to its receipt.
 */
#ifndef MATCH_SCORE_H
#define MATCH_SCORE_H

#include "fire.h"
#include "gate_table.h"
#include "match/matcher.h"

/* One wish of a profile that the notice may meet. */
struct contribution {
	uint32_t ref;    /* term, or rule for WISH_FIELD */
	uint32_t next;   /* of the same profile, index + 1; 0: none */
	uint32_t label;  /* terms_label(); 0: none */
	int16_t points;  /* of the wish; percent for WISH_FIELD */
	uint8_t most;    /* that it can give here, */
	bool body;       /* in the body of the notice alone */
	uint8_t index;
	uint8_t wish;
	bool setting, trade; /* of a keyword: see struct profile_posting */
};

/* Fields in which the words of a profile are looked for. */
#define WISH_TEXT_FIELDS                                                                           \
	(1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | 1u << FIELD_SUBJECTS | 1u << FIELD_DESCRIPTION | \
		1u << FIELD_LOT_DESCRIPTION | 1u << FIELD_CRITERIA)

/*
 * From hits to the profiles that may match, in two passes. The first adds up for each profile the most
 * that its wishes can give, in a byte, and leaves those that may reach what is asked; the gates then take
 * some of them away. The second collects what only those that are left met, and looks at it more closely.
 */
struct met;
struct lot_met;
struct gives;
struct picked;
struct board {
	uint8_t *tallies;      /* by profile: sums, see board.c; all 0 between passes */
	const struct gives *gives; /* what a term gives, by where it stands */
	uint32_t *crossed;     /* profiles whose tally suffices; scratch */
	uint64_t *marks;       /* a bit for each profile: the hopeful */
	uint32_t *hopeful;     /* the same as a list, in order */
	size_t n_hopeful;
	size_t size;           /* profiles there are */

	struct contribution *at;
	size_t n, capacity;
	uint32_t *newest;      /* by profile, of the hopeful: contribution, index + 1 */
	struct picked *picked; /* scratch */
	size_t picked_capacity;

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
	const struct gate_table *gates;
	struct gate_visit *visit; /* NULL: the gates are not asked */
	const struct scan *scan;
	const struct firing *firing;
	const struct notice *notice;
	bool no_gates;       /* the nature is evidence then */
	struct arena *arena; /* receipts and their reasons */
	struct str joined[2]; /* subjects and CPV codes as receipts count their bytes; made when needed */
	bool wordless;        /* the notice has no texts: receipts repeat none of its words */
	struct codes filed;   /* the divisions of its subjects, when … */
	bool filed_known;
};

void board_init(struct board *board, size_t n_profiles, size_t n_fields);
void board_done(struct board *board);

/*
 * Spreads the hits and fired rules over the profiles that wait for them, and leaves the hopeful: those that
 * may reach `least` > 0 points and whose gates, where they are asked, are open.
 */
void board_fill(struct board *board, struct scoring *s, const struct rule_shares *shares, points_t least);
/* One profile instead, hopeful or not. */
void board_fill_one(struct board *board, struct scoring *s, const struct rule_shares *shares,
	uint32_t profile);

/* The least score of a receipt that is wanted whatever it is. */
#define SCORE_ANY INT32_MIN

/*
 * The profile's score and reasons, in its best scope; GATE_EXCLUDED when an exclusion stands in the
 * way there, else GATE_PASSED. The receipt's threshold and ruleset are left to the caller. A scope that
 * cannot reach `least` is not looked at: when none can, *ret stays as it was.
 */
enum match_gate score_profile(struct scoring *s, struct board *board, uint32_t profile, points_t least,
	struct receipt *ret);

#endif
