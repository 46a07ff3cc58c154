#include "standing.h"

#include "gates.h"
#include "query.h"
#include "settle.h"
#include "tender/subject.h"

/* Mostly known without looking at the profile, which is far away. */
static bool other_cpv(const struct scoring *s, uint32_t profile)
{
	enum division division =
		s->visit != NULL ? gate_visit_division(s->visit, s->gates, profile) : DIVISION_UNKNOWN;

	return division == DIVISION_UNKNOWN ? against_cpv(s->profiles[profile], s->notice)
					    : division == DIVISION_OTHER;
}

static const struct codes *filed_under(struct scoring *s)
{
	if (!s->filed_known)
		s->filed = subject_divisions(&s->notice->subjects, s->arena);
	s->filed_known = true;
	return &s->filed;
}

/* Is a subject about one of its keywords? */
static bool filed_under_keyword(const struct scoring *s, const struct board *board, const struct hopeful *hopeful)
{
	for (size_t i = 0; i < hopeful->n; i++) {
		const struct contribution *c = &board->at[hopeful->first + i];

		if (c->wish == WISH_KEYWORD && (s->scan->seen[c->ref].fields & SEEN_FILED) != 0)
			return true;
	}
	return false;
}

/*
 * A keyword that is found in a title may mean something else there, or stand beside what is bought: a purchase
 * whose subjects are all of other trades bears it out less. A rule says what it means, and for whom; what the profile
 * has a word for itself is no other trade, unless others mean something else by it.
 */
static bool other_subjects(struct scoring *s, const struct board *board, const struct hopeful *hopeful)
{
	if (board->best[0].contribution->wish == WISH_FIELD || s->notice->subjects.n == 0 || s->notice->cpv.n > 0)
		return false;
	return against_subjects(s->profiles[hopeful->profile], s->notice, filed_under(s)) &&
	       (!filed_under_keyword(s, board, hopeful) || subject_homonym(&s->notice->subjects, s->arena));
}

/* Is all there is one sign, codes and what is beside the trade set apart? */
static bool is_lone(const struct met *met, size_t n)
{
	size_t signs = 0;

	for (size_t i = 0; i < n; i++)
		signs += met[i].hit->field != FIELD_CPV && !met_beside(&met[i]);
	return signs == 1;
}

/* In what tells what the purchase as a whole is about. */
static bool in_head(const struct met *met)
{
	return met->hit->field == FIELD_TITLE || met->hit->field == FIELD_SUBJECTS;
}

/* A rule of a field that the profile does not name, of which it says one term or two. */
static bool faintly_told(const struct scoring *s, uint32_t profile, const struct met *met)
{
	const struct rules *rules = s->rules;
	struct str slug;

	if (met->contribution->wish != WISH_FIELD || met->contribution->points > QUERY_RULE_OWN_TWICE)
		return false;
	slug = rules->fields[rules->rules[met->contribution->ref].field].slug;
	return !gate_table_field(s->gates, profile, slug) || !codes_has(&s->profiles[profile]->fields, slug);
}

/* A rule of which a keyword, or a part of one, says one term: it may be of another trade with the same word. */
static bool told_once(const struct met *met)
{
	points_t percent = met->contribution->points;

	return met->contribution->wish == WISH_FIELD && percent >= QUERY_RULE_OWN_PART && percent <= QUERY_RULE_OWN_FAINT;
}

/* A keyword that stands behind many other words. */
static bool far_behind(const struct met *met)
{
	return met->contribution->wish == WISH_KEYWORD && met->hit->field == FIELD_TITLE &&
	       met->hit->start >= QUERY_FAR_BEHIND;
}

static const struct head_words *head_words(struct scoring *s)
{
	if (!s->head_known)
		s->head = head_words_of(s->memo, s->notice, s->arena);
	s->head_known = true;
	return &s->head;
}

/* Mostly known without looking at the profile, as above. */
static bool shares_code(struct scoring *s, uint32_t profile)
{
	enum division division = s->visit != NULL && s->notice->cpv.n > 0
					 ? gate_visit_meets(s->visit, s->gates, profile)
					 : DIVISION_UNKNOWN;

	return division == DIVISION_UNKNOWN
		       ? against_shared(s->profiles[profile], s->notice, filed_under(s))
		       : division == DIVISION_SHARED;
}

/* How much of the title, or of title and subjects, is in the profile's words. */
static int own_share(struct scoring *s, uint32_t profile, struct head_part part)
{
	return shares_percent(said_by(s->said, profile), head_words(s), part);
}

/*
 * Whatever else is met, such a rule, of a field that the profile does not name, is not borne out by a purchase whose
 * codes, or without a code whose subjects, are all of other trades, and whose title and subjects hold few of its words.
 */
static bool of_other_trade(struct scoring *s, uint32_t profile, const struct met *met)
{
	if (!told_once(met))
		return false;
	if (s->unheaded || s->unfiled) {
		s->asks_head = true;
		return false;
	}
	if (!other_cpv(s, profile) && !against_subjects(s->profiles[profile], s->notice, filed_under(s)))
		return false;
	if (own_share(s, profile, (struct head_part){ .subjects = true }) >= QUERY_RULE_ONCE_SHARE)
		return false;
	return faintly_told(s, profile, met); /* last: the fields a profile names are far from all that was looked at */
}

/*
 * A sign that is all there is should not be the only word of title and subjects that is the profile's. One that stands
 * far behind in a title is borne out by another word, or by a code or a subject's trade in common.
 */
static enum against without_words(struct scoring *s, uint32_t profile, const struct met *met, size_t n)
{
	const struct hit *hit = met[0].hit;
	struct head_part part = { .subjects = true };
	bool rule;

	if (!in_head(&met[0]) || !is_lone(met, n))
		return AGAINST_NOTHING;
	rule = faintly_told(s, profile, &met[0]);
	if (!rule && met[0].contribution->wish != WISH_KEYWORD)
		return AGAINST_NOTHING;
	if (s->unheaded || s->unfiled) {
		s->asks_head = true;
		return AGAINST_NOTHING;
	}
	if (!rule && hit->field == FIELD_TITLE) { /* written otherwise, it is its word all the same */
		part.start = hit->start;
		part.end = hit->end;
	}
	if (own_share(s, profile, part) < (rule ? QUERY_RULE_SHARE : QUERY_KEYWORD_SHARE))
		return rule ? AGAINST_RULE_ALONE : AGAINST_KEYWORD_ALONE;
	if (!far_behind(&met[0]) || shares_code(s, profile) ||
		shares_word(said_by(s->said, profile), head_words(s), hit->start, hit->end))
		return AGAINST_NOTHING;
	return AGAINST_KEYWORD_BEHIND;
}

enum against standing_against(
	struct scoring *s, const struct board *board, const struct hopeful *hopeful, size_t n)
{
	enum against alone;

	if (of_other_trade(s, hopeful->profile, board->best))
		return AGAINST_RULE_ONCE;
	alone = without_words(s, hopeful->profile, board->best, n);
	if (alone == AGAINST_RULE_ALONE)
		return alone;
	if (other_cpv(s, hopeful->profile))
		return AGAINST_CPV;
	return other_subjects(s, board, hopeful) ? AGAINST_SUBJECTS : alone;
}

size_t standing_own_title(struct scoring *s, uint32_t profile, struct reason *ret, points_t *score)
{
	points_t points;

	if (*score < MATCH_THRESHOLD)
		return 0;
	if (s->unheaded) {
		s->asks_head = true;
		return 0;
	}
	points = own_share(s, profile, (struct head_part){ .subjects = false }); /* a tenth for each percent */
	if (points == 0)
		return 0;
	*ret = (struct reason){ .rule = STR("own-title"), .points = points, .field = STR("title"),
		.end = (uint32_t)s->notice->title.len, .text = s->notice->title };
	*score += points;
	return 1;
}
