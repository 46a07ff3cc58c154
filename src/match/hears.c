#include "hears.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "query.h"

#define BETWEEN_KEYWORDS " ; "

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

void field_rules_make(const struct rules *rules, struct arena *arena, struct field_rules *ret)
{
	ret->starts = arena_array(arena, uint32_t, rules->n_fields + 2);
	ret->at = arena_array(arena, uint32_t, rules->n_rules);
	for (size_t i = 0; i < rules->n_rules; i++)
		ret->starts[rules->rules[i].field + 2]++;
	for (size_t i = 1; i < rules->n_fields + 2; i++)
		ret->starts[i] += ret->starts[i - 1];
	for (uint32_t i = 0; i < rules->n_rules; i++)
		ret->at[ret->starts[rules->rules[i].field + 1]++] = i;
}

void hearing_init(struct hearing *h, const struct rules *rules, const struct rule_code *code,
	const struct field_rules *by_field, struct reader *reader)
{
	*h = (struct hearing){
		.rules = rules,
		.code = code,
		.by_field = by_field,
		.reader = reader,
		.firing = &reader->firing,
		.points = zeroed(rules->n_fields, sizeof(*h->points)),
		.named = zeroed(rules->n_fields, sizeof(*h->named)),
		.own = zeroed(rules->n_rules, sizeof(*h->own)),
		.spoken = zeroed(rules->n_rules, sizeof(*h->spoken)),
	};
}

void hearing_done(struct hearing *h)
{
	free(h->points);
	free(h->named);
	free(h->own);
	free(h->spoken);
	free(h->at);
	arena_done(&h->arena);
}

/* The profile's own words, as one text that rules can be tried on: keywords, then the description. */
static struct str own_words(const struct profile *profile, struct arena *arena, size_t *ret_keywords)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(PROFILE_TEXT_MAX + PROFILE_TERMS_MAX * 4 * PROFILE_TERM_MAX);

	for (size_t i = 0; i < profile->keywords.n; i++) {
		buf_adds(&out, profile->keywords.at[i]);
		buf_addz(&out, BETWEEN_KEYWORDS);
	}
	*ret_keywords = buf_str(&out).len;
	buf_adds(&out, profile->description);
	return arena_dup(arena, buf_str(&out));
}

static void find_named(struct hearing *h, const struct profile *profile)
{
	size_t field;

	for (size_t i = 0; i < profile->fields.n; i++)
		if (rules_field(h->rules, profile->fields.at[i], &field) != NULL)
			h->named[field] = true;
}

/* How a rule speaks of a profile's own words: of which of them, the best of those. */
enum own {
	OWN_NOT,
	OWN_UNTOLD,      /* it does, by no word of its own */
	OWN_SETTING,     /* of what the profile has as the setting of its trade only */
	OWN_DESCRIPTION, /* of what the description says beside the keywords */
	OWN_KEYWORD,     /* of what the profile is about */
};

/* The words a profile gives of itself: standing in own_words() before byte `keywords`, and behind it. */
struct said {
	const struct profile *profile;
	const struct stated *stated;
	size_t keywords;
};

static enum own said_at(const struct said *said, size_t start)
{
	const struct codes *keywords = &said->profile->keywords;
	size_t end = 0;

	for (size_t i = 0; i < keywords->n && start < said->keywords; i++) {
		end += keywords->at[i].len + strlen(BETWEEN_KEYWORDS);
		if (start < end)
			return stated_as_setting(said->stated, keywords->at[i]) ? OWN_SETTING : OWN_KEYWORD;
	}
	if (stated_as_setting_at(said->stated, start - said->keywords))
		return OWN_SETTING;
	return keywords->n == 0 ? OWN_KEYWORD : OWN_DESCRIPTION; /* without keywords the description says it all */
}

static void speaks(struct hearing *h, uint32_t rule, points_t points)
{
	h->own[rule] = OWN_UNTOLD;
	h->spoken[h->n_spoken++] = rule;
	h->points[h->rules->rules[rule].field] += points;
}

/* Of the postings of this scan, those that the other one has in its place are void. */
static bool is_void(const struct hearing *h, const struct scan *scan, uint32_t rule)
{
	return h->above != NULL && scan != h->above && h->firing->replaced[rule];
}

/* Rules that do not fire, but say that they are for who has a word that was found. */
static void find_for(struct hearing *h, const struct scan *scan)
{
	for (size_t i = 0; i < scan->n_touched; i++) {
		size_t n;
		const struct rule_posting *at = waiting_rules(terms_waiting(scan->terms), scan->touched[i], &n);

		for (size_t j = 0; j < n; j++) {
			const struct rule *rule = &h->rules->rules[at[j].rule];

			if (is_void(h, scan, at[j].rule))
				continue;
			if (rule->lines[at[j].line].kind == LINE_FOR && h->own[at[j].rule] == OWN_NOT)
				speaks(h, at[j].rule, rule->weight);
		}
	}
}

/* Of those, and of those that fire, by which words. */
static void find_by_which(struct hearing *h, const struct scan *scan, const struct said *said)
{
	for (size_t i = 0; i < scan->n_touched; i++) {
		uint32_t term = scan->touched[i];
		size_t n;
		const struct rule_posting *at = waiting_rules(terms_waiting(scan->terms), term, &n);
		enum own by = said_at(said, scan_best(scan, term, 1u << FIELD_TITLE, 0)->start);

		for (size_t j = 0; j < n; j++) {
			const struct rule_line *line;

			if (is_void(h, scan, at[j].rule))
				continue;
			line = &h->rules->rules[at[j].rule].lines[at[j].line];
			if (h->own[at[j].rule] != OWN_NOT && h->own[at[j].rule] < by &&
				(line->fields & 1u << FIELD_TITLE) != 0 &&
				(line->kind == LINE_FOR || line->kind == LINE_ANY))
				h->own[at[j].rule] = (uint8_t)by;
		}
	}
}

/* Which rules speak of the profile's own words, and what those are worth in each field. */
static void weigh_own_words(struct hearing *h, const struct profile *profile)
{
	const struct firing *firing = h->firing;
	struct said said = { .profile = profile };
	struct notice words;

	notice_init(&words);
	words.stage = words.kind = NOTICE_COMPETITION;
	words.title = own_words(profile, &h->arena, &said.keywords);
	scan_notice(&h->reader->scan, &words);
	if (h->above != NULL)
		scan_notice(h->above, &words);
	fire_rules(h->firing, h->rules, h->code, &h->reader->scan, &words);
	for (size_t i = 0; i < firing->n_rules; i++)
		speaks(h, firing->rules[i], fired_best(firing, firing->rules[i], 0)->points);
	find_for(h, &h->reader->scan);
	if (h->above != NULL)
		find_for(h, h->above);
	if (h->n_spoken == 0)
		return;
	said.stated = stated_new(h->reader->scan.memo.lexicon, profile, &h->arena);
	find_by_which(h, &h->reader->scan, &said);
	if (h->above != NULL)
		find_by_which(h, h->above, &said);
}

/* How many different terms of the rule stand in the profile's own words, counted up to two. */
static int own_terms(const struct hearing *h, size_t number)
{
	const struct rule *rule = &h->rules->rules[number];
	const struct scan *scan = h->above != NULL && h->firing->replaced[number] ? h->above : &h->reader->scan;
	uint32_t first = 0;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		if (!rule_line_is_of_own_words(line))
			continue;
		for (size_t j = 0; j < line->n_terms; j++) {
			uint32_t term = h->code[number].lines[i].terms[j];

			if (term == 0 || term == first || scan->seen[term].newest == 0)
				continue;
			if (first != 0)
				return 2;
			first = term;
		}
	}
	return first != 0;
}

/*
 * A keyword says what somebody sells; but a word that one rule alone has in common with it may be of
 * another trade ("thermographie" of bridges, of heat losses).
 */
static int own_percent(const struct hearing *h, uint32_t rule)
{
	switch ((enum own)h->own[rule]) {
	case OWN_NOT:
	case OWN_SETTING:
		return QUERY_RULE_BESIDE;
	case OWN_UNTOLD:
	case OWN_DESCRIPTION:
		return QUERY_RULE_OWN_PASSING;
	case OWN_KEYWORD:
		break;
	}
	return own_terms(h, rule) > 1 ? QUERY_RULE_OWN : QUERY_RULE_OWN_FAINT;
}

static void hear_of(struct hearing *h, uint32_t rule, int percent)
{
	if (h->n == h->capacity) {
		h->capacity = h->capacity ? 2 * h->capacity : 256;
		h->at = realloc(h->at, h->capacity * sizeof(*h->at));
		if (h->at == NULL)
			die("out of memory");
	}
	h->at[h->n++] = (struct heard){ rule, (int16_t)percent };
}

/*
 * A profile hears of every rule of the fields it names. Of a field that its own words speak of it hears
 * of the very rules that speak of them, and faintly of the others: who sells lamps is in the field of
 * energy, but solar roofs are not its trade.
 */
static void hear_field(struct hearing *h, size_t field)
{
	if (!h->named[field] && h->points[field] < QUERY_FIELD_INFERRED_FROM)
		return;
	for (uint32_t i = h->by_field->starts[field]; i < h->by_field->starts[field + 1]; i++) {
		uint32_t rule = h->by_field->at[i];

		if (h->named[field])
			hear_of(h, rule, QUERY_FIELD_NAMED);
		else
			hear_of(h, rule, own_percent(h, rule));
	}
}

void hear(struct hearing *h, const struct profile *profile)
{
	find_named(h, profile);
	weigh_own_words(h, profile);
	for (size_t field = 0; field < h->rules->n_fields; field++) {
		hear_field(h, field);
		h->named[field] = false;
		h->points[field] = 0;
	}
	for (; h->n_spoken > 0; h->n_spoken--)
		h->own[h->spoken[h->n_spoken - 1]] = OWN_NOT;
	arena_reset(&h->arena);
}
