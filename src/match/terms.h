/*
 * All terms of all rules and profiles, each once: phrases in a trie of symbols, patterns, CPV
 * branches; and who waits for each (postings). A term is a number from 1.
 */
#ifndef MATCH_TERMS_H
#define MATCH_TERMS_H

#include <stdint.h>

#include "base/table.h"
#include "lexicon.h"
#include "plain.h"
#include "tender/profile.h"
#include "trie.h"

/* What a profile's term is to it. */
enum wish {
	WISH_KEYWORD,     /* its own search words */
	WISH_PHRASE,      /* two neighbouring words of its description */
	WISH_WORD,        /* one word of its description */
	WISH_CPV,         /* a branch it asks for */
	WISH_CPV_BROADER, /* an ancestor of a branch it asks for */
	WISH_FIELD,       /* a field of activity: by rules, not by a term */
	WISH_EXCLUDE,
};

struct rule_posting {
	uint32_t rule;
	uint16_t line;
	uint16_t fields; /* bits of enum match_field: where the line looks */
};
_Static_assert(FIELDS <= 16, "a bit for each field");
struct profile_posting {
	uint32_t profile;
	uint32_t label; /* terms_label(); 0: the notice's own words tell it */
	int16_t points;
	uint8_t index; /* which of the profile's keywords, exclusions or branches; 0 for the others */
	uint8_t wish : 5;
	/* of a keyword */
	uint8_t gapped : 1;  /* the term is terms_gapped() of it */
	uint8_t setting : 1; /* it is but the setting of the trade (setting.h) */
	uint8_t trade : 1;   /* it says enough to be the name of one */
};
_Static_assert(PROFILE_TERMS_MAX <= UINT8_MAX + 1 && PROFILE_CODES_MAX <= UINT8_MAX + 1,
	"an index fits in a byte");

struct pattern {
	const struct regex *regex;
	const struct plain *plain; /* finds the same; NULL: not of that kind */
	uint32_t term;
	uint32_t rule;   /* one that uses it, for messages */
	uint16_t fields; /* where any rule wants it looked for */
	uint16_t reach;  /* bytes of its longest match with all it looks ahead to; at most REGEX_OVERLAP */
	bool raw;
	bool always;     /* no word calls for it: it must be run on every text */
	bool looks_on;   /* what stands far behind a match may matter: (?= (?! $ */
};
_Static_assert(sizeof(struct pattern) <= 32, "two to a cache line");

/*
 * A profile's posting for who only adds up: the profile; in the lowest seven bits its points, 0 for those
 * that count against it; and whether it may give more as the object of a title (query.h). A notice asks
 * for thousands of them, and for hardly any of them whole.
 */
enum { BRIEF_POINTS_MAX = 127, BRIEF_RISES = 128, TERMS_PROFILES_MAX = 1 << 24 };
static inline uint32_t brief_profile(uint32_t brief)
{
	return brief >> 8;
}
static inline points_t brief_points(uint32_t brief)
{
	return (points_t)(brief & BRIEF_POINTS_MAX);
}
static inline bool brief_rises(uint32_t brief)
{
	return (brief & BRIEF_RISES) != 0;
}

/* Who waits for the terms, as packed: postings of one term stand together. */
struct term_start {
	uint32_t rules, profiles; /* the next term's are where these end */
};
struct waiting {
	struct term_start *starts; /* by term */
	uint32_t count;            /* terms there were: no younger one may be asked for */
	const struct rule_posting *rules;
	const struct profile_posting *profiles;
	uint32_t *briefs;          /* of the profiles' postings */
};

/* Terms longer than this many content words are cut: nobody writes them by wish. */
enum { PHRASE_WORDS_MAX = 12 };

struct terms;

struct terms *terms_new(struct lexicon *lexicon);
void *terms_free(struct terms *terms);

/*
 * The term of these words; function words are left out, 0 when nothing is left. `ret_rarity`: the sum
 * of the rarities of its words.
 */
uint32_t terms_phrase(struct terms *terms, struct str text, bool exact, int *ret_rarity);
uint32_t terms_phrase_of(struct terms *terms, struct word *const *words, size_t n, bool exact, int *ret_rarity);
/*
 * The term of the same words in the same order, in one part of a title, where one or two others stand
 * between some of them: "maintenance des ascenseurs" in "maintenance préventive des ascenseurs".
 */
enum { GAP_WORDS = 2 };
uint32_t terms_gapped(struct terms *terms, uint32_t phrase);
uint32_t terms_pattern(struct terms *terms, const struct rule_term *term, unsigned fields, uint32_t rule);
uint32_t terms_cpv_below(struct terms *terms, struct str branch); /* hit by every code of the branch */
uint32_t terms_cpv_exact(struct terms *terms, struct str branch); /* hit by this branch's own code */

/* What reasons say of a wish, "keyword:irrigation", kept once for all who have it. */
uint32_t terms_make_label(struct terms *terms, const char *what, struct str text);
struct str terms_label(const struct terms *terms, uint32_t label);
void terms_fetch_label(const struct terms *terms, uint32_t label); /* announces it */

void terms_post_rule(struct terms *terms, uint32_t term, const struct rule_posting *posting);
void terms_post_profile(struct terms *terms, uint32_t term, const struct profile_posting *posting);

/* Finding */
uint32_t terms_count(const struct terms *terms); /* terms are 1..count */
const struct trie *terms_trie(const struct terms *terms); /* of phrases */
uint32_t terms_find_cpv(const struct terms *terms, struct str branch, bool exact); /* or 0 */
uint32_t terms_find_gapped(const struct terms *terms, uint32_t phrase); /* or 0 */
const struct pattern *terms_patterns(const struct terms *terms, size_t *ret_n);
/* The same without their number. */
const struct pattern *terms_patterns_at(const struct terms *terms);
/* Numbers of the patterns that must always be run. */
const uint32_t *terms_always(const struct terms *terms, size_t *ret_n);
const struct triggers *terms_triggers(const struct terms *terms);

/* To be called after a post, and before anything is asked: sorts by term who waits for each. */
void terms_pack(struct terms *terms);
/* The same after the last phrase: gives back what only packing needs. */
void terms_close(struct terms *terms);
const struct waiting *terms_waiting(const struct terms *terms);

static inline const struct rule_posting *waiting_rules(const struct waiting *waiting, uint32_t term,
	size_t *ret_n)
{
	const struct term_start *start = &waiting->starts[term];

	*ret_n = start[1].rules - start[0].rules;
	return &waiting->rules[start->rules];
}
static inline const struct profile_posting *waiting_profiles(const struct waiting *waiting, uint32_t term,
	size_t *ret_n)
{
	const struct term_start *start = &waiting->starts[term];

	*ret_n = start[1].profiles - start[0].profiles;
	return &waiting->profiles[start->profiles];
}
static inline const uint32_t *waiting_briefs(const struct waiting *waiting, uint32_t term, size_t *ret_n)
{
	const struct term_start *start = &waiting->starts[term];

	*ret_n = start[1].profiles - start[0].profiles;
	return &waiting->briefs[start->profiles];
}

/* Announces the briefs: several lines of memory, far away. */
static inline void waiting_fetch_briefs(const struct waiting *waiting, uint32_t term)
{
	const struct term_start *start = &waiting->starts[term];

	table_fetch(&waiting->briefs[start[0].profiles],
		(start[1].profiles - start[0].profiles) * sizeof(*waiting->briefs));
}

/* The same without the briefs, for who asks now and then. */
const struct rule_posting *terms_rules(const struct terms *terms, uint32_t term, size_t *ret_n);
const struct profile_posting *terms_profiles(const struct terms *terms, uint32_t term, size_t *ret_n);

#endif
