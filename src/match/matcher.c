#include "match/matcher.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fold.h"
#include "gates.h"
#include "query.h"
#include "reader.h"

struct matcher {
	const struct rules *rules;
	int64_t ruleset;
	const struct profile *const *profiles;
	size_t n_profiles;

	struct arena arena; /* compiled code */
	struct lexicon *lexicon;
	struct terms *terms;
	struct rule_code *code;      /* by rule */
	struct rule_shares *shares;  /* by rule */
	struct gate_table *gates;
	atomic_bool *suspended;      /* by rule: a pattern of it overspent its budget */

	struct reader *own;          /* of who calls the functions for one notice */
	struct reader *batch[MATCHER_THREADS_MAX];
};

static uint32_t compile_term(struct matcher *m, const struct rule_term *term, unsigned fields,
	uint32_t rule)
{
	int rarity;

	if (term->kind == TERM_PATTERN)
		return terms_pattern(m->terms, term, fields, rule);
	return terms_phrase(m->terms, term->text, term->kind == TERM_EXACT, &rarity);
}

static struct again *compile_again(struct matcher *m, const struct rule_line *line)
{
	struct again *again = arena_new(&m->arena, struct again);

	again_compile(m->lexicon, &m->arena, line->terms, line->n_terms, &again->first);
	again->with = arena_array(&m->arena, struct again_group, line->n_with);
	for (size_t i = 0; i < line->n_with; i++)
		again_compile(m->lexicon, &m->arena, line->with[i].terms, line->with[i].n_terms,
			&again->with[i]);
	again_compile(m->lexicon, &m->arena, line->except.terms, line->except.n_terms, &again->except);
	return again;
}

static uint32_t compile_code(struct matcher *m, const struct rule_line *line, struct str branch)
{
	if (line->own)
		return terms_cpv_exact(m->terms, branch);
	return terms_cpv_below(m->terms,
		line->within > 0 ? cpv_within_root(branch, line->within) : branch);
}

static void compile_line(struct matcher *m, uint32_t rule, uint32_t number)
{
	const struct rule_line *line = &m->rules->rules[rule].lines[number];
	struct line_terms *code = &m->code[rule].lines[number];
	struct rule_posting posting = { .line = (uint16_t)number,
		.fields = (uint16_t)(line->subject == ON_CPV ? 1u << FIELD_CPV : line->fields) };
	size_t most = line->subject == ON_CPV ? line->branches.n : line->n_terms;

	code->terms = arena_array(&m->arena, uint32_t, most);
	for (size_t i = 0; i < most; i++) {
		uint32_t term = line->subject == ON_CPV
					? compile_code(m, line, line->branches.at[i])
					: compile_term(m, &line->terms[i], line->fields, rule);

		if (term == 0)
			continue;
		code->terms[code->n++] = term;
		posting.rule = rule;
		terms_post_rule(m->terms, term, &posting);
	}
	if (rule_line_reads_again(line))
		code->again = compile_again(m, line);
}

static void compile_rules(struct matcher *m)
{
	m->code = arena_array(&m->arena, struct rule_code, m->rules->n_rules);
	for (uint32_t rule = 0; rule < m->rules->n_rules; rule++) {
		m->code[rule].lines =
			arena_array(&m->arena, struct line_terms, m->rules->rules[rule].n_lines);
		for (uint32_t line = 0; line < m->rules->rules[rule].n_lines; line++)
			compile_line(m, rule, line);
	}
}

void matcher_fire(const struct matcher *m, struct reader *reader, const struct notice *notice)
{
	fire_rules(&reader->firing, m->rules, m->code, &reader->scan, notice);
}

static void find_rules(const struct matcher *m, struct reader *reader, const struct notice *notice)
{
	scan_notice(&reader->scan, notice);
	matcher_fire(m, reader, notice);
}

static void add_share(struct matcher *m, size_t rule, uint32_t profile, int percent)
{
	struct rule_shares *shares = &m->shares[rule];

	arena_grow(&m->arena, shares->at, shares->n, &shares->capacity);
	shares->at[shares->n++] = (struct rule_share){ profile, (int16_t)percent };
}

/* The profile's own words, as one text that rules can be tried on: keywords, then the description. */
static struct str own_words(const struct profile *profile, struct arena *arena, size_t *ret_keywords)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(PROFILE_TEXT_MAX + PROFILE_TERMS_MAX * 4 * PROFILE_TERM_MAX);

	for (size_t i = 0; i < profile->keywords.n; i++) {
		buf_adds(&out, profile->keywords.at[i]);
		buf_addz(&out, " ; ");
	}
	*ret_keywords = buf_str(&out).len;
	buf_adds(&out, profile->description);
	return arena_dup(arena, buf_str(&out));
}

static void find_named(const struct matcher *m, const struct profile *profile, bool *named)
{
	size_t field;

	for (size_t i = 0; i < profile->fields.n; i++)
		if (rules_field(m->rules, profile->fields.at[i], &field) != NULL)
			named[field] = true;
}

/* How a rule speaks of a profile's own words; of keywords, it speaks of what the profile is about. */
enum own { OWN_NOT, OWN_DESCRIPTION, OWN_KEYWORD };

/* Rules that do not fire, but say that they are for who has a word that was found. */
static void find_for(const struct matcher *m, enum own *own, points_t *points)
{
	const struct scan *scan = &m->own->scan;

	for (size_t i = 0; i < scan->n_touched; i++) {
		size_t n;
		const struct rule_posting *at = terms_rules(m->terms, scan->touched[i], &n);

		for (size_t j = 0; j < n; j++) {
			const struct rule *rule = &m->rules->rules[at[j].rule];

			if (rule->lines[at[j].line].kind != LINE_FOR || own[at[j].rule] != OWN_NOT)
				continue;
			own[at[j].rule] = OWN_DESCRIPTION;
			points[rule->field] += rule->weight;
		}
	}
}

/* Of those, and of those that fire, the ones with a word among the keywords. */
static void find_among_keywords(const struct matcher *m, size_t keywords, enum own *own)
{
	const struct scan *scan = &m->own->scan;

	for (size_t i = 0; i < scan->n_touched; i++) {
		uint32_t term = scan->touched[i];
		size_t n;
		const struct rule_posting *at = terms_rules(m->terms, term, &n);

		if (scan_best(scan, term, 1u << FIELD_TITLE, 0)->start >= keywords)
			continue;
		for (size_t j = 0; j < n; j++) {
			const struct rule_line *line = &m->rules->rules[at[j].rule].lines[at[j].line];

			if (own[at[j].rule] != OWN_NOT && (line->fields & 1u << FIELD_TITLE) != 0 &&
				(line->kind == LINE_FOR || line->kind == LINE_ANY))
				own[at[j].rule] = OWN_KEYWORD;
		}
	}
}

/* Which rules speak of the profile's own words, and what those are worth in each field. */
static void weigh_own_words(
	struct matcher *m, const struct profile *profile, enum own *own, points_t *points)
{
	struct arena scratch = ARENA_INIT;
	struct notice words;
	size_t keywords;

	notice_init(&words);
	words.stage = words.kind = NOTICE_COMPETITION;
	words.title = own_words(profile, &scratch, &keywords);
	find_rules(m, m->own, &words);
	for (size_t i = 0; i < m->own->firing.n_rules; i++) {
		uint32_t rule = m->own->firing.rules[i];

		own[rule] = OWN_DESCRIPTION;
		points[m->rules->rules[rule].field] += fired_best(&m->own->firing, rule, 0)->points;
	}
	find_for(m, own, points);
	find_among_keywords(m, keywords, own);
	arena_done(&scratch);
}

/* How many different terms of the rule stand in the profile's own words, counted up to two. */
static int own_terms(const struct matcher *m, size_t number)
{
	const struct rule *rule = &m->rules->rules[number];
	uint32_t first = 0;

	for (size_t i = 0; i < rule->n_lines; i++) {
		const struct rule_line *line = &rule->lines[i];

		if (!rule_line_is_of_own_words(line))
			continue;
		for (size_t j = 0; j < line->n_terms; j++) {
			uint32_t term = m->code[number].lines[i].terms[j];

			if (term == 0 || term == first || m->own->scan.seen[term].newest == 0)
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
static int own_percent(const struct matcher *m, const struct profile *profile, size_t rule, bool by_keyword)
{
	bool said = by_keyword || profile->keywords.n == 0; /* then the description says it all */

	return said && own_terms(m, rule) > 1 ? QUERY_RULE_OWN : QUERY_RULE_OWN_FAINT;
}

/*
 * A profile hears of every rule of the fields it names. Of a field that its own words speak of it hears
 * of the very rules that speak of them, and faintly of the others: who sells lamps is in the field of
 * energy, but solar roofs are not its trade.
 */
static void compile_fields(struct matcher *m, uint32_t number)
{
	const struct profile *profile = m->profiles[number];
	points_t *points = calloc(m->rules->n_fields + 1, sizeof(*points));
	bool *named = calloc(m->rules->n_fields + 1, sizeof(*named));
	enum own *own = calloc(m->rules->n_rules + 1, sizeof(*own));

	if (points == NULL || named == NULL || own == NULL)
		die("out of memory");
	find_named(m, profile, named);
	weigh_own_words(m, profile, own, points);
	for (size_t rule = 0; rule < m->rules->n_rules; rule++) {
		size_t field = m->rules->rules[rule].field;

		if (named[field])
			add_share(m, rule, number, QUERY_FIELD_NAMED);
		else if (points[field] >= QUERY_FIELD_INFERRED_FROM)
			add_share(m, rule, number,
				own[rule] == OWN_NOT ? QUERY_RULE_BESIDE
						     : own_percent(m, profile, rule, own[rule] == OWN_KEYWORD));
	}
	free(own);
	free(named);
	free(points);
}

struct matcher_view matcher_view(const struct matcher *m)
{
	return (struct matcher_view){ m->rules, m->profiles, m->n_profiles, m->lexicon, m->terms, m->code,
		m->shares };
}

struct reader *matcher_reader_new(const struct matcher *m)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		die("out of memory");
	scan_init(&reader->scan, m->terms, m->lexicon);
	reader->scan.suspended = m->suspended;
	firing_init(&reader->firing, m->rules, m->lexicon, m->suspended);
	board_init(&reader->board, m->n_profiles, m->rules->n_fields);
	return reader;
}

void *reader_free(struct reader *reader)
{
	if (reader == NULL)
		return NULL;
	board_done(&reader->board);
	gate_visit_done(&reader->visit);
	firing_done(&reader->firing);
	scan_done(&reader->scan);
	arena_done(&reader->batch);
	free(reader);
	return NULL;
}

struct reader **matcher_batch_readers(struct matcher *m)
{
	return m->batch;
}

int matcher_new(const struct rules *rules, int64_t ruleset, const struct profile *const *profiles,
	size_t n_profiles, struct matcher **ret, struct error *err)
{
	struct matcher *m;

	if (n_profiles > UINT32_MAX / 2)
		return error_set(err, ERROR_LIMIT, "more than %u profiles", UINT32_MAX / 2);
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		die("out of memory");
	m->rules = rules;
	m->ruleset = ruleset;
	m->profiles = profiles;
	m->n_profiles = n_profiles;
	m->lexicon = lexicon_new(rules);
	m->terms = terms_new(m->lexicon);
	m->suspended = arena_array(&m->arena, atomic_bool, rules->n_rules);
	m->own = matcher_reader_new(m);
	m->shares = arena_array(&m->arena, struct rule_shares, rules->n_rules);
	compile_rules(m);
	lexicon_watch(m->lexicon, terms_triggers(m->terms));
	terms_pack(m->terms);
	/* fields first: they need the rules' terms alone, and the trie is small then */
	for (uint32_t i = 0; i < n_profiles; i++)
		compile_fields(m, i);
	for (uint32_t i = 0; i < n_profiles; i++)
		query_post(m->terms, m->lexicon, profiles[i], i);
	m->gates = gate_table_new(profiles, n_profiles);
	terms_pack(m->terms);
	memo_forget(&m->own->scan.memo);
	*ret = m;
	return 0;
}

void *matcher_free(struct matcher *matcher)
{
	if (matcher == NULL)
		return NULL;
	reader_free(matcher->own);
	for (size_t i = 0; i < MATCHER_THREADS_MAX; i++)
		reader_free(matcher->batch[i]);
	gate_table_free(matcher->gates);
	terms_free(matcher->terms);
	lexicon_free(matcher->lexicon);
	arena_done(&matcher->arena);
	free(matcher);
	return NULL;
}

static struct scoring scoring_of(const struct matcher *m, const struct reader *reader,
	const struct notice *notice, bool no_gates, struct arena *arena)
{
	return (struct scoring){ m->rules, m->profiles, m->gates, NULL, &reader->scan, &reader->firing, notice, no_gates,
		arena, { STR_NONE, STR_NONE }, false };
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* A pattern over its budget suspends its rule: told, and nothing else stops. */
static int tell_overspent(const struct matcher *m, const struct reader *reader,
	const struct notice *notice, struct error *err)
{
	uint32_t rule = reader->scan.overspent != 0 ? reader->scan.overspent : reader->firing.overspent;

	if (rule == 0)
		return 0;
	error_set(err, ERROR_LIMIT, "rule %.*s: a pattern overspent its budget on %.*s",
		STR_ARG(m->rules->rules[rule - 1].name), STR_ARG(notice->id));
	return MATCHER_OVERSPENT;
}

void matcher_suspend(struct matcher *m, size_t rule)
{
	atomic_store_explicit(&m->suspended[rule], true, memory_order_relaxed);
}

size_t matcher_suspended(const struct matcher *m, struct arena *arena, size_t **ret)
{
	size_t n = 0;

	*ret = arena_array(arena, size_t, m->rules->n_rules);
	for (size_t i = 0; i < m->rules->n_rules; i++)
		if (atomic_load_explicit(&m->suspended[i], memory_order_relaxed))
			(*ret)[n++] = i;
	return n;
}

enum { FETCH_AHEAD = 8 }; /* profiles whose gates are announced */

/* Those that may reach the threshold and whose gates are open. */
static size_t drop_gated(const struct matcher *m, struct reader *reader,
	const struct notice *notice, const struct match_options *options)
{
	size_t n = 0;

	if (options->no_gates)
		return reader->board.n_hopeful;
	gate_visit_begin(&reader->visit, m->gates, notice);
	for (size_t i = 0; i < reader->board.n_hopeful; i++) {
		uint32_t profile = reader->board.hopeful[i];

		if (i + FETCH_AHEAD < reader->board.n_hopeful)
			gate_table_fetch(m->gates, reader->board.hopeful[i + FETCH_AHEAD]);
		if (gate_visit_passes(&reader->visit, m->gates, profile))
			reader->board.hopeful[n++] = profile;
	}
	return n;
}

int matcher_judge(const struct matcher *m, struct reader *reader, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	struct scoring s = scoring_of(m, reader, notice, options->no_gates, arena);
	size_t capacity = 0, n;

	s.wordless = reader->wordless;
	*ret = (struct receipts){ NULL, 0 };
	board_fill(&reader->board, &s, m->shares, MATCH_THRESHOLD);
	n = drop_gated(m, reader, notice, options);
	s.visit = options->no_gates ? NULL : &reader->visit;
	if (n > 1)
		qsort(reader->board.hopeful, n, sizeof(uint32_t), by_number);
	for (size_t i = 0; i < n; i++) {
		struct receipt receipt = { .threshold = MATCH_THRESHOLD, .ruleset = m->ruleset };

		if (score_profile(&s, &reader->board, reader->board.hopeful[i], MATCH_THRESHOLD, &receipt) !=
				GATE_PASSED ||
			receipt.score < MATCH_THRESHOLD)
			continue;
		arena_grow(arena, ret->at, ret->n, &capacity);
		ret->at[ret->n++] = receipt;
	}
	return tell_overspent(m, reader, notice, err);
}

int matcher_read(const struct matcher *m, struct reader *reader, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	*ret = (struct receipts){ NULL, 0 };
	if (!options->no_gates && gate_of_notice(notice, options->now) != GATE_PASSED)
		return 0;
	find_rules(m, reader, notice);
	return matcher_judge(m, reader, notice, options, arena, ret, err);
}

int matcher_run(struct matcher *m, const struct notice *notice, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	return matcher_read(m, m->own, notice, options, arena, ret, err);
}

/* The share of the profile in the rule, in percent; 0: none. */
static int share_of(const struct matcher *m, size_t rule, size_t profile)
{
	for (size_t i = 0; i < m->shares[rule].n; i++)
		if (m->shares[rule].at[i].profile == profile)
			return m->shares[rule].at[i].percent;
	return 0;
}

size_t matcher_profile_fields(const struct matcher *m, size_t profile, struct arena *arena,
	struct profile_field **ret)
{
	size_t n = 0;

	*ret = arena_array(arena, struct profile_field, m->rules->n_fields);
	for (size_t rule = 0; rule < m->rules->n_rules; rule++) {
		size_t field = m->rules->rules[rule].field;
		int percent = share_of(m, rule, profile);

		if (percent == 0 || (n > 0 && (*ret)[n - 1].field == field))
			continue; /* rules stand in order of name, so those of a field stand together */
		(*ret)[n++] = (struct profile_field){ field, percent != QUERY_FIELD_NAMED };
	}
	return n;
}

int matcher_rule_fires(struct matcher *m, size_t rule, const struct notice *notice, bool *ret,
	struct error *err)
{
	find_rules(m, m->own, notice);
	*ret = m->own->firing.first[rule] != 0;
	return tell_overspent(m, m->own, notice, err);
}

int matcher_rule_reasons(struct matcher *m, const struct notice *notice, struct arena *arena,
	struct reason **ret, size_t *ret_n, struct error *err)
{
	size_t capacity = 0;

	*ret = NULL;
	*ret_n = 0;
	find_rules(m, m->own, notice);
	for (size_t i = 0; i < m->own->firing.n; i++) {
		const struct fired *fired = &m->own->firing.at[i];
		const struct hit *hit = fired->hit;

		arena_grow(arena, *ret, *ret_n, &capacity);
		(*ret)[(*ret_n)++] = (struct reason){
			.rule = m->rules->rules[fired->rule].name,
			.points = fired->points,
			.field = str_of(match_field_name(hit->field)),
			.start = hit->start,
			.end = hit->end,
			.text = str_sub(scan_field_text(notice, hit->field, hit->scope, arena), hit->start,
				hit->end),
		};
	}
	return tell_overspent(m, m->own, notice, err);
}

int matcher_explain(struct matcher *m, const struct notice *notice, size_t profile,
	const struct match_options *options, struct arena *arena, struct explanation *ret,
	struct error *err)
{
	struct scoring s = scoring_of(m, m->own, notice, options->no_gates, arena);
	enum match_gate excluded;

	*ret = (struct explanation){ .receipt = { .threshold = MATCH_THRESHOLD, .ruleset = m->ruleset } };
	find_rules(m, m->own, notice);
	board_fill(&m->own->board, &s, m->shares, MATCH_THRESHOLD);
	if (!options->no_gates)
		ret->gate = gate_test(m->profiles[profile], notice, options->now, arena, &ret->gate_text,
			&ret->change);
	excluded = score_profile(&s, &m->own->board, (uint32_t)profile, SCORE_ANY, &ret->receipt);
	if (ret->gate == GATE_PASSED && excluded == GATE_EXCLUDED) {
		ret->gate = GATE_EXCLUDED;
		ret->gate_text = STR("excluded: the title has a word that the profile excludes");
	}
	if (ret->receipt.score < MATCH_THRESHOLD)
		ret->missing = MATCH_THRESHOLD - ret->receipt.score;
	ret->matches = ret->gate == GATE_PASSED && ret->missing == 0;
	return tell_overspent(m, m->own, notice, err);
}
