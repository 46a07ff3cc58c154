#include "edits.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "match/live.h"
#include "random.h"

enum { EDITS = 2000, RULE_EDITS = 200, MANY_EDITS = 900, ROUNDS = 3, READ_WORDS = 480000, DOCUMENTS = 150, WORDS_A_NOTICE = 4000 };

struct bed {
	struct workload *workload;
	struct live *live;
	struct live_reader *reader;
	struct match_options options;
	struct arena arena;
	struct random random;
	size_t next_word; /* of words that nobody has */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A word that can be said and is nowhere. */
static struct str new_word(struct bed *bed)
{
	static const char consonants[] = "bdfgjklmnprtvz", vowels[] = "aiou";
	char out[14];
	size_t number = ++bed->next_word, n = 0;

	for (; n + 2 < sizeof(out); n += 2) {
		out[n] = consonants[number % 14];
		out[n + 1] = vowels[number / 14 % 4];
		number /= 56;
	}
	out[n++] = 'k';
	return arena_dup(&bed->arena, str_n(out, n));
}

/* figures */

struct figure {
	double edit[EDITS], effect[EDITS]; /* seconds: the call; the call and the notice that shows it */
	size_t n;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void print_figure(const char *what, struct figure *f)
{
	qsort(f->edit, f->n, sizeof(double), by_size);
	qsort(f->effect, f->n, sizeof(double), by_size);
	printf("  %-24s %10.1f %10.1f %10.1f %12.1f %10.1f\n", what, 1e6 * f->edit[f->n / 2],
		1e6 * f->edit[f->n * 99 / 100], 1e6 * f->edit[f->n - 1], 1e6 * f->effect[f->n / 2],
		1e6 * f->effect[f->n * 99 / 100]);
	fflush(stdout);
	f->n = 0;
}

/* Matches a notice with this title; how many receipts are the profile's? */
static int matches_of(struct bed *bed, struct str title, struct str profile, size_t *ret, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct receipts receipts;
	struct notice notice;
	int r;

	notice_init(&notice);
	notice.id = STR("bench:1");
	notice.stage = notice.kind = NOTICE_COMPETITION;
	notice.title = title;
	r = live_run(bed->reader, &notice, &bed->options, &arena, &receipts, err);
	*ret = 0;
	for (size_t i = 0; r >= 0 && i < receipts.n; i++)
		*ret += str_eq(receipts.at[i].profile, profile);
	arena_done(&arena);
	return r;
}

/* The title must match the profile, or must not, now that the edit was made. */
static int see(struct bed *bed, struct figure *f, double start, struct str title, struct str profile, bool wanted,
	struct error *err)
{
	size_t n;
	int r;

	f->edit[f->n] = now() - start;
	r = matches_of(bed, title, profile, &n, err);
	f->effect[f->n++] = now() - start;
	live_tidy(bed->live); /* as the time between two edits allows */
	if (r >= 0 && (n > 0) != wanted)
		return error_set(err, ERROR_SYSTEM, "%.*s: the edit had no effect", STR_ARG(profile));
	return r < 0 ? r : 0;
}

/* edits */

static struct profile *any_profile(struct bed *bed)
{
	return &bed->workload->profiles[random_below(&bed->random, bed->workload->n_profiles)];
}

static int put(struct bed *bed, const struct profile *profile, struct error *err)
{
	return live_put(bed->live, &profile, 1, err);
}

static void plain(struct profile *profile)
{
	profile->places = profile->exclude = (struct codes){ NULL, 0, 0 };
	profile->value_max = profile->value_min = MONEY_NONE;
}

static int add_words(struct bed *bed, struct figure *f, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < EDITS; i++) {
		struct profile *profile = any_profile(bed);
		struct str word = new_word(bed);
		double start;

		plain(profile);
		codes_add(&profile->keywords, &bed->arena, word);
		start = now();
		r = put(bed, profile, err);
		if (r >= 0)
			r = see(bed, f, start, word, profile->id, true, err);
	}
	return r;
}

/* One of the workload's under another id. */
static int add_profiles(struct bed *bed, struct figure *added, struct figure *removed, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < EDITS; i++) {
		struct profile profile = *any_profile(bed);
		struct str word = new_word(bed);
		double start;

		plain(&profile);
		profile.id = arena_printf(&bed->arena, "new-%zu", i);
		profile.keywords.capacity = 0;
		codes_add(&profile.keywords, &bed->arena, word);
		start = now();
		r = put(bed, &profile, err);
		if (r >= 0)
			r = see(bed, added, start, word, profile.id, true, err);
		start = now();
		live_remove(bed->live, &profile.id, 1);
		if (r >= 0)
			r = see(bed, removed, start, word, profile.id, false, err);
	}
	return r;
}

static int parse(const struct workload *workload, struct rules **ret, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct rule_problem *problems;
	size_t n;
	int r = rules_parse(workload->rules, workload->n_rules, &arena, &problems, &n, ret, err);

	arena_done(&arena);
	return r;
}

/* Somebody who names the field and takes every purchase. */
static const struct profile *profile_of(struct bed *bed, struct str field)
{
	for (size_t i = 0; i < bed->workload->n_profiles; i++) {
		struct profile *profile = &bed->workload->profiles[i];

		if (codes_has(&profile->fields, field) && profile->places.n + profile->exclude.n == 0 &&
			profile->value_max == MONEY_NONE && profile->value_min == MONEY_NONE &&
			!profile->natures[NATURE_SERVICES] && !profile->natures[NATURE_SUPPLIES] &&
			!profile->natures[NATURE_WORKS])
			return profile;
	}
	return NULL;
}

/*
 * The rule without its conditions, which fires on more, and with `piece` one pattern more; in a file of its own.
 * Without `keep` the pattern is all that it has.
 */
static struct str rule_file(const struct rule *rule, struct str field, struct str piece, bool keep,
	struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	struct str rest = rule->text, line;

	buf_addf(&out, "field %.*s \"F\" cap 12\n", STR_ARG(field));
	for (size_t i = 0; str_cut(&rest, '\n', &line); i++)
		if (i == 0 || (keep && str_starts(line, "any")))
			buf_addf(&out, "%.*s\n", STR_ARG(line));
	if (str_given(piece))
		buf_addf(&out, "any title /%.*s[a-z]{2,4}/\n", STR_ARG(piece));
	buf_addf(&out, "weight %.*s 9\n", STR_ARG(rule->name));
	return arena_dup(arena, buf_str(&out));
}

static int put_rule(struct bed *bed, struct str text, struct error *err)
{
	struct rule_source file = { STR("one.rules"), text };
	struct arena arena = ARENA_INIT;
	struct rule_problem *problems;
	struct rules *rules;
	size_t n;
	int r = rules_parse(&file, 1, &arena, &problems, &n, &rules, err);

	arena_done(&arena);
	return r < 0 ? r : live_rules_put(bed->live, rules, 3, err);
}

/* What a pattern is put into: the rule as it is; first without its conditions, as it will be; a pattern alone. */
enum edit { EDIT_WHOLE, EDIT_PATTERN, EDIT_ALONE };

static int change_rules(struct bed *bed, const struct rules *rules, enum edit edit, struct figure *f,
	struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < RULE_EDITS; i++) {
		const struct rule *rule = &rules->rules[random_below(&bed->random, rules->n_rules)];
		struct str field = rules->fields[rule->field].slug, piece = new_word(bed), text;
		const struct profile *profile = profile_of(bed, field);
		double start;

		if (profile == NULL)
			continue;
		text = rule_file(rule, field, piece, edit != EDIT_ALONE, &bed->arena);
		if (edit == EDIT_PATTERN)
			r = put_rule(bed, rule_file(rule, field, STR_NONE, true, &bed->arena), err);
		if (r < 0)
			break;
		live_tidy(bed->live);
		start = now();
		r = put_rule(bed, text, err);
		if (r >= 0)
			r = see(bed, f, start, arena_printf(&bed->arena, "%.*sabc", STR_ARG(piece)), profile->id,
				true, err);
	}
	return r;
}

static int edit_rules(struct bed *bed, struct figure *f, struct error *err)
{
	struct rules *rules;
	double start;
	int r = parse(bed->workload, &rules, err);

	if (r < 0)
		return r;
	start = now();
	live_expect_rules(bed->live);
	printf("  the index of profiles' words that rules are put by: %.0f ms, once\n", 1e3 * (now() - start));
	r = change_rules(bed, rules, EDIT_PATTERN, f, err);
	if (r >= 0)
		print_figure("one pattern added", f);
	if (r >= 0)
		r = change_rules(bed, rules, EDIT_WHOLE, f, err);
	if (r >= 0)
		print_figure("and its conditions dropped", f);
	if (r >= 0)
		r = change_rules(bed, rules, EDIT_ALONE, f, err);
	if (r >= 0)
		print_figure("one rule changed", f);
	rules_free(rules);
	return r;
}

/* reading */

/* Notices of words that nobody has, until the reader knows as many. */
static int fill_reader(struct bed *bed, size_t words, struct error *err)
{
	int r = 0;

	for (size_t done = 0; r >= 0 && done < words; done += WORDS_A_NOTICE) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(64 * WORDS_A_NOTICE);
		size_t n;

		for (size_t i = 0; i < WORDS_A_NOTICE; i++) {
			buf_adds(&out, new_word(bed));
			buf_addc(&out, ' ');
		}
		r = matches_of(bed, buf_str(&out), STR("nobody"), &n, err);
	}
	return r;
}

static int read_documents(struct bed *bed, double *ret, struct error *err)
{
	const struct workload *w = bed->workload;
	size_t n = w->n_documents < DOCUMENTS ? w->n_documents : DOCUMENTS;
	struct arena arena = ARENA_INIT;
	double start = now();
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct receipts receipts;

		r = live_run(bed->reader, &w->notices[i], &bed->options, &arena, &receipts, err);
		arena_reset(&arena);
	}
	*ret = (double)n / (now() - start);
	arena_done(&arena);
	return r;
}

/* With so many layers, and the first figure again behind it, since the machine may have changed its mind. */
static int measure_layers(struct bed *bed, struct error *err)
{
	static const size_t layers[] = { 0, 1, 8, LIVE_LAYERS_MAX - 1 };
	double speed = 0, bare = 0;
	int r = 0;

	while (live_tidy(bed->live))
		;
	r = read_documents(bed, &speed, err);
	for (size_t i = 0, made = live_size(bed->live).layers; r >= 0 && i < LENGTH(layers); i++) {
		for (; r >= 0 && made < layers[i]; made++)
			r = put(bed, any_profile(bed), err);
		if (r >= 0)
			r = read_documents(bed, &bare, err); /* learns what is new */
		if (r >= 0)
			r = read_documents(bed, &speed, err);
		printf("  %zu layers of one edit each: %.0f documents/s\n", live_size(bed->live).layers, speed);
	}
	return r;
}

static int give_all_rules(struct bed *bed, const char *what, struct error *err)
{
	struct rules *rules;
	double start = now(), parsed;
	int r = parse(bed->workload, &rules, err);

	parsed = now();
	if (r >= 0)
		r = live_rules(bed->live, rules, 2, err);
	if (r >= 0)
		printf("  all rules given, %s: read in %.0f ms, in force in %.1f ms\n", what,
			1e3 * (parsed - start), 1e3 * (now() - parsed));
	return r;
}

static int put_first_rule(struct bed *bed, struct error *err)
{
	struct rules *rules;
	int r = parse(bed->workload, &rules, err);

	if (r < 0)
		return r;
	r = put_rule(bed, rule_file(&rules->rules[0], rules->fields[rules->rules[0].field].slug, new_word(bed),
			     true, &bed->arena), err);
	rules_free(rules);
	return r;
}

/* Made anew, and after many edits with time to tidy up between them. */
static int measure_many(struct bed *bed, struct error *err)
{
	struct live_size size;
	double edited = 0, anew = 0;
	int r = give_all_rules(bed, "most of them others", err);

	for (int i = 0; r >= 0 && i < ROUNDS; i++) /* the first time what is new is learnt */
		r = read_documents(bed, &anew, err);
	for (size_t i = 0; r >= 0 && i < MANY_EDITS; i++) {
		r = put(bed, any_profile(bed), err);
		live_tidy(bed->live);
	}
	for (int i = 0; r >= 0 && i < ROUNDS; i++)
		r = read_documents(bed, &edited, err);
	if (r < 0)
		return r;
	size = live_size(bed->live);
	printf("  made anew %.0f documents/s; after %d edits, tidied, %.0f: %zu layers of %zu profiles\n", anew,
		MANY_EDITS, edited, size.layers, size.young);
	r = put_first_rule(bed, err);
	return r < 0 ? r : give_all_rules(bed, "one of them another", err);
}

static int measure(struct bed *bed, size_t words, struct error *err)
{
	static struct figure first, second;
	size_t read = words < READ_WORDS ? words : READ_WORDS;
	double ignored;
	int r = read_documents(bed, &ignored, err);

	if (r >= 0)
		r = fill_reader(bed, read, err);
	if (r < 0)
		return r;
	printf("  %-24s %10s %10s %10s %12s %10s\n", "us of processor", "p50", "p99", "max", "effect p50",
		"p99");
	r = add_words(bed, &first, err);
	if (r >= 0)
		print_figure("one word added", &first);
	if (r >= 0)
		r = add_profiles(bed, &first, &second, err);
	if (r >= 0) {
		print_figure("a profile added", &first);
		print_figure("a profile removed", &second);
		r = edit_rules(bed, &first, err);
	}
	if (r >= 0) {
		puts("  all of these with everything else the edits need, reading the rule's file included");
		r = measure_layers(bed, err);
	}
	return r < 0 ? r : measure_many(bed, err);
}

/* Keywords of nobody's words, until rules and profiles have as many as the reader will not be given. */
static void fill_profiles(struct bed *bed, size_t words)
{
	struct workload *w = bed->workload;

	for (size_t i = w->words; i < words; i++)
		codes_add(&w->profiles[i % w->n_profiles].keywords, &w->arena, new_word(bed));
}

int edits_measure(struct workload *workload, size_t words, struct error *err)
{
	struct bed bed = { .workload = workload, .options = { .now = workload->now }, .random = { 5 } };
	struct rules *rules;
	double start;
	int r;

	fill_profiles(&bed, words > READ_WORDS ? words - READ_WORDS : 0);
	r = parse(workload, &rules, err);
	if (r < 0)
		return r;
	start = now();
	r = live_new(rules, 1, workload->profile_list, workload->n_profiles, 1, &bed.live, err);
	if (r >= 0) {
		printf("EDITS: %zu profiles, %zu words, compiled in %.2f s on one thread\n", workload->n_profiles,
			words, now() - start);
		bed.reader = live_reader_new(bed.live);
		r = measure(&bed, words, err);
	}
	live_reader_free(bed.reader);
	live_free(bed.live);
	arena_done(&bed.arena);
	return r;
}
