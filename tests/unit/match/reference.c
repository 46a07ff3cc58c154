#include "reference_parts.h"

#include <string.h>

#include "../../../src/match/gates.h"
#include "../../../src/match/query.h"
#include "../../../src/match/scan.h"
#include "../../../src/match/spelling.h"
#include "base/buf.h"
#include "base/fold.h"
#include "tender/cpv.h"
#include "tender/subject.h"

/* rules */

static bool is_for(const struct reference *on_words, const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_lines; i++)
		for (size_t j = 0; rule->lines[i].kind == LINE_FOR && j < rule->lines[i].n_terms; j++)
			if (ref_term_hits(on_words, &rule->lines[i], j).n > 0)
				return true;
	return false;
}

/* Of which of the profile's words a rule speaks: the best of those where its terms first stand. */
enum own { OWN_UNTOLD, OWN_SETTING, OWN_DESCRIPTION, OWN_PART, OWN_KEYWORD };

#define REF_BETWEEN " ; zqzq ; "

/* From the first to the last word of a keyword but function words: what is less is a part of it. */
static enum own said_at(const struct reference *r, const struct profile *profile, const struct stated *stated,
	const struct hit *hit)
{
	uint32_t from = 0;
	size_t n = profile->keywords.n;

	for (size_t i = 0; i < n; i++) {
		struct str keyword = profile->keywords.at[i];
		struct ref_words words = ref_words_of(r, keyword);
		uint32_t first = words.n > 0 ? words.at[0].start : 0;
		uint32_t last = words.n > 0 ? words.at[words.n - 1].end : (uint32_t)keyword.len;
		uint32_t next = from + (uint32_t)(keyword.len + strlen(REF_BETWEEN));

		if (hit->start < from + last || (i + 1 == n && hit->start < next))
			return stated_as_setting(stated, keyword)				 ? OWN_SETTING
			       : hit->start <= from + first && hit->end >= from + last ? OWN_KEYWORD
										   : OWN_PART;
		from = next;
	}
	return stated_as_setting_at(stated, hit->start - from) ? OWN_SETTING : n == 0 ? OWN_KEYWORD : OWN_DESCRIPTION;
}

static enum own own_of(const struct reference *on_words, const struct rule *rule, const struct profile *profile,
	const struct stated *stated)
{
	enum own best = OWN_UNTOLD;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		if ((line->kind != LINE_ANY && line->kind != LINE_FOR) || (line->fields & 1u << FIELD_TITLE) == 0)
			continue;
		for (size_t j = 0; j < line->n_terms; j++) {
			struct ref_hits hits = ref_term_hits(on_words, line, j);

			for (size_t k = 0; k < hits.n; k++) {
				enum own by = said_at(on_words, profile, stated, &hits.at[k]);

				if (hits.at[k].field == FIELD_TITLE && by > best)
					best = by;
			}
		}
	}
	return best;
}

/* Percent of each rule's points that the profile is told. */
static bool same_term(const struct ref_words *a, const struct ref_words *b, bool exact)
{
	if (!exact)
		return ref_same_phrase(a, b);
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->at[i].text, b->at[i].text))
			return false;
	return true;
}

static bool among(const struct reference *on_words, const struct rule_term *const *seen, int n, const struct rule_term *term)
{
	for (int i = 0; i < n; i++)
		if (seen[i]->kind == term->kind && term->kind != TERM_PATTERN) {
			struct ref_words a = ref_words_of(on_words, seen[i]->text);
			struct ref_words b = ref_words_of(on_words, term->text);

			if (same_term(&a, &b, term->kind == TERM_EXACT))
				return true;
		}
	return false;
}

/* How many different terms of the rule stand in the profile's words; of more than three, three. */
static int own_terms(const struct reference *on_words, const struct rule *rule)
{
	const struct rule_term *seen[3];
	int n = 0;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		for (size_t j = 0; n < 3 && rule_line_is_of_own_words(line) && j < line->n_terms; j++)
			if (ref_term_hits(on_words, line, j).n > 0 && !among(on_words, seen, n, &line->terms[j]))
				seen[n++] = &line->terms[j];
	}
	return n;
}

static int percent_of(const struct reference *on_words, const struct rule *rule, const struct profile *profile,
	const struct stated *stated)
{
	int n = own_terms(on_words, rule);

	switch (own_of(on_words, rule, profile, stated)) {
	case OWN_SETTING: return QUERY_RULE_BESIDE;
	case OWN_UNTOLD:
	case OWN_DESCRIPTION: return QUERY_RULE_OWN_PASSING;
	case OWN_PART: return n > 1 ? QUERY_RULE_OWN_FAINT : QUERY_RULE_OWN_PART;
	case OWN_KEYWORD: break;
	}
	return n > 2 ? QUERY_RULE_OWN : n > 1 ? QUERY_RULE_OWN_TWICE : QUERY_RULE_OWN_FAINT;
}

static int *shares_of(const struct reference *r, const struct profile *profile)
{
	CLEANUP(buf_done) struct buf own = BUF_INIT(1 << 20);
	int *shares = arena_array(r->arena, int, r->rules->n_rules);
	bool *fires = arena_array(r->arena, bool, r->rules->n_rules);
	struct lexicon *lexicon = lexicon_new(r->rules);
	struct stated *stated = stated_new(lexicon, profile, r->arena);
	points_t *points = arena_array(r->arena, points_t, r->rules->n_fields);
	struct notice words;
	struct reference on_words = *r;

	for (size_t i = 0; i < profile->keywords.n; i++) {
		buf_adds(&own, profile->keywords.at[i]);
		buf_addz(&own, REF_BETWEEN);
	}
	buf_adds(&own, profile->description);
	notice_init(&words);
	words.stage = words.kind = NOTICE_COMPETITION;
	words.title = arena_dup(r->arena, buf_str(&own));
	on_words.notice = &words;
	on_words.fired = ref_fired_new(&on_words);
	for (size_t i = 0; i < r->rules->n_rules; i++) {
		struct hit hit;
		points_t given;

		fires[i] = ref_rule_fires(&on_words, &r->rules->rules[i], 0, &hit, &given);
		if (!fires[i] && is_for(&on_words, &r->rules->rules[i])) {
			fires[i] = true;
			given = r->rules->rules[i].weight;
		}
		if (fires[i])
			points[r->rules->rules[i].field] += given;
	}
	for (size_t i = 0; i < r->rules->n_rules; i++) {
		size_t field = r->rules->rules[i].field;

		if (codes_has(&profile->fields, r->rules->fields[field].slug))
			shares[i] = QUERY_FIELD_NAMED;
		else if (points[field] >= QUERY_FIELD_INFERRED_FROM)
			shares[i] = fires[i] ? percent_of(&on_words, &r->rules->rules[i], profile, stated)
					     : QUERY_RULE_BESIDE;
	}
	lexicon_free(lexicon);
	return shares;
}

/* wishes */

struct ref_wish {
	enum wish wish;
	bool setting, trade;
	size_t index; /* of the keyword, branch …; of the rule for WISH_FIELD */
	points_t points;
	struct ref_hits hits;
};
struct ref_wishes {
	struct ref_wish *at;
	size_t n, capacity;
	struct ref_words *posted;
	size_t n_posted, posted_capacity;
};

static void add_wish(const struct reference *r, struct ref_wishes *wishes, enum wish wish, size_t index,
	points_t points, struct ref_hits hits)
{
	arena_grow(r->arena, wishes->at, wishes->n, &wishes->capacity);
	wishes->at[wishes->n++] = (struct ref_wish){ .wish = wish, .index = index, .points = points, .hits = hits };
}

/* False for no words, and for words that the profile has asked for already. */
static bool is_new(const struct reference *r, struct ref_wishes *wishes, struct str text)
{
	struct ref_words words = ref_words_of(r, text);

	for (size_t i = 0; i < words.n && str_starts(text, "="); i++) /* asked for in this form: another wish */
		words.at[i].stem = arena_printf(r->arena, "=%.*s", STR_ARG(words.at[i].text));
	for (size_t i = 0; i < wishes->n_posted; i++)
		if (ref_same_phrase(&wishes->posted[i], &words))
			return false;
	arena_grow(r->arena, wishes->posted, wishes->n_posted, &wishes->posted_capacity);
	wishes->posted[wishes->n_posted++] = words;
	return words.n > 0;
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

/* What a keyword counts for by how it is written, and whether it is the name of a trade. */
static points_t keyword_points(const struct reference *r, struct str text, bool *trade)
{
	struct ref_words words = ref_words_of(r, text);
	bool several = str_find_char(text, ' ') != SIZE_MAX;
	int rarity = 0;

	for (size_t j = 0; j < words.n; j++)
		rarity += ref_rarity_of(r, words.at[j].text);
	*trade = rarity >= (several ? QUERY_SOLE_FROM : QUERY_FILED_FROM);
	if (several) /* a phrase of words that any purchase has is no rarer than they are */
		rarity = rarity < QUERY_PHRASE_FROM ? 2 * rarity : rarity + QUERY_PHRASE_BONUS;
	return QUERY_KEYWORD * min(rarity, RARITY_MAX) / RARITY_MAX;
}

/* In what other ways it may be written. */
static size_t others_of(const struct reference *r, struct str text, struct str ret[SPELLINGS_MAX])
{
	struct folded folded = fold(r->arena, text);

	return str_starts(text, "=") ? 0 : spelling_others(&folded, r->arena, ret);
}

static void wish_keyword(const struct reference *r, struct ref_wishes *wishes, const struct stated *stated,
	struct str text, size_t index)
{
	struct str others[SPELLINGS_MAX];
	size_t n = others_of(r, text, others), first = wishes->n;
	bool trade, ignored, setting = stated_as_setting(stated, text);
	points_t points = keyword_points(r, text, &trade);

	for (size_t i = 0; i < n; i++)
		points = min(points, keyword_points(r, others[i], &ignored));
	if (setting)
		points = points * QUERY_SETTING / 100;
	if (ref_words_of(r, text).n == 0 || points == 0)
		return;
	if (is_new(r, wishes, text)) {
		add_wish(r, wishes, WISH_KEYWORD, index, points, ref_find_text(r, text, false));
		if (str_find_char(text, ' ') != SIZE_MAX && !str_starts(text, "="))
			add_wish(r, wishes, WISH_KEYWORD, index, points, ref_find_text(r, text, true));
	}
	for (size_t i = 0; i < n; i++)
		if (is_new(r, wishes, others[i]))
			add_wish(r, wishes, WISH_KEYWORD, index, points, ref_find_text(r, others[i], false));
	for (; first < wishes->n; first++) {
		wishes->at[first].setting = setting;
		wishes->at[first].trade = trade && !setting;
	}
}

static void wish_keywords(const struct reference *r, struct ref_wishes *wishes,
	const struct profile *profile)
{
	struct lexicon *lexicon = lexicon_new(r->rules);
	struct stated *stated = stated_new(lexicon, profile, r->arena);
	struct str others[SPELLINGS_MAX];

	for (size_t i = 0; i < profile->keywords.n; i++)
		wish_keyword(r, wishes, stated, profile->keywords.at[i], i);
	lexicon_free(lexicon);
	for (size_t i = 0; i < profile->exclude.n; i++) {
		size_t n = others_of(r, profile->exclude.at[i], others);

		add_wish(r, wishes, WISH_EXCLUDE, i, 0, ref_find_text(r, profile->exclude.at[i], false));
		for (size_t j = 0; j < n && ref_words_of(r, profile->exclude.at[i]).n > 0; j++)
			add_wish(r, wishes, WISH_EXCLUDE, i, 0, ref_find_text(r, others[j], false));
	}
}

static void wish_description(const struct reference *r, struct ref_wishes *wishes,
	const struct profile *profile)
{
	struct ref_words words = ref_words_of(r, profile->description);

	for (size_t i = 0; i < words.n && i < QUERY_DESCRIPTION_WORDS; i++) {
		int rarity = ref_rarity_of(r, words.at[i].text), pair;
		struct str both;

		if (i > 0) {
			pair = rarity + ref_rarity_of(r, words.at[i - 1].text);
			both = arena_printf(r->arena, "%.*s %.*s", STR_ARG(words.at[i - 1].text),
				STR_ARG(words.at[i].text));
			if (pair >= QUERY_RARE_PAIR && is_new(r, wishes, both))
				add_wish(r, wishes, WISH_PHRASE, 0,
					QUERY_PHRASE * min(pair, RARITY_MAX) / RARITY_MAX, ref_find_text(r, both, false));
		}
		if (rarity >= QUERY_RARE_WORD && is_new(r, wishes, words.at[i].text))
			add_wish(r, wishes, WISH_WORD, 0, QUERY_WORD * rarity / RARITY_MAX,
				ref_find_text(r, words.at[i].text, false));
	}
}

static struct ref_wishes wishes_of(const struct reference *r, const struct profile *profile)
{
	struct ref_wishes wishes = { .at = NULL };
	int *shares = shares_of(r, profile);

	wish_keywords(r, &wishes, profile);
	wish_description(r, &wishes, profile);
	for (size_t i = 0; i < profile->cpv.n; i++) {
		struct str branch = profile->cpv.at[i];

		add_wish(r, &wishes, WISH_CPV, i, query_cpv_points(branch), ref_find_cpv(r, branch, false));
		for (size_t len = 2; len < branch.len; len++)
			add_wish(r, &wishes, WISH_CPV_BROADER, i, QUERY_CPV_BROADER,
				ref_find_cpv(r, str_sub(branch, 0, len), true));
	}
	for (size_t i = 0; i < r->rules->n_rules; i++)
		if (shares[i] != 0)
			add_wish(r, &wishes, WISH_FIELD, i, shares[i], (struct ref_hits){ NULL, 0, 0 });
	return wishes;
}

/* scores */

struct ref_met {
	const struct ref_wish *wish;
	struct hit hit;
	points_t points;
};

/* What a hit gives; a keyword gives more or less by how it stands in a title. */
static points_t points_of(const struct ref_wish *wish, const struct hit *hit)
{
	bool filed = false;

	for (size_t i = 0; i < wish->hits.n; i++)
		filed |= wish->hits.at[i].field == FIELD_SUBJECTS && wish->hits.at[i].object;
	if (wish->wish == WISH_EXCLUDE)
		return QUERY_EXCLUDED;
	if (wish->wish == WISH_KEYWORD && (hit->field == FIELD_TITLE || hit->field == FIELD_LOT_TITLE))
		return query_title_points(wish->points, wish->setting, hit->object, hit->governed, filed);
	if (wish->trade && hit->sole)
		return QUERY_KEYWORD;
	return wish->points * field_factor(hit->field) / 100;
}

/* The hit that gives most; of those that give the same the one that is best otherwise. */
static const struct hit *hit_of(const struct ref_wish *wish, unsigned fields, uint32_t scope)
{
	const struct hit *best = NULL;

	for (size_t i = 0; i < wish->hits.n; i++) {
		const struct hit *hit = &wish->hits.at[i];
		struct hit both[] = { best != NULL ? *best : *hit, *hit };

		if ((hit->scope != 0 && hit->scope != scope) || (fields & 1u << hit->field) == 0)
			continue;
		if (best == NULL || points_of(wish, hit) > points_of(wish, best) ||
			(points_of(wish, hit) == points_of(wish, best) &&
				ref_best_of(&(struct ref_hits){ both, 2, 2 }, fields, scope) == &both[1]))
			best = hit;
	}
	return best;
}

static bool met_in(const struct reference *r, const struct ref_wish *wish, uint32_t scope,
	struct ref_met *ret)
{
	unsigned cpv = 1u << FIELD_CPV, text = ((1u << FIELDS) - 1) & ~cpv & ~(1u << FIELD_BUYER);
	const struct hit *hit;

	ret->wish = wish;
	if (wish->wish == WISH_FIELD) {
		if (!ref_rule_fires(r, &r->rules->rules[wish->index], scope, &ret->hit, &ret->points))
			return false;
		ret->points = ret->points * wish->points / 100;
		return ret->points != 0;
	}
	hit = hit_of(wish,
		wish->wish == WISH_CPV || wish->wish == WISH_CPV_BROADER ? cpv : text, scope);
	if (hit == NULL)
		return false;
	ret->hit = *hit;
	ret->points = points_of(wish, hit);
	return ret->points != 0;
}

static bool goes_before(const struct ref_met *a, const struct ref_met *b)
{
	int64_t x[] = { -a->points, a->wish->wish, a->hit.scope, a->hit.field, a->hit.start,
		-(int64_t)a->hit.end, (int64_t)a->wish->index };
	int64_t y[] = { -b->points, b->wish->wish, b->hit.scope, b->hit.field, b->hit.start,
		-(int64_t)b->hit.end, (int64_t)b->wish->index };

	for (size_t i = 0; i < LENGTH(x); i++)
		if (x[i] != y[i])
			return x[i] < y[i];
	return false;
}

static void put_in_order(struct ref_met *met, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j > 0 && goes_before(&met[j], &met[j - 1]); j--) {
			struct ref_met other = met[j];

			met[j] = met[j - 1];
			met[j - 1] = other;
		}
}

static bool is_beside(const struct ref_met *met)
{
	return met->wish->wish == WISH_FIELD && met->wish->points == QUERY_RULE_BESIDE;
}

static void put_beside_last(const struct reference *r, struct ref_met *met, size_t n)
{
	struct ref_met *sorted = arena_array(r->arena, struct ref_met, n);
	size_t to = 0;

	for (int beside = 0; beside < 2; beside++)
		for (size_t i = 0; i < n; i++)
			if (is_beside(&met[i]) == (beside == 1))
				sorted[to++] = met[i];
	for (size_t i = 0; i < n; i++)
		met[i] = sorted[i];
}

/* The same words prove a thing once, and so does one CPV code and one exclusion. */
static bool proven_already(const struct ref_met *kept, const struct ref_met *met)
{
	enum wish a = kept->wish->wish, b = met->wish->wish;

	if (a != WISH_EXCLUDE && b != WISH_EXCLUDE && kept->hit.field != FIELD_CPV &&
		met->hit.field != FIELD_CPV && kept->hit.scope == met->hit.scope &&
		kept->hit.field == met->hit.field && kept->hit.start < met->hit.end &&
		met->hit.start < kept->hit.end)
		return true;
	if (a == WISH_KEYWORD && b == WISH_KEYWORD && kept->wish->index == met->wish->index)
		return true;
	if (a == WISH_CPV || a == WISH_CPV_BROADER)
		return b == WISH_CPV || b == WISH_CPV_BROADER;
	return a == WISH_EXCLUDE && b == WISH_EXCLUDE;
}

/* Takes it off the one rule there is beside codes, when it stands in the title of one of several lots. */
static points_t off_lone_lot(const struct reference *r, struct ref_met *met, size_t n, bool keyword)
{
	size_t signs = 0, last = 0;
	points_t more;

	if (keyword)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (met[i].hit.field != FIELD_CPV && met[i].points >= QUERY_BODY_SIGN) {
			last = i;
			signs++;
		}
	if (signs != 1 || r->notice->n_lots <= 1 || met[last].wish->wish != WISH_FIELD || met[last].hit.field != FIELD_LOT_TITLE)
		return 0;
	more = met[last].points > QUERY_LOT_ALONE ? met[last].points - QUERY_LOT_ALONE : 0;
	met[last].points -= more;
	return more;
}

static size_t settle(const struct reference *r, struct ref_met *met, size_t n, points_t *ret_score)
{
	points_t words = QUERY_DESCRIPTION_CAP, body = QUERY_BODY_CAP, *room = arena_array(r->arena, points_t, r->rules->n_fields);
	size_t kept = 0, signs = 0;
	bool keyword = false;

	for (size_t i = 0; i < r->rules->n_fields; i++)
		room[i] = r->rules->fields[i].cap;
	put_in_order(met, n);
	put_beside_last(r, met, n);
	for (size_t i = 0; i < n; i++)
		keyword |= met[i].wish->wish == WISH_KEYWORD;
	*ret_score = 0;
	for (size_t i = 0; i < n; i++) {
		bool first_beside = is_beside(&met[i]) && (i == 0 || !is_beside(&met[i - 1]));
		enum wish wish = met[i].wish->wish;
		points_t *left = wish == WISH_PHRASE || wish == WISH_WORD ? &words
				 : wish == WISH_FIELD ? &room[r->rules->rules[met[i].wish->index].field]
						      : NULL;
		bool again;

		if (first_beside)
			*ret_score -= off_lone_lot(r, met, kept, keyword);
		again = is_beside(&met[i]) && *ret_score < MATCH_THRESHOLD;
		for (size_t j = 0; j < kept; j++)
			again |= proven_already(&met[j], &met[i]);
		if (again)
			continue;
		if (left != NULL) {
			if (met[i].points > *left)
				met[i].points = *left;
			*left -= met[i].points;
		}
		if (met[i].points > 0 && (1u << met[i].hit.field & (1u << FIELD_DESCRIPTION |
						1u << FIELD_LOT_DESCRIPTION | 1u << FIELD_CRITERIA)) != 0) {
			signs += met[i].points >= QUERY_BODY_SIGN;
			if (met[i].points >= QUERY_BODY_SIGN && signs >= 3)
				body += QUERY_BODY_MORE;
			if (met[i].points > body)
				met[i].points = body;
			body -= met[i].points;
		}
		if (met[i].points == 0)
			continue;
		*ret_score += met[i].points;
		met[kept++] = met[i];
	}
	if (n > 0 && !is_beside(&met[n - 1]))
		*ret_score -= off_lone_lot(r, met, kept, keyword);
	put_in_order(met, kept);
	return kept;
}

static struct str text_of(const struct reference *r, const struct hit *hit)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	const struct codes *list = hit->field == FIELD_CPV ? &r->notice->cpv : &r->notice->subjects;

	switch ((enum match_field)hit->field) {
	case FIELD_TITLE: return r->notice->title;
	case FIELD_DESCRIPTION: return r->notice->description;
	case FIELD_CRITERIA: return r->notice->criteria;
	case FIELD_BUYER: return r->notice->buyer.name;
	case FIELD_LOT_TITLE: return r->notice->lots[hit->scope - 1].title;
	case FIELD_LOT_DESCRIPTION: return r->notice->lots[hit->scope - 1].description;
	default: break;
	}
	for (size_t i = 0; i < list->n; i++) {
		buf_addz(&out, i == 0 ? "" : hit->field == FIELD_CPV ? " " : "\n");
		buf_adds(&out, list->at[i]);
	}
	return arena_dup(r->arena, buf_str(&out));
}

static struct reason reason_of(const struct reference *r, const struct profile *profile,
	const struct ref_met *met)
{
	struct str words = str_sub(text_of(r, &met->hit), met->hit.start, met->hit.end), about = words;
	static const char *const labels[] = { "keyword", "description", "description", "cpv", "cpv", "",
		"exclude" };
	struct reason reason = { .points = met->points, .start = met->hit.start, .end = met->hit.end,
		.text = words, .field = str_of(match_field_name(met->hit.field)) };

	switch (met->wish->wish) {
	case WISH_KEYWORD: about = profile->keywords.at[met->wish->index]; break;
	case WISH_CPV:
	case WISH_CPV_BROADER: about = profile->cpv.at[met->wish->index]; break;
	case WISH_EXCLUDE: about = profile->exclude.at[met->wish->index]; break;
	default: break;
	}
	reason.rule = met->wish->wish == WISH_FIELD
			      ? r->rules->rules[met->wish->index].name
			      : arena_printf(r->arena, "%s:%.*s", labels[met->wish->wish], STR_ARG(about));
	return reason;
}

/* Is a code, or without one a subject, of a division of the profile's? `unfiled`: what is said of a notice that is of none. */
static bool trade_shared(const struct reference *r, const struct profile *profile, bool unfiled)
{
	struct codes filed = r->notice->cpv.n > 0 ? r->notice->cpv : subject_divisions(&r->notice->subjects, r->arena);

	for (size_t i = 0; i < profile->cpv.n * filed.n; i++)
		if (memcmp(filed.at[i % filed.n].ptr, profile->cpv.at[i / filed.n].ptr, 2) == 0)
			return true;
	return filed.n == 0 && unfiled;
}

/* Without a code, subjects of other divisions only and none about a keyword, where no rule's points come first. */
static bool other_subjects(const struct reference *r, const struct profile *profile, const struct ref_met *best)
{
	struct ref_wishes wishes = wishes_of(r, profile);
	bool homonym = subject_homonym(&r->notice->subjects, r->arena), shared = false;

	for (size_t i = 0; i < wishes.n; i++)
		for (size_t j = 0; j < wishes.at[i].hits.n; j++)
			shared |= !homonym && wishes.at[i].wish == WISH_KEYWORD && wishes.at[i].hits.at[j].field == FIELD_SUBJECTS &&
				  wishes.at[i].hits.at[j].object;
	return profile->cpv.n > 0 && !shared && !trade_shared(r, profile, true) && r->notice->cpv.n == 0 &&
	       best->wish->wish != WISH_FIELD;
}

static bool is_named(const struct reference *r, const struct profile *profile, const struct ref_wish *wish)
{
	return codes_has(&profile->fields, r->rules->fields[r->rules->rules[wish->index].field].slug);
}

/* What gives most is a rule of which a keyword says one term; only other trades, and few words of title and subjects. */
static bool once(const struct reference *r, const struct profile *profile, const struct ref_met *best)
{
	return best->wish->wish == WISH_FIELD && !is_named(r, profile, best->wish) && profile->cpv.n > 0 &&
	       (best->wish->points == QUERY_RULE_OWN_PART || best->wish->points == QUERY_RULE_OWN_FAINT) &&
	       !trade_shared(r, profile, true) && ref_own_share(r, profile, true, NULL) < QUERY_RULE_ONCE_SHARE;
}

/* A rule told once; or one sign but for codes and what is beside the trade, and hardly a word, or far behind no other; 0: neither. */
static points_t alone(const struct reference *r, const struct profile *profile, const struct ref_met *met, size_t n)
{
	bool title = met[0].hit.field == FIELD_TITLE, subject = met[0].hit.field == FIELD_SUBJECTS;
	bool rule = met[0].wish->wish == WISH_FIELD && !is_named(r, profile, met[0].wish) &&
		    met[0].wish->points != QUERY_RULE_OWN;
	bool keyword = met[0].wish->wish == WISH_KEYWORD;
	size_t signs = 0;

	if (once(r, profile, met))
		return QUERY_RULE_ONCE;
	for (size_t i = 0; i < n; i++)
		signs += !is_beside(&met[i]) && met[i].hit.field != FIELD_CPV;
	if (signs != 1 || !(rule || keyword) || !(title || subject))
		return 0;
	if (ref_own_share(r, profile, true, keyword && title ? &met[0].hit : NULL) <
		(rule ? QUERY_RULE_SHARE : QUERY_KEYWORD_SHARE))
		return rule ? QUERY_RULE_ALONE : QUERY_KEYWORD_ALONE;
	if (trade_shared(r, profile, false) || rule || !title || met[0].hit.start < QUERY_FAR_BEHIND ||
		ref_shares_word(r, profile, &met[0].hit))
		return 0;
	return QUERY_KEYWORD_BEHIND;
}

/* Codes of other divisions only; without gates, works for who sells none. */
static size_t against(const struct reference *r, const struct profile *profile, const struct ref_met *best,
	size_t n_best, bool no_gates, struct reason ret[2])
{
	const struct notice *n = r->notice;
	points_t faint = alone(r, profile, best, n_best);
	bool asks = false, met = n->nature == NATURE_NONE || profile->natures[n->nature];
	size_t kept = 0;

	for (int nature = NATURE_NONE + 1; nature < NATURES; nature++)
		asks |= profile->natures[nature];
	for (size_t i = 0; i < n->n_lots; i++)
		met |= profile->natures[n->lots[i].nature];
	if (faint == QUERY_RULE_ALONE || faint == QUERY_RULE_ONCE)
		;
	else if (profile->cpv.n > 0 && n->cpv.n > 0 && !trade_shared(r, profile, true))
		ret[kept++] = (struct reason){ .rule = STR("other-cpv"), .points = QUERY_OTHER_CPV,
			.field = STR("cpv"), .end = (uint32_t)n->cpv.at[0].len, .text = n->cpv.at[0] };
	else if (other_subjects(r, profile, best))
		ret[kept++] = (struct reason){ .rule = STR("other-subjects"), .points = QUERY_OTHER_SUBJECTS,
			.field = STR("subjects"), .end = (uint32_t)n->subjects.at[0].len, .text = n->subjects.at[0] };
	if (kept == 0 && faint != 0) {
		ret[kept] = reason_of(r, profile, &best[0]);
		ret[kept].rule = faint == QUERY_RULE_ONCE ? STR("one-word")
				 : str_of(faint == QUERY_KEYWORD_BEHIND ? "alone" : "few-words");
		ret[kept++].points = faint;
	}
	if (no_gates && asks && !met) {
		struct str nature = str_of(notice_nature_name(n->nature));

		ret[kept++] = (struct reason){ .rule = STR("other-nature"), .points = QUERY_OTHER_NATURE,
			.field = STR("nature"), .end = (uint32_t)nature.len, .text = nature };
	}
	return kept;
}

/* What is beside the trade goes when there is not enough without it, once all that is against is told. */
static size_t without_beside(struct ref_met *met, size_t n, const struct reason *other, size_t n_other, points_t *score)
{
	points_t left = 0;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		left += is_beside(&met[i]) ? 0 : met[i].points;
	for (size_t i = 0; i < n_other; i++)
		left += other[i].points;
	if (left >= MATCH_THRESHOLD)
		return n;
	*score = 0;
	for (size_t i = 0; i < n; i++)
		if (!is_beside(&met[i])) {
			*score += met[i].points;
			met[kept++] = met[i];
		}
	return kept;
}

/* Of what matches: the share of the title's words that are the profile's. */
static size_t own_title(const struct reference *r, const struct profile *profile, points_t score, struct reason *ret)
{
	points_t share = ref_own_share(r, profile, false, NULL);

	if (score < MATCH_THRESHOLD || share == 0)
		return 0;
	*ret = (struct reason){ .rule = STR("own-title"), .points = share,
		.field = STR("title"), .end = (uint32_t)r->notice->title.len, .text = r->notice->title };
	return 1;
}

static void by_points(struct reason *reasons, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t j = i; j > 0 && reasons[j - 1].points < reasons[j].points; j--) {
			struct reason reason = reasons[j];

			reasons[j] = reasons[j - 1];
			reasons[j - 1] = reason;
		}
}

/* The best scope: one without an exclusion in a title before any other, then the most points. */
static bool match(const struct reference *r, const struct profile *profile, bool no_gates,
	struct receipt *ret)
{
	struct ref_wishes wishes = wishes_of(r, profile);
	struct ref_met *best = NULL;
	struct reason other[3];
	points_t with_all;
	size_t best_n = 0, n_other = 0;
	uint32_t best_scope = 0;
	points_t best_score = 0;
	bool best_open = false;

	for (uint32_t scope = 0; scope <= r->notice->n_lots; scope++) {
		struct ref_met *met = arena_array(r->arena, struct ref_met, wishes.n);
		bool open = true;
		size_t n = 0;
		points_t score;

		for (size_t i = 0; i < wishes.n; i++)
			n += met_in(r, &wishes.at[i], scope, &met[n]);
		for (size_t i = 0; i < n; i++)
			if (met[i].wish->wish == WISH_EXCLUDE && (met[i].hit.field == FIELD_TITLE ||
									 met[i].hit.field == FIELD_LOT_TITLE))
				open = false;
		n = settle(r, met, n, &score);
		if (scope > 0 && (open == best_open ? score <= best_score : !open))
			continue;
		best = met;
		best_n = n;
		best_score = score;
		best_scope = scope;
		best_open = open;
	}
	if (best_n > 0)
		n_other = against(r, profile, best, best_n, no_gates, other);
	best_n = without_beside(best, best_n, other, n_other, &best_score);
	with_all = best_score;
	for (size_t i = 0; i < n_other; i++)
		with_all += other[i].points;
	n_other += own_title(r, profile, with_all, &other[n_other]);
	by_points(other, n_other);
	ret->reasons = arena_array(r->arena, struct reason, best_n + n_other);
	for (size_t i = 0, j = 0; i < best_n || j < n_other;) {
		if (j == n_other || (i < best_n && best[i].points >= other[j].points)) {
			if (best[i].hit.scope != 0)
				ret->lot = r->notice->lots[best_scope - 1].id;
			ret->reasons[ret->n_reasons++] = reason_of(r, profile, &best[i++]);
		} else {
			best_score += other[j].points;
			ret->reasons[ret->n_reasons++] = other[j++];
		}
	}
	ret->score = best_score;
	return best_open && best_score >= MATCH_THRESHOLD;
}

struct receipts reference_run(const struct rules *rules, int64_t ruleset,
	const struct profile *const *profiles, size_t n_profiles, const struct notice *notice,
	const struct match_options *options, struct arena *arena)
{
	struct reference r = { rules, notice, arena, NULL };
	struct receipts receipts = { NULL, 0 };
	size_t capacity = 0;

	r.fired = ref_fired_new(&r);
	for (size_t i = 0; i < n_profiles; i++) {
		struct receipt receipt = { .profile = profiles[i]->id, .notice = notice->id,
			.notice_version = notice->version, .threshold = MATCH_THRESHOLD, .ruleset = ruleset };

		if (!options->no_gates && gate_test(profiles[i], notice, options->now, arena, NULL, NULL) !=
						  GATE_PASSED)
			continue;
		if (!match(&r, profiles[i], options->no_gates, &receipt))
			continue;
		arena_grow(arena, receipts.at, receipts.n, &capacity);
		receipts.at[receipts.n++] = receipt;
	}
	return receipts;
}
