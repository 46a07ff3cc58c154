/*
 * What the slow matcher's files share: reference_hits.c finds, reference.c scores, reference_rules.c fires rules,
 * reference_titles.c reads words and titles.
 */
#ifndef TEST_MATCH_REFERENCE_PARTS_H
#define TEST_MATCH_REFERENCE_PARTS_H

#include "../../../src/match/scan.h"
#include "reference.h"

struct reference {
	const struct rules *rules;
	const struct notice *notice;
	struct arena *arena;
	struct ref_fired *fired; /* by rule and scope: what was worked out already */
};
/* A rule in a scope of the notice. */
struct ref_fired {
	bool known, holds;
	struct hit hit;
};
struct ref_fired *ref_fired_new(const struct reference *r);

struct ref_word {
	struct str text, stem;
	uint32_t start, end;
};
struct ref_words {
	struct ref_word *at;
	size_t n;
};
struct ref_hits {
	struct hit *at;
	size_t n, capacity;
};

bool ref_is_stop(const struct reference *r, struct str word);
int ref_rarity_of(const struct reference *r, struct str word);
struct str ref_stem_of(const struct reference *r, struct str word);
struct ref_words ref_words_of(const struct reference *r, struct str text);
bool ref_same_phrase(const struct ref_words *a, const struct ref_words *b);
/* Has the title, but for what is hit there, or a subject a word of the profile's keywords or description? */
bool ref_shares_word(const struct reference *r, const struct profile *profile, const struct hit *but);
/*
 * Percent of the words of the title, or of title and subjects, that are the profile's, each weighed by its rarity from 1
 * to 5; where `keyword` stands, it is the profile's however it is written.
 */
int ref_own_share(const struct reference *r, const struct profile *profile, bool subjects, const struct hit *keyword);

/*
 * Marks the hit by how the `n_words` that count, which begin at byte `start` of a title or subject, stand
 * there. A subject has no parts.
 */
void ref_stands(const struct reference *r, struct str text, uint32_t start, size_t n_words, struct hit *hit);

/* The bytes of its first match in the text, widened to whole words where it is run on folded text. */
bool ref_find_pattern(const struct reference *r, const struct rule_term *term, struct str text,
	uint32_t *start, uint32_t *end);

/* The words of the phrase in one part of a title, one or two others among them. */
bool ref_find_gapped(const struct reference *r, const struct ref_words *phrase, struct str text,
	uint32_t *start, uint32_t *end);

/* The first occurrence of a term of the line in each field of each scope; of patterns in all fields. */
struct ref_hits ref_term_hits(const struct reference *r, const struct rule_line *line, size_t i);
/* The words of a keyword or description; gapped: with others among them. */
struct ref_hits ref_find_text(const struct reference *r, struct str text, bool gapped);
struct ref_hits ref_find_cpv(const struct reference *r, struct str branch, bool own);
const struct hit *ref_best_of(const struct ref_hits *hits, unsigned fields, uint32_t scope);

/* What the rule gives in a scope: there, or in the notice as a whole, whichever is more. */
bool ref_rule_fires(const struct reference *r, const struct rule *rule, uint32_t scope,
	struct hit *ret_hit, points_t *ret_points);

#endif
