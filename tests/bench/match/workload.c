#include "workload.h"

#include <math.h>

#include "base/buf.h"
#include "gate/file.h"
#include "random.h"

enum {
	RULES_FILES_MAX = 64,
	RULES_OF_FIELD = 15,
	NOT_PERCENT = 30,        /* rules with a reason against */
	KEYWORDS_LEAST = 4,      /* of a profile, beside those that make every term used once */
	KEYWORDS_SPAN = 11,
	ZIPF_OFFSET = 50,        /* Zipf-Mandelbrot: nobody's keyword is in every profile */
	DESCRIPTION = 300,       /* bytes, lifelike */
};

static size_t rules_of(size_t profiles)
{
	size_t n = profiles * 12 / 5 / 10 * 3 / 4;

	return n < RULES_OF_FIELD ? RULES_OF_FIELD : n > WORKLOAD_RULES_MAX ? WORKLOAD_RULES_MAX : n;
}

size_t workload_fields_of(size_t profiles)
{
	return (rules_of(profiles) + RULES_OF_FIELD - 1) / RULES_OF_FIELD;
}

struct str workload_field(struct workload *workload, size_t number)
{
	return arena_printf(&workload->arena, "f%03zu", number);
}

/* Every rule asks for a second sign: else a long notice would fire them all. */
static void add_rule(const struct workload *workload, size_t number, size_t step, struct random *random,
	struct buf *out)
{
	size_t words = 0;

	buf_addf(out, "rule f%03zu.r%zu \"Rule %zu\"\n", number / RULES_OF_FIELD, number, number);
	buf_addz(out, "any text");
	for (size_t i = number; i < workload->n_exact; i += step) {
		words++;
		if (words == 2)
			buf_addz(out, "\nneed title, lots");
		else if (words == 3 && random_percent(random, NOT_PERCENT))
			buf_addz(out, "\nnot title");
		buf_addf(out, " =\"%.*s\"", STR_ARG(workload->terms[i].words));
	}
	if (number < workload->n_patterns)
		buf_addz(out, "\nany text");
	for (size_t i = number; i < workload->n_patterns; i += step) {
		const struct work_term *term =
			&workload->terms[workload->n_terms - workload->n_patterns + i];

		buf_addf(out, " /%.*s/", STR_ARG(term->pattern));
	}
	buf_addf(out, "\nweight f%03zu.r%zu %zu.%zu\n", number / RULES_OF_FIELD, number,
		4 + random_below(random, 5), random_below(random, 10));
}

size_t workload_rules(struct workload *workload, const struct workload_options *options)
{
	struct random random = { options->seed ^ 3 };
	size_t n = rules_of(options->profiles), fields = workload_fields_of(options->profiles), rule = 0;

	for (size_t field = 0; field < fields;) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(RULES_FILE_MAX);

		for (; field < fields && out.len < RULES_FILE_MAX / 2; field++) {
			buf_addf(&out, "field f%03zu \"Field %zu\" cap 12\n", field, field);
			for (; rule < n && rule / RULES_OF_FIELD == field; rule++)
				add_rule(workload, rule, n, &random, &out);
		}
		workload->rules[workload->n_rules++] = (struct rule_source){
			arena_printf(&workload->arena, "part-%zu.rules", workload->n_rules),
			arena_dup(&workload->arena, buf_str(&out)),
		};
	}
	return fields;
}

static int add_shipped(void *data, const char *path, struct error *err)
{
	struct workload *workload = data;
	struct rule_source *source = &workload->rules[workload->n_rules];

	if (!str_ends(str_of(path), ".rules"))
		return 0;
	if (workload->n_rules == RULES_FILES_MAX)
		return error_set(err, ERROR_LIMIT, "%s: more than %d rule files", path, RULES_FILES_MAX);
	source->name = arena_dup(&workload->arena, str_of(path));
	workload->n_rules++;
	return file_read(path, RULES_FILE_MAX, &workload->arena, &source->text, err);
}

int workload_shipped_rules(struct workload *workload, const char *folder, struct error *err)
{
	return file_walk(folder, add_shipped, workload, err);
}

/* profiles */

struct chooser {
	struct workload *workload;
	const struct corpus *corpus;
	struct random random;
	struct str *fields;
	size_t n_fields;
};

/* Terms of rules come first, then keywords, then patterns. */
static struct str popular_keyword(struct chooser *c)
{
	const struct workload *w = c->workload;
	double n = (double)(w->n_terms - w->n_patterns - w->n_exact);
	double rank = ZIPF_OFFSET * pow((n + ZIPF_OFFSET) / ZIPF_OFFSET, random_unit(&c->random));

	return w->terms[w->n_exact + (size_t)(rank - ZIPF_OFFSET)].words;
}

/* One to three words of a title, in whatever form they stand there. */
static struct str title_words(struct chooser *c)
{
	struct str title, word, rest;
	size_t n, start;

	do {
		title = c->corpus->titles.at[random_below(&c->random, c->corpus->titles.n)];
		start = random_below(&c->random, title.len);
		while (start > 0 && title.ptr[start - 1] != ' ')
			start--;
		rest = str_from(title, start);
		for (n = 1 + random_below(&c->random, 3); n > 0 && str_cut(&rest, ' ', &word); n--)
			;
		word = str_sub(title, start, (size_t)(word.ptr + word.len - title.ptr));
	} while (word.len < 6 || word.len > PROFILE_TERM_MAX / 2);
	return word;
}

static void add_gates(struct chooser *c, struct profile *profile)
{
	static const char *const places[] = { "FR", "75", "69", "33", "48", "2A", "974", "FRJ", "FRK", "FR1" };
	struct arena *arena = &c->workload->arena;

	for (size_t n = random_below(&c->random, 4); n > 0; n--) {
		struct str code = c->corpus->codes.at[random_below(&c->random, c->corpus->codes.n)];

		codes_add(&profile->cpv, arena, str_clip(code, 3 + random_below(&c->random, 3)));
	}
	if (random_percent(&c->random, 40))
		for (size_t n = 1 + random_below(&c->random, 3); n > 0; n--)
			codes_add(&profile->places, arena,
				str_of(places[random_below(&c->random, LENGTH(places))]));
	if (random_percent(&c->random, 50))
		profile->natures[1 + random_below(&c->random, NATURES - 1)] = true;
	if (random_percent(&c->random, 20))
		profile->value_max = 1000000 * (int64_t)(1 + random_below(&c->random, 1000));
}

static struct str description(struct chooser *c)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(PROFILE_TEXT_MAX);

	while (out.len < DESCRIPTION) {
		struct str title = c->corpus->titles.at[random_below(&c->random, c->corpus->titles.n)];

		buf_adds(&out, str_clip(title, DESCRIPTION));
		buf_addz(&out, ". ");
	}
	return arena_dup(&c->workload->arena, str_clip(buf_str(&out), DESCRIPTION));
}

static void fill(struct chooser *c, struct profile *profile, bool lifelike)
{
	struct arena *arena = &c->workload->arena;

	for (size_t n = KEYWORDS_LEAST + random_below(&c->random, KEYWORDS_SPAN); n > 0; n--)
		codes_add(&profile->keywords, arena, lifelike ? title_words(c) : popular_keyword(c));
	if (random_percent(&c->random, 30))
		codes_add(&profile->exclude, arena, lifelike ? title_words(c) : popular_keyword(c));
	for (size_t n = 1 + random_below(&c->random, 2); n > 0 && c->n_fields > 0; n--)
		codes_add(&profile->fields, arena, c->fields[random_below(&c->random, c->n_fields)]);
	add_gates(c, profile);
	if (lifelike)
		profile->description = description(c);
	c->workload->n_keywords += profile->keywords.n;
}

/* Every keyword is somebody's. */
static void spread_keywords(struct workload *workload)
{
	for (size_t i = workload->n_exact; i < workload->n_terms - workload->n_patterns; i++)
		codes_add(&workload->profiles[i % workload->n_profiles].keywords, &workload->arena,
			workload->terms[i].words);
}

static void name_fields(struct chooser *c, const struct workload_options *options)
{
	struct str line, text;

	if (options->rules == NULL) {
		c->n_fields = workload_fields_of(options->profiles);
		c->fields = arena_array(&c->workload->arena, struct str, c->n_fields);
		for (size_t i = 0; i < c->n_fields; i++)
			c->fields[i] = workload_field(c->workload, i);
		return;
	}
	c->fields = arena_array(&c->workload->arena, struct str, RULES_FILES_MAX);
	for (size_t i = 0; i < c->workload->n_rules; i++)
		for (text = c->workload->rules[i].text; str_cut(&text, '\n', &line);)
			if (str_prefix(&line, "field ") && c->n_fields < RULES_FILES_MAX)
				c->fields[c->n_fields++] = str_sub(line, 0, str_find_char(line, ' '));
}

void workload_profiles(struct workload *workload, const struct corpus *corpus,
	const struct workload_options *options)
{
	struct chooser c = { .workload = workload, .corpus = corpus, .random = { options->seed ^ 4 } };
	struct arena *arena = &workload->arena;

	name_fields(&c, options);
	workload->n_profiles = options->profiles;
	workload->profiles = arena_array(arena, struct profile, options->profiles);
	workload->profile_list = arena_array(arena, const struct profile *, options->profiles);
	for (size_t i = 0; i < options->profiles; i++) {
		profile_init(&workload->profiles[i]);
		workload->profiles[i].id = arena_printf(arena, "p%06zu", i);
		workload->profiles[i].name = workload->profiles[i].id;
		workload->profile_list[i] = &workload->profiles[i];
	}
	if (options->rules == NULL)
		spread_keywords(workload);
	for (size_t i = 0; i < options->profiles; i++)
		fill(&c, &workload->profiles[i], options->rules != NULL);
}

int workload_make(const struct corpus *corpus, const struct workload_options *options,
	struct workload *ret, struct error *err)
{
	int r = 0;

	*ret = (struct workload){ .arena = ARENA_INIT };
	ret->rules = arena_array(&ret->arena, struct rule_source, RULES_FILES_MAX + 1);
	if (options->rules != NULL) {
		workload_real_documents(ret, corpus, options);
		r = workload_shipped_rules(ret, options->rules, err);
	} else {
		workload_documents(ret, corpus, options);
		workload_terms(ret, options);
		workload_rules(ret, options);
	}
	if (r == 0 && ret->n_documents == 0)
		r = error_set(err, ERROR_INPUT, "no notice has a text");
	if (r < 0) {
		workload_done(ret);
		return r;
	}
	workload_profiles(ret, corpus, options);
	return 0;
}

void workload_done(struct workload *workload)
{
	arena_done(&workload->arena);
}
