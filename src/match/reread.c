#include "match/reread.h"

#include <stdlib.h>

#include "bound.h"
#include "gates.h"
#include "match/select.h"
#include "reread_words.h"

/* Folding makes no text more than nine times as long. */
enum { FOLDED_MAX = 10 * SCAN_TEXT_MAX, FIELD_MAX = 2 * SCAN_TEXT_MAX };

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

struct reread *reread_of(const struct matcher *matcher, struct matcher *owned, const bool *profiles,
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
	reread->bound = bound_new(matcher, profiles);
	if (reread->bound != NULL) {
		const struct matcher_view m = matcher_view(matcher);
		uint32_t numbers[BOUND_PROFILES_MAX];
		size_t n = bound_profiles(reread->bound, numbers);

		ears_init(&reread->ears, &m, numbers, n, &reread->arena);
	}
	return reread;
}

/* Few profiles hear of few rules: the others are left out. */
struct reread *reread_new(const struct matcher *matcher, const struct dictionary *dictionary)
{
	struct matcher *part = NULL;

	if (matcher_view(matcher).n_profiles <= SELECT_PROFILES_MAX)
		part = matcher_part(matcher, NULL, NULL);
	return reread_of(part != NULL ? part : matcher, part, NULL, dictionary);
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
	free(reread->tells);
	free(reread->known);
	free(reread->lens);
	free(reread->ids);
	free(reread->some);
	free(reread->places);
	buf_done(&reread->folded);
	buf_done(&reread->raw);
	bound_free(reread->bound);
	arena_done(&reread->arena);
	matcher_free(reread->part);
	free(reread);
	return NULL;
}

/* What subjects are about is asked of those that would match. */
static bool has_subjects(const struct imprint *imprint)
{
	for (size_t i = 0; i < imprint->n_texts; i++)
		if (imprint->texts[i].field == FIELD_SUBJECTS)
			return true;
	return false;
}

/* Fields (bits) whose words the receipts repeat, and the title and subjects, whose words speak for or against one. */
static unsigned fields_repeated(const struct receipts *receipts)
{
	unsigned fields = 1u << FIELD_TITLE | 1u << FIELD_SUBJECTS;

	for (size_t i = 0; i < receipts->n; i++)
		for (size_t j = 0; j < receipts->at[i].n_reasons; j++)
			for (unsigned field = 0; field < FIELDS; field++)
				if (str_eqz(receipts->at[i].reasons[j].field, match_field_name((enum match_field)field)))
					fields |= 1u << field;
	return fields;
}

/* Receipts repeat words: first it is found out whether there are any. What subjects say may only take some away. */
int reread_judge(struct reread *reread, const struct rule_shares *told, struct imprint *imprint,
	const struct reread_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	struct reader *reader = reread->reader;
	bool more;
	int r;

	reader->told = told;
	reader->wordless = true;
	reader->unfiled = imprint->notice.cpv.n == 0 && has_subjects(imprint);
	reader->unheaded = true;
	r = matcher_judge(reread->matcher, reader, &imprint->notice, &options->match, arena, ret, err);
	more = reader->unfiled || reader->asks_head;
	reader->unfiled = reader->unheaded = false;
	if (r < 0 || ret->n == 0)
		return r;
	if (!options->texts && !more)
		return 0;
	if (!options->texts) {
		imprint_texts(reread->dictionary, imprint, 1u << FIELD_TITLE | 1u << FIELD_SUBJECTS, arena);
		return matcher_judge(reread->matcher, reader, &imprint->notice, &options->match, arena, ret, err);
	}
	if (imprint->cut)
		return REREAD_UNSURE;
	imprint_texts(reread->dictionary, imprint, fields_repeated(ret), arena);
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

/* Of what was scanned; texts that a line reads again are written when it asks for them. */
static int fire(struct reread *reread, struct imprint *imprint, struct arena *arena, const struct firing **ret)
{
	struct reader *reader = reread->reader;
	const struct firing *firing = &reader->firing;

	*ret = firing;
	for (;;) {
		matcher_fire(reread->matcher, reader, &imprint->notice);
		if (firing->read_again != 0 && imprint->cut)
			return REREAD_UNSURE;
		if ((firing->read_again & ~imprint->written) == 0)
			return 0;
		imprint_texts(reread->dictionary, imprint, firing->read_again, arena);
	}
}

/* `ears`: NULL: all rules are of interest. */
static void listen(struct reread *reread, const struct ears *ears)
{
	reread->reader->scan.ears = ears;
	reread->reader->firing.ears = ears;
}

int reread_fire(struct reread *reread, struct imprint *imprint, struct arena *arena,
	const struct firing **ret, struct error *err)
{
	int r = read_words(reread, imprint, arena, err);

	if (r < 0)
		return r;
	listen(reread, NULL);
	reread_scan_imprint(reread, imprint, REREAD_HEAD | REREAD_BODY);
	return fire(reread, imprint, arena, ret);
}

const struct scan *reread_scan(const struct reread *reread)
{
	return &reread->reader->scan;
}

const struct firing *reread_firing(const struct reread *reread)
{
	return &reread->reader->firing;
}

bool reread_hopeless(const struct reread *reread, const struct imprint *imprint,
	const struct reread_options *options)
{
	return reread->bound != NULL &&
	       !bound_gates(reread->bound, &imprint->notice, options->match.no_gates, options->most);
}

/* What of it is still to be scanned; 0: it is no match, by its gates, its head and the most its body can give. */
static int hopeful(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct error *err)
{
	const struct scan *scan = &reread->reader->scan;
	int r;

	if (reread->bound == NULL)
		return REREAD_HEAD | REREAD_BODY;
	if (reread_hopeless(reread, imprint, options))
		return 0;
	reread->ears.open = bound_open(reread->bound);
	if (options->body == NULL)
		return REREAD_HEAD | REREAD_BODY;
	r = imprint_words(reread->dictionary, imprint, err);
	if (r < 0)
		return r;
	reread_scan_imprint(reread, imprint, REREAD_HEAD);
	if (scan->overspent != 0)
		return REREAD_HEAD | REREAD_BODY;
	return bound_reached(reread->bound, scan, options->body) ? REREAD_BODY : 0;
}

int reread_find(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct error *err)
{
	const struct scan *scan = &reread->reader->scan;
	const struct firing *firing;
	int r, parts;

	if (!options->match.no_gates && gate_of_notice(&imprint->notice, options->match.now) != GATE_PASSED)
		return 0;
	listen(reread, reread->bound != NULL ? &reread->ears : NULL);
	parts = hopeful(reread, imprint, options, err);
	if (parts <= 0)
		return parts;
	r = read_words(reread, imprint, arena, err);
	if (r < 0)
		return r;
	reread_scan_imprint(reread, imprint, (unsigned)parts);
	/* which text a pattern's budget ends in is a matter of their order */
	if (parts == REREAD_BODY && scan->overspent != 0)
		reread_scan_imprint(reread, imprint, REREAD_HEAD | REREAD_BODY);
	if (reread->bound != NULL && scan->overspent == 0 && !bound_reached(reread->bound, scan, NULL))
		return 0;
	r = fire(reread, imprint, arena, &firing);
	return r != 0 ? r : REREAD_FOUND;
}

bool reread_overspent(const struct reread *reread)
{
	return reread->reader->scan.overspent != 0 || reread->reader->firing.overspent != 0;
}

int reread_run(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	int r = reread_find(reread, imprint, options, arena, err);

	*ret = (struct receipts){ NULL, 0 };
	return r != REREAD_FOUND ? r : reread_judge(reread, NULL, imprint, options, arena, ret, err);
}
