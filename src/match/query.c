#include "query.h"

#include "base/fold.h"
#include "spelling.h"

points_t query_cpv_points(struct str branch)
{
	static const points_t points[] = { 0, 0, 5, 20, 30, 40, 45, 45, 45 };

	return points[branch.len < LENGTH(points) ? branch.len : LENGTH(points) - 1];
}

points_t query_title_points(points_t points, bool setting, bool object, bool governed, bool filed)
{
	int rarity = points * RARITY_MAX / QUERY_KEYWORD;

	if (governed && !filed)
		return points * QUERY_GOVERNED / 100;
	if (setting)
		return points;
	if (rarity >= (filed ? QUERY_FILED_FROM : QUERY_OBJECT_FROM) && (filed || object))
		return QUERY_KEYWORD;
	if (rarity >= QUERY_FILED_FROM && object)
		return QUERY_OBJECT_COMMON;
	return points;
}

bool query_is_exact(struct str keyword)
{
	return str_starts(keyword, "=");
}

/* Terms this profile has posted, so that a word repeated in its description counts once. */
struct posted {
	size_t n;
	uint32_t terms[(1 + SPELLINGS_MAX) * PROFILE_TERMS_MAX + 2 * QUERY_DESCRIPTION_WORDS];
};

static bool posted_before(struct posted *posted, uint32_t term)
{
	for (size_t i = 0; i < posted->n; i++)
		if (posted->terms[i] == term)
			return true;
	if (posted->n < LENGTH(posted->terms))
		posted->terms[posted->n++] = term;
	return false;
}

static int at_most(int value, int max)
{
	return value < max ? value : max;
}

static bool is_single(struct str keyword)
{
	return str_find_char(keyword, ' ') == SIZE_MAX;
}

/* Does the keyword say enough to be the name of a trade? */
static bool is_trade(struct str keyword, int rarity)
{
	return rarity >= (is_single(keyword) ? QUERY_FILED_FROM : QUERY_SOLE_FROM);
}

/* A single word counts by its rarity; several words together are rarer than each alone. */
static points_t keyword_points(struct str keyword, int rarity)
{
	if (!is_single(keyword))
		rarity = rarity >= QUERY_PHRASE_FROM ? rarity + QUERY_PHRASE_BONUS : 2 * rarity;
	return QUERY_KEYWORD * at_most(rarity, RARITY_MAX) / RARITY_MAX;
}

/* What every step of posting a profile needs. */
struct poster {
	struct terms *terms;
	struct said *said;
	struct lexicon *lexicon;
	const struct profile *profile;
	uint32_t number; /* of the profile */
	struct posted *posted;
	struct arena *arena;
};

/* The terms of a keyword or exclusion: as it is written, and in the other ways to write it. */
struct written {
	uint32_t terms[1 + SPELLINGS_MAX]; /* the first may be 0: then there is none */
	size_t n;
	struct word **words; /* as it is written */
	size_t n_words;
	int rarity;      /* of the first */
	points_t points; /* of the one that proves least: it is no rarer for being written apart */
};

static struct written written_as(struct poster *p, struct str text)
{
	struct folded folded = fold(p->arena, text);
	struct written ret = { .n = 1, .words = lexicon_words(p->lexicon, &folded, p->arena), .n_words = folded.n_words };
	struct terms *terms = p->terms;
	struct str others[SPELLINGS_MAX];
	bool exact = query_is_exact(text);
	size_t n = exact ? 0 : spelling_others(&folded, p->arena, others);

	ret.terms[0] = terms_phrase_of(terms, ret.words, ret.n_words, exact, &ret.rarity);
	ret.points = keyword_points(text, ret.rarity);
	for (size_t i = 0; i < n; i++) {
		int rarity;

		ret.terms[ret.n++] = terms_phrase(terms, others[i], false, &rarity);
		ret.points = (points_t)at_most(ret.points, keyword_points(others[i], rarity));
	}
	return ret;
}

static void post_keyword(struct poster *p, const struct stated *stated, struct str keyword,
	struct profile_posting posting)
{
	struct terms *terms = p->terms;
	struct written written = written_as(p, keyword);

	said_add(p->said, written.words, written.n_words);
	posting.setting = stated_as_setting(stated, keyword);
	posting.trade = !posting.setting && is_trade(keyword, written.rarity);
	posting.points = (int16_t)(written.points * (posting.setting ? QUERY_SETTING : 100) / 100);
	if (written.terms[0] == 0 || posting.points == 0)
		return;
	posting.label = terms_make_label(terms, "keyword", keyword);
	for (size_t i = 0; i < written.n; i++) {
		posting.gapped = false;
		if (posted_before(p->posted, written.terms[i]))
			continue;
		terms_post_profile(terms, written.terms[i], &posting);
		posting.gapped = true;
		if (i == 0 && !is_single(keyword) && !query_is_exact(keyword))
			terms_post_profile(terms, terms_gapped(terms, written.terms[0]), &posting);
	}
}

static void post_keywords(struct poster *p)
{
	const struct codes *keywords = &p->profile->keywords;
	struct stated *stated = stated_new(p->lexicon, p->profile, p->arena);

	for (size_t i = 0; i < keywords->n; i++)
		post_keyword(p, stated, keywords->at[i], (struct profile_posting){ .profile = p->number,
			.index = (uint8_t)i, .wish = WISH_KEYWORD });
}

static void post_exclusions(struct poster *p)
{
	const struct codes *exclude = &p->profile->exclude;

	for (size_t i = 0; i < exclude->n; i++) {
		struct profile_posting posting = { .profile = p->number, .index = (uint8_t)i,
			.wish = WISH_EXCLUDE };
		struct written written = written_as(p, exclude->at[i]);

		if (written.terms[0] == 0)
			continue;
		posting.label = terms_make_label(p->terms, "exclude", exclude->at[i]);
		for (size_t j = 0; j < written.n; j++)
			terms_post_profile(p->terms, written.terms[j], &posting);
	}
}

static void post_cpv(struct poster *p)
{
	struct terms *terms = p->terms;

	for (size_t i = 0; i < p->profile->cpv.n; i++) {
		struct str branch = p->profile->cpv.at[i];
		struct profile_posting posting = { p->number, terms_make_label(terms, "cpv", branch),
			(int16_t)query_cpv_points(branch), (uint8_t)i, WISH_CPV, 0, 0, 0 };

		terms_post_profile(terms, terms_cpv_below(terms, branch), &posting);
		posting.wish = WISH_CPV_BROADER;
		posting.points = QUERY_CPV_BROADER;
		for (size_t len = 2; len < branch.len; len++)
			terms_post_profile(terms, terms_cpv_exact(terms, str_sub(branch, 0, len)), &posting);
	}
}

static void post_description_term(struct poster *p, struct str text, enum wish wish, points_t points)
{
	struct profile_posting posting = { .profile = p->number, .points = (int16_t)points, .wish = wish & 31 };
	int rarity;
	uint32_t term = terms_phrase(p->terms, text, false, &rarity);

	if (term != 0 && !posted_before(p->posted, term))
		terms_post_profile(p->terms, term, &posting);
}

static void post_description(struct poster *p)
{
	struct folded folded = fold(p->arena, str_clip(p->profile->description, PROFILE_TEXT_MAX));
	struct word **words = lexicon_words(p->lexicon, &folded, p->arena);
	struct str before = STR_NONE;
	int rarity_before = 0;
	size_t counted = 0;

	for (uint32_t i = 0; i < folded.n_words && counted < QUERY_DESCRIPTION_WORDS; i++) {
		struct str text = folded_word(&folded, i);
		const struct word *word = words[i];
		int pair = rarity_before + word->rarity, rarity = word->rarity;

		if (word->stop)
			continue;
		counted++;
		if (str_given(before) && pair >= QUERY_RARE_PAIR)
			post_description_term(p, str_n(before.ptr, (size_t)(text.ptr + text.len - before.ptr)),
				WISH_PHRASE, QUERY_PHRASE * at_most(pair, RARITY_MAX) / RARITY_MAX);
		if (rarity >= QUERY_RARE_WORD)
			post_description_term(p, text, WISH_WORD, QUERY_WORD * rarity / RARITY_MAX);
		before = text;
		rarity_before = rarity;
	}
	said_add(p->said, words, folded.n_words);
}

void query_post(struct terms *terms, struct said *said, struct lexicon *lexicon, const struct profile *profile,
	uint32_t number)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct posted posted;
	struct poster p = { terms, said, lexicon, profile, number, &posted, &arena };

	posted.n = 0; /* and not all of it cleared */
	said_begin(said, number);
	post_keywords(&p);
	post_exclusions(&p);
	post_cpv(&p);
	post_description(&p);
}
