/* What a set must be beyond well-formed before it may be activated: appariteur-rules(5), ERRORS. */
#include "atoms.h"
#include "base/buf.h"
#include "base/fold.h"
#include "rule_parse.h"

static bool is_stop(const struct rules *rules, struct str word)
{
	for (size_t i = 0; i < rules->n_stop_words; i++)
		if (str_eq(rules->stop_words[i], word))
			return true;
	return false;
}

uint32_t rules_words_left(const struct rules *rules, struct str text, struct arena *arena, struct str *ret_one)
{
	struct folded folded = fold(arena, text);
	uint32_t left = 0;

	*ret_one = STR_NONE;
	for (uint32_t i = 0; i < folded.n_words; i++) {
		if (is_stop(rules, folded_word(&folded, i)))
			continue;
		left++;
		*ret_one = str_sub(text, folded.words[i].raw_start, folded.words[i].raw_end);
	}
	if (left != 1 || folded.n_words == 1)
		*ret_one = STR_NONE;
	return left;
}

/* Function words are passed over, so that nothing of such a term would be left. */
static void check_words(struct rule_parser *p, const struct rule_term *term, struct arena *scratch)
{
	struct str one;

	if (rules_words_left(p->rules, term->text, scratch, &one) > 0)
		return;
	rule_problem_at(p, &term->place,
		"\"%.*s\" has function words only, which are passed over; add a word that says something, or "
		"write a pattern", STR_ARG(term->text));
}

/* Words of every purchase, folded, to see what a pattern costs where it does not match. */
static const char plain[] =
	"le present marche a pour objet la realisation de prestations de services et de travaux pour le compte "
	"de la commune les candidats remettent une offre conforme au reglement de la consultation avant la date "
	"limite de reception des offres le pouvoir adjudicateur se reserve le droit de negocier avec les trois "
	"premiers candidats du classement duree du marche douze mois renouvelable trois fois lot unique ";

enum { ALWAYS_NS_MAX = 10000 }; /* of a segment: for a pattern that no word calls for */

static struct str plain_segment(struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(REGEX_SEGMENT);

	while (out.len + sizeof(plain) <= REGEX_SEGMENT)
		buf_addz(&out, plain);
	return arena_dup(arena, buf_str(&out));
}

static void check_pattern(struct rule_parser *p, const struct rule_term *term, struct arena *scratch)
{
	struct error err = ERROR_INIT;
	struct regex_trial trial;
	struct rule_place place = term->place;
	struct atoms atoms;
	uint64_t ns;

	if (regex_try(term->regex, term->pattern, scratch, &trial, &err) < 0) {
		if (term->pattern.len == term->text.len) /* folding moved nothing */
			place.column += 1 + (unsigned)str_utf8_count(str_sub(term->text, 0, trial.at));
		rule_problem_at(p, &place, "%s", err.text);
		return;
	}
	atoms_find(term->pattern, scratch, &atoms);
	ns = atoms.n > 0 ? 0 : regex_cost_ns(term->regex, plain_segment(scratch));
	if (ns > ALWAYS_NS_MAX)
		rule_problem_at(p, &place,
			"no two letters of a word stand in all that this pattern matches, so that every text would "
			"have to be tried, for %u µs on 4 KiB (at most %d); begin with letters, as in /lot [0-9]+/",
			(unsigned)(ns / 1000), ALWAYS_NS_MAX / 1000);
}

typedef void check_term(struct rule_parser *p, const struct rule_term *term, struct arena *scratch);

static void admit_term(struct rule_parser *p, const struct rule_term *term, struct arena *scratch)
{
	if (term->kind == TERM_PATTERN)
		check_pattern(p, term, scratch);
	else
		check_words(p, term, scratch);
}

static void doubt_term(struct rule_parser *p, const struct rule_term *term, struct arena *scratch)
{
	struct str one = STR_NONE;

	if (term->kind != TERM_PATTERN)
		rules_words_left(p->rules, term->text, scratch, &one);
	if (str_given(one))
		rule_problem_at(p, &term->place,
			"\"%.*s\" is found wherever \"%.*s\" is: its other words are function words, which are passed over; "
			"add a word that says something, or write a pattern", STR_ARG(term->text), STR_ARG(one));
}

static void check_group(struct rule_parser *p, const struct rule_term *terms, size_t n, check_term *check,
	struct arena *scratch)
{
	for (size_t i = 0; i < n; i++)
		check(p, &terms[i], scratch);
	arena_reset(scratch);
}

static void check_line(struct rule_parser *p, const struct rule_line *line, check_term *check, struct arena *scratch)
{
	check_group(p, line->terms, line->n_terms, check, scratch);
	for (size_t i = 0; i < line->n_with; i++)
		check_group(p, line->with[i].terms, line->with[i].n_terms, check, scratch);
	check_group(p, line->except.terms, line->except.n_terms, check, scratch);
}

/* The terms of a list stand in many lines, but their place is one: it is told once. */
static void drop_repeats(struct rule_parser *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n_problems; i++) {
		const struct rule_problem *problem = &p->problems[i];
		size_t j = 0;

		while (j < kept && (p->problems[j].line != problem->line ||
					   p->problems[j].column != problem->column ||
					   !str_eq(p->problems[j].file, problem->file)))
			j++;
		if (j == kept)
			p->problems[kept++] = *problem;
	}
	p->n_problems = kept;
}

static void check_all(const struct rules *rules, check_term *check, struct arena *arena, struct rule_problem **problems,
	size_t *n_problems)
{
	/* a parser that reads nothing, for its way to tell problems */
	struct rule_parser p = { .rules = (struct rules *)rules, .report = arena };
	struct arena scratch = ARENA_INIT;

	for (size_t i = 0; i < rules->n_rules; i++)
		for (size_t j = 0; j < rules->rules[i].n_lines; j++)
			check_line(&p, &rules->rules[i].lines[j], check, &scratch);
	arena_done(&scratch);
	drop_repeats(&p);
	*problems = p.problems;
	*n_problems = p.n_problems;
}

int rules_admit(const struct rules *rules, struct arena *arena, struct rule_problem **problems,
	size_t *n_problems, struct error *err)
{
	const struct rule_problem *first;

	check_all(rules, admit_term, arena, problems, n_problems);
	if (*n_problems == 0)
		return 0;
	first = &(*problems)[0];
	return error_set(err, ERROR_INPUT, "%.*s:%u:%u: %.*s", STR_ARG(first->file), first->line, first->column,
		STR_ARG(first->text));
}

void rules_doubt(const struct rules *rules, struct arena *arena, struct rule_problem **doubts, size_t *n_doubts)
{
	check_all(rules, doubt_term, arena, doubts, n_doubts);
}
