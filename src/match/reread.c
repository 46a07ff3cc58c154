#include "match/reread.h"

#include <stdlib.h>

#include "gates.h"
#include "match/select.h"
#include "query.h"
#include "rereading.h"

/* Folding makes no text more than nine times as long. */
enum { FOLDED_MAX = 10 * SCAN_TEXT_MAX, FIELD_MAX = 2 * SCAN_TEXT_MAX };

struct reread {
	const struct matcher *matcher;
	struct matcher *part; /* that one, when it was made here; NULL */
	const struct dictionary *dictionary;
	struct reader *reader;
	struct known *known; /* by form of the dictionary */
	size_t known_size;
	uint32_t forgotten;  /* by the memo, when `known` was begun */
	bool always;         /* some pattern is run on every text */
	unsigned fields;     /* bits: those that are looked at */
	points_t *points;    /* by field of activity: what the head at hand may give; NULL: that is not known */
	bool *met;           /* by rule: it has evidence in the head at hand; all false between uses */
	uint32_t *ids;       /* of the text at hand */
	struct fold_word *places;
	size_t capacity;     /* of both */
	const struct imprint *imprint;
	const struct imprint_text *text;
	struct buf folded, raw; /* that text, when it was asked for */
};

/* What is known of a form. */
struct known {
	uint32_t id : 31;    /* in the memo, + 1; 0: not learnt */
	uint32_t telling : 1; /* a text without such a word has no hit */
};

/* Where the lines of its rules look, and the wishes of its profiles when it has any. */
static unsigned fields_looked_at(const struct matcher *matcher)
{
	struct matcher_view m = matcher_view(matcher);
	unsigned fields = 0;

	for (size_t i = 0; i < m.rules->n_rules; i++)
		for (size_t j = 0; j < m.rules->rules[i].n_lines; j++)
			if (m.code[i].lines[j].n > 0 || m.code[i].lines[j].again != NULL)
				fields |= m.rules->rules[i].lines[j].fields;
	for (uint32_t term = 1; term <= terms_count(m.terms); term++) {
		size_t n;

		terms_profiles(m.terms, term, &n);
		if (n > 0)
			return fields | WISH_TEXT_FIELDS;
	}
	return fields;
}

/* One profile that hears of no rule that asks for others: what a head can give it is easily told. */
static void bound_begin(struct reread *reread)
{
	struct matcher_view m = matcher_view(reread->matcher);

	if (m.n_profiles != 1)
		return;
	for (size_t i = 0; i < m.rules->n_rules; i++)
		if (m.shares[i].n > 0 && m.rules->rules[i].level > 0)
			return;
	reread->points = calloc(m.rules->n_fields + 1, sizeof(*reread->points));
	reread->met = calloc(m.rules->n_rules + 1, sizeof(*reread->met));
	if (reread->points == NULL || reread->met == NULL)
		die("out of memory");
}

struct reread *reread_of(const struct matcher *matcher, struct matcher *owned,
	const struct dictionary *dictionary)
{
	struct reread *reread = calloc(1, sizeof(*reread));
	size_t n_always;

	if (reread == NULL)
		die("out of memory");
	reread->matcher = matcher;
	reread->part = owned;
	reread->dictionary = dictionary;
	reread->reader = matcher_reader_new(matcher);
	reread->folded = (struct buf)BUF_INIT(FOLDED_MAX);
	reread->raw = (struct buf)BUF_INIT(FIELD_MAX);
	terms_always(matcher_view(matcher).terms, &n_always);
	reread->always = n_always > 0;
	reread->fields = fields_looked_at(matcher);
	bound_begin(reread);
	return reread;
}

/* Few profiles hear of few rules: the others are left out. */
struct reread *reread_new(const struct matcher *matcher, const struct dictionary *dictionary)
{
	struct matcher *part = NULL;

	if (matcher_view(matcher).n_profiles <= SELECT_PROFILES_MAX)
		part = matcher_part(matcher, NULL, NULL);
	return reread_of(part != NULL ? part : matcher, part, dictionary);
}

const struct matcher *reread_matcher(const struct reread *reread)
{
	return reread->matcher;
}

void *reread_free(struct reread *reread)
{
	if (reread == NULL)
		return NULL;
	reader_free(reread->reader);
	free(reread->known);
	free(reread->ids);
	free(reread->places);
	buf_done(&reread->folded);
	buf_done(&reread->raw);
	free(reread->points);
	free(reread->met);
	matcher_free(reread->part);
	free(reread);
	return NULL;
}

/* words */

/* Nothing is known when the memo forgot, or of forms that the dictionary has gained. */
static void begin(struct reread *reread)
{
	size_t forms = dictionary_forms(reread->dictionary);

	scan_begin(&reread->reader->scan);
	if (forms <= reread->known_size && reread->forgotten == reread->reader->scan.memo.times_forgotten)
		return;
	free(reread->known);
	reread->known_size = forms;
	reread->known = calloc(forms + 1, sizeof(*reread->known));
	if (reread->known == NULL)
		die("out of memory");
	reread->forgotten = reread->reader->scan.memo.times_forgotten;
}

/* A hit begins with a word that is a term, begins one, or calls for a pattern. */
static struct known learn(struct reread *reread, uint32_t form)
{
	struct memo *memo = &reread->reader->scan.memo;
	uint32_t id = memo_word(memo, dictionary_text(reread->dictionary,
						dictionary_word(reread->dictionary, form)));
	const struct word_facts *facts = &memo->facts[id];

	reread->known[form] = (struct known){ (id + 1) & (UINT32_MAX >> 1), word_tells(facts) };
	return reread->known[form];
}

enum { AHEAD = 16 };

/* The ids of a text's words; false: none of them is telling. */
static bool ids_of(struct reread *reread, const uint32_t *forms, uint32_t n)
{
	bool telling = reread->always;

	if (n > reread->capacity) {
		free(reread->ids);
		free(reread->places);
		reread->capacity = 2 * (size_t)n;
		reread->ids = malloc(reread->capacity * sizeof(*reread->ids));
		reread->places = malloc(reread->capacity * sizeof(*reread->places));
		if (reread->ids == NULL || reread->places == NULL)
			die("out of memory");
	}
	for (uint32_t i = 0; i < n; i++) {
		struct known known = reread->known[forms[i]];

		if (i + AHEAD < n)
			__builtin_prefetch(&reread->known[forms[i + AHEAD]]);
		if (known.id == 0)
			known = learn(reread, forms[i]);
		reread->ids[i] = known.id - 1;
		telling |= known.telling;
	}
	return telling;
}

/* A pattern is to be run: it wants the text, which is the words between blanks, and what was written. */
static void write_text(void *data, struct words *words)
{
	struct reread *reread = data;

	buf_reset(&reread->folded);
	buf_reset(&reread->raw);
	buf_addc(&reread->folded, ' ');
	for (uint32_t i = 0; i < words->n; i++) {
		uint32_t form = reread->imprint->forms[reread->text->first + i];

		buf_adds(&reread->folded, dictionary_text(reread->dictionary,
			dictionary_word(reread->dictionary, form)));
		buf_addc(&reread->folded, ' ');
	}
	imprint_text_write(reread->dictionary, reread->text, &reread->raw);
	words->folded = buf_str(&reread->folded);
	words->raw = buf_str(&reread->raw);
}

static bool has_one_subject(const struct imprint *imprint)
{
	size_t n = 0;

	for (size_t i = 0; i < imprint->n_texts; i++)
		n += imprint->texts[i].field == FIELD_SUBJECTS;
	return n == 1;
}

static void scan_imprint(struct reread *reread, const struct imprint *imprint)
{
	struct scan *scan = &reread->reader->scan;

	begin(reread);
	scan->one_subject = has_one_subject(imprint);
	reread->imprint = imprint;
	for (size_t i = 0; i < imprint->n_texts; i++) {
		const struct imprint_text *text = &imprint->texts[i];

		if (text->n == 0 || (reread->fields & 1u << text->field) == 0 || !ids_of(reread, imprint->forms + text->first, text->n))
			continue;
		imprint_places(reread->dictionary, text, reread->places);
		reread->text = text;
		scan->base = text->base;
		scan_words(scan, &(struct words){ .ids = reread->ids, .n = text->n, .places = reread->places,
			.write = write_text, .data = reread }, text->scope, text->field);
	}
	scan->base = 0;
	scan_cpv(scan, &imprint->notice);
}

/* Receipts repeat words: first it is found out whether there are any. */
static int judge(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	struct reader *reader = reread->reader;
	int r;

	reader->wordless = true;
	r = matcher_judge(reread->matcher, reader, &imprint->notice, &options->match, arena, ret, err);
	if (r < 0 || ret->n == 0 || !options->texts)
		return r;
	if (imprint->cut)
		return REREAD_UNSURE;
	imprint_texts(reread->dictionary, imprint, IMPRINT_TEXTS, arena);
	reader->wordless = false;
	return matcher_judge(reread->matcher, reader, &imprint->notice, &options->match, arena, ret, err);
}

/* Those of the body only where it has a field that is looked at. */
static int read_words(struct reread *reread, struct imprint *imprint, struct arena *arena, struct error *err)
{
	struct str body;
	int r = imprint_words(reread->dictionary, imprint, err);

	if (r < 0 || imprint->body_read || (imprint->body & reread->fields) == 0)
		return r;
	r = imprint->find_body(imprint->data, arena, &body, err);
	return r < 0 ? r : imprint_read_body(reread->dictionary, body, imprint, err);
}

int reread_fire(struct reread *reread, struct imprint *imprint, struct arena *arena,
	const struct firing **ret, struct error *err)
{
	struct reader *reader = reread->reader;
	int r = read_words(reread, imprint, arena, err);

	if (r < 0)
		return r;
	scan_imprint(reread, imprint);
	matcher_fire(reread->matcher, reader, &imprint->notice);
	*ret = &reader->firing;
	if (!reader->firing.read_again)
		return 0;
	if (imprint->cut)
		return REREAD_UNSURE;
	imprint_texts(reread->dictionary, imprint, IMPRINT_TEXTS, arena);
	matcher_fire(reread->matcher, reader, &imprint->notice);
	return 0;
}

const struct scan *reread_scan(const struct reread *reread)
{
	return &reread->reader->scan;
}

/* Evidence in the head for a rule that the profile hears of, whatever else that asks for. */
static void meet_rules(struct reread *reread, const struct matcher_view *m, uint32_t term, uint32_t *rules,
	size_t *n_rules)
{
	unsigned seen = reread->reader->scan.seen[term].fields;
	size_t n;
	const struct rule_posting *postings = terms_rules(m->terms, term, &n);

	for (size_t i = 0; i < n; i++) {
		const struct rule *rule = &m->rules->rules[postings[i].rule];
		const struct rule_shares *shares = &m->shares[postings[i].rule];
		points_t points = 0;

		if ((postings[i].fields & seen) == 0 || rule->lines[postings[i].line].kind != LINE_ANY ||
			reread->met[postings[i].rule])
			continue;
		for (size_t j = 0; j < shares->n; j++)
			points += rule->weight * shares->at[j].percent;
		if (points <= 0)
			continue;
		reread->met[postings[i].rule] = true;
		rules[(*n_rules)++] = postings[i].rule;
		reread->points[rule->field] += (points + 99) / 100;
	}
}

/* What the hits in the head give the profile at most. */
static points_t bound_of_head(struct reread *reread, struct arena *arena)
{
	const struct scan *scan = &reread->reader->scan;
	struct matcher_view m = matcher_view(reread->matcher);
	uint32_t *rules = arena_array(arena, uint32_t, m.rules->n_rules);
	points_t bound = 0, code = 0;
	size_t n_rules = 0;

	for (size_t i = 0; i < scan->n_touched; i++) {
		size_t n;
		const struct profile_posting *postings = terms_profiles(m.terms, scan->touched[i], &n);

		for (size_t j = 0; j < n; j++) {
			const struct profile_posting *p = &postings[j];

			if (p->wish == WISH_CPV || p->wish == WISH_CPV_BROADER)
				code = p->points > code ? p->points : code; /* one code counts */
			else if (p->points > 0)
				bound += p->wish == WISH_KEYWORD
						 ? query_title_points(p->points, p->setting, true, false, true)
						 : p->points;
		}
		meet_rules(reread, &m, scan->touched[i], rules, &n_rules);
	}
	for (size_t i = 0; i < n_rules; i++) {
		size_t field = m.rules->rules[rules[i]].field;
		points_t cap = rules_cap(m.rules, field);

		reread->met[rules[i]] = false;
		bound += reread->points[field] < cap ? reread->points[field] : cap;
		reread->points[field] = 0;
	}
	return bound + code;
}

/* Can the notice be more than its body can make it? 0: no. */
static int hopeful(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct error *err)
{
	struct matcher_view m = matcher_view(reread->matcher);
	int r;

	if (reread->points == NULL || options->body == REREAD_BODY_ANY)
		return 1;
	if (!options->match.no_gates && gate_of_profile(m.profiles[0], &imprint->notice) != GATE_PASSED)
		return 0;
	r = imprint_words(reread->dictionary, imprint, err);
	if (r < 0)
		return r;
	scan_imprint(reread, imprint);
	return bound_of_head(reread, arena) + options->body >= MATCH_THRESHOLD;
}

int reread_run(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	const struct firing *firing;
	int r;

	*ret = (struct receipts){ NULL, 0 };
	if (!options->match.no_gates && gate_of_notice(&imprint->notice, options->match.now) != GATE_PASSED)
		return 0;
	r = hopeful(reread, imprint, options, arena, err);
	if (r <= 0)
		return r;
	r = reread_fire(reread, imprint, arena, &firing, err);
	return r != 0 ? r : judge(reread, imprint, options, arena, ret, err);
}
