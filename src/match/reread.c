#include "match/reread.h"

#include <stdlib.h>

#include "bound.h"
#include "gates.h"
#include "imprint_bytes.h"
#include "match/select.h"
#include "rereading.h"

/* Folding makes no text more than nine times as long. */
enum { FOLDED_MAX = 10 * SCAN_TEXT_MAX, FIELD_MAX = 2 * SCAN_TEXT_MAX };

struct reread {
	const struct matcher *matcher;
	struct matcher *part; /* that one, when it was made here; NULL */
	const struct dictionary *dictionary;
	struct reader *reader;
	/* by form of the dictionary: whether it tells, its id in the memo, its lengths */
	uint8_t *tells;
	uint32_t *known;
	struct imprint_lens *lens;
	size_t known_size;
	uint32_t forgotten;  /* by the memo, when these were begun */
	bool always;         /* some pattern is run on every text */
	unsigned fields;     /* bits: those that are looked at */
	struct bound *bound; /* NULL: what hits can give at most is not known */
	const struct imprint *imprint;
	const struct imprint_text *text; /* at hand */
	uint32_t *ids;       /* of its words */
	struct fold_word *places;
	size_t capacity;     /* of both */
	bool placed;         /* the places are those of its words */
	struct buf folded, raw; /* that text, when it was asked for */
};

/* Of a form, bits: a text in which no word tells has no hit. */
enum {
	TELLS_KNOWN = 1,
	TELLS = 2,
	TELLS_CALLS = 4, /* it calls for a pattern */
	TELLS_STOP = 8,  /* a function word */
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
	free(reread->places);
	buf_done(&reread->folded);
	buf_done(&reread->raw);
	bound_free(reread->bound);
	matcher_free(reread->part);
	free(reread);
	return NULL;
}

/* words */

static void *zeroed(void *old, size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	free(old);
	return p;
}

/* Nothing is known when the memo forgot, or of forms that the dictionary has gained. */
static void begin(struct reread *reread)
{
	size_t forms = dictionary_forms(reread->dictionary);

	scan_begin(&reread->reader->scan);
	if (forms <= reread->known_size && reread->forgotten == reread->reader->scan.memo.times_forgotten)
		return;
	reread->known_size = forms;
	reread->tells = zeroed(reread->tells, forms, sizeof(*reread->tells));
	reread->known = zeroed(reread->known, forms, sizeof(*reread->known));
	reread->lens = zeroed(reread->lens, forms, sizeof(*reread->lens));
	reread->forgotten = reread->reader->scan.memo.times_forgotten;
}

/* A hit begins with a word that is a term, begins one, or calls for a pattern. */
static uint8_t learn(struct reread *reread, uint32_t form)
{
	struct memo *memo = &reread->reader->scan.memo;
	struct str word = dictionary_text(reread->dictionary, dictionary_word(reread->dictionary, form));
	uint32_t id = memo_word(memo, word);

	reread->known[form] = id;
	reread->lens[form] = imprint_lens_of(word, dictionary_written(reread->dictionary, form));
	reread->tells[form] = (uint8_t)(TELLS_KNOWN | (word_tells(&memo->facts[id]) ? TELLS : 0) |
					(memo->facts[id].calls != 0 ? TELLS_CALLS : 0) |
					(memo->facts[id].stop ? TELLS_STOP : 0));
	return reread->tells[form];
}

/* What the words tell, together. */
static unsigned tell(struct reread *reread, const uint32_t *forms, uint32_t n)
{
	unsigned all = 0;

	for (uint32_t i = 0; i < n; i++) {
		unsigned tells = reread->tells[forms[i]];

		all |= tells != 0 ? tells : learn(reread, forms[i]);
	}
	return all;
}

static void make_room(struct reread *reread, uint32_t n)
{
	if (n <= reread->capacity)
		return;
	reread->capacity = 2 * (size_t)n;
	reread->ids = zeroed(reread->ids, reread->capacity, sizeof(*reread->ids));
	reread->places = zeroed(reread->places, reread->capacity, sizeof(*reread->places));
}

static void place_words(void *data, struct words *words)
{
	struct reread *reread = data;

	if (!reread->placed)
		imprint_places(reread->dictionary, reread->text, reread->lens, reread->places);
	reread->placed = true;
	words->places = reread->places + (words->ids - reread->ids);
}

/* A pattern is to be run: it wants the text, which is the words between blanks, and what was written. */
static void write_text(void *data, struct words *words)
{
	struct reread *reread = data;

	place_words(data, words);
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

/* Words of the text from one to another. */
static void scan_some(struct reread *reread, uint32_t from, uint32_t to)
{
	const struct imprint_text *text = reread->text;

	for (uint32_t i = from; i < to; i++)
		reread->ids[i] = reread->known[reread->imprint->forms[text->first + i]];
	scan_words(&reread->reader->scan, &(struct words){ .ids = reread->ids + from, .n = to - from,
		.place = place_words, .write = write_text, .data = reread }, text->scope, text->field);
}

/* Where the phrase ends that is the longest to begin with this word. */
static uint32_t reach_of(const struct reread *reread, const uint32_t *forms, uint32_t n, uint32_t at)
{
	for (unsigned left = PHRASE_WORDS_MAX; left > 0 && at < n; at++)
		left -= (reread->tells[forms[at]] & TELLS_STOP) == 0;
	return at;
}

/* Nothing calls for a pattern: only words that tell and what may follow them in a phrase are looked at. */
static void scan_around(struct reread *reread, const uint32_t *forms, uint32_t n)
{
	uint32_t i = 0;

	while (i < n) {
		uint32_t from = i, to = i;

		for (; i < n && (i == from || i < to); i++)
			if ((reread->tells[forms[i]] & TELLS) != 0)
				to = reach_of(reread, forms, n, i);
		if (to > from)
			scan_some(reread, from, to);
	}
}

static void scan_text(struct reread *reread, const struct imprint_text *text)
{
	const uint32_t *forms = reread->imprint->forms + text->first;
	unsigned tells = tell(reread, forms, text->n);

	if ((tells & TELLS) == 0 && !reread->always)
		return;
	make_room(reread, text->n);
	reread->text = text;
	reread->placed = false;
	reread->reader->scan.base = text->base;
	/* in titles it matters what stands in front of a word */
	if (reread->always || (tells & TELLS_CALLS) != 0 || in_head(text->field))
		scan_some(reread, 0, text->n);
	else
		scan_around(reread, forms, text->n);
	reread->reader->scan.base = 0;
}

/* What is scanned of a notice, one after the other; or both at once, in the order of its texts. */
enum { HEAD = 1, BODY = 2 };

static void scan_imprint(struct reread *reread, const struct imprint *imprint, unsigned parts)
{
	if ((parts & HEAD) != 0)
		begin(reread);
	reread->reader->scan.one_subject = has_one_subject(imprint);
	reread->imprint = imprint;
	for (size_t i = 0; i < imprint->n_texts; i++) {
		const struct imprint_text *text = &imprint->texts[i];
		unsigned part = in_head(text->field) ? HEAD : BODY;

		if (text->n > 0 && (parts & part) != 0 && (reread->fields & 1u << text->field) != 0)
			scan_text(reread, text);
	}
	if ((parts & HEAD) != 0)
		scan_cpv(&reread->reader->scan, &imprint->notice);
}

/* What subjects are about is asked of those that would match. */
static bool has_subjects(const struct imprint *imprint)
{
	for (size_t i = 0; i < imprint->n_texts; i++)
		if (imprint->texts[i].field == FIELD_SUBJECTS)
			return true;
	return false;
}

/* Receipts repeat words: first it is found out whether there are any. */
static int judge(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	struct reader *reader = reread->reader;
	bool unfiled;
	int r;

	reader->wordless = true;
	reader->unfiled = imprint->notice.cpv.n == 0 && has_subjects(imprint);
	r = matcher_judge(reread->matcher, reader, &imprint->notice, &options->match, arena, ret, err);
	unfiled = reader->unfiled;
	reader->unfiled = false;
	if (r < 0 || ret->n == 0)
		return r;
	if (!options->texts && !unfiled)
		return 0;
	if (!options->texts) {
		imprint_texts(reread->dictionary, imprint, 1u << FIELD_SUBJECTS, arena);
		return matcher_judge(reread->matcher, reader, &imprint->notice, &options->match, arena, ret, err);
	}
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

/* Of what was scanned. */
static int fire(struct reread *reread, struct imprint *imprint, struct arena *arena, const struct firing **ret)
{
	struct reader *reader = reread->reader;

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

int reread_fire(struct reread *reread, struct imprint *imprint, struct arena *arena,
	const struct firing **ret, struct error *err)
{
	int r = read_words(reread, imprint, arena, err);

	if (r < 0)
		return r;
	scan_imprint(reread, imprint, HEAD | BODY);
	return fire(reread, imprint, arena, ret);
}

const struct scan *reread_scan(const struct reread *reread)
{
	return &reread->reader->scan;
}

/* What of it is still to be scanned; 0: it is no match, by its gates, its head and the most its body can give. */
static int hopeful(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct error *err)
{
	const struct scan *scan = &reread->reader->scan;
	int r;

	if (reread->bound == NULL)
		return HEAD | BODY;
	if (!bound_gates(reread->bound, &imprint->notice, options->match.no_gates))
		return 0;
	if (options->body == REREAD_BODY_ANY)
		return HEAD | BODY;
	r = imprint_words(reread->dictionary, imprint, err);
	if (r < 0)
		return r;
	scan_imprint(reread, imprint, HEAD);
	if (scan->overspent != 0)
		return HEAD | BODY;
	return bound_of_hits(reread->bound, scan, &options->body) >= MATCH_THRESHOLD ? BODY : 0;
}

int reread_run(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	const struct scan *scan = &reread->reader->scan;
	const struct firing *firing;
	int r, parts;

	*ret = (struct receipts){ NULL, 0 };
	if (!options->match.no_gates && gate_of_notice(&imprint->notice, options->match.now) != GATE_PASSED)
		return 0;
	parts = hopeful(reread, imprint, options, err);
	if (parts <= 0)
		return parts;
	r = read_words(reread, imprint, arena, err);
	if (r < 0)
		return r;
	scan_imprint(reread, imprint, (unsigned)parts);
	/* which text a pattern's budget ends in is a matter of their order */
	if (parts == BODY && scan->overspent != 0)
		scan_imprint(reread, imprint, HEAD | BODY);
	if (reread->bound != NULL && scan->overspent == 0 &&
		bound_of_hits(reread->bound, scan, NULL) < MATCH_THRESHOLD)
		return 0;
	r = fire(reread, imprint, arena, &firing);
	return r != 0 ? r : judge(reread, imprint, options, arena, ret, err);
}
