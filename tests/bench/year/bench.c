/*
 * How long it takes to match a year of notices again, and proof that what is found is what a full match
 * finds: see the README one folder up.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flow/imprint.h"
#include "flow/rematch.h"
#include "gate/file.h"
#include "store/notice.h"
#include "store/profile.h"
#include "year.h"

enum { MADE_UP = 300 };

struct options {
	const char *db, *folder, *rules, *only;
	size_t notices, profiles, rules_tried, seed, proof;
};

static const char usage[] =
	"usage: bench-year [option]…\n"
	"\n"
	"  --db FILE          the year is kept here and used again when it is there (year.db)\n"
	"  --notices N        of the year (300000)\n"
	"  --profiles N       so many made-up ones, though the database has some of its own (else 300)\n"
	"  --rules-tried N    edited, one at a time (24)\n"
	"  --proof N          every N-th new profile and rule is also matched in full and compared (1)\n"
	"  --only KINDS       of profiles,rules,ruleset (all)\n"
	"  --seed N           (1)\n"
	"  --text FOLDER      real notices; else $APPARITEUR_NOTICES, or our samples\n"
	"  --rules FOLDER     (rules)\n";

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int parse_options(int argc, char **argv, struct options *ret, struct error *err)
{
	static const struct option names[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "notices", required_argument, NULL, 'n' },
		{ "only", required_argument, NULL, 'o' },
		{ "profiles", required_argument, NULL, 'p' },
		{ "proof", required_argument, NULL, 'f' },
		{ "rules-tried", required_argument, NULL, 'e' },
		{ "seed", required_argument, NULL, 's' },
		{ "text", required_argument, NULL, 't' },
		{ "rules", required_argument, NULL, 'R' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		unsigned number = 0;

		if (strchr("npfse", option) != NULL && !str_to_uint(str_of(optarg), 100000000, &number))
			return error_set(err, ERROR_CONFIG, "\"%s\" is no number", optarg);
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'n': ret->notices = number; break;
		case 'p': ret->profiles = number; break;
		case 'f': ret->proof = number; break;
		case 'e': ret->rules_tried = number; break;
		case 's': ret->seed = number; break;
		case 't': ret->folder = optarg; break;
		case 'R': ret->rules = optarg; break;
		case 'o': ret->only = optarg; break;
		default: return error_set(err, ERROR_CONFIG, "%s", usage);
		}
	}
	return 0;
}

/* rules */

struct files {
	struct arena arena;
	struct rule_source *at;
	size_t n, capacity;
};

static int add_file(void *data, const char *path, struct error *err)
{
	struct files *files = data;
	struct str text;
	int r = 0;

	if (!str_ends(str_of(path), ".rules"))
		return 0;
	r = file_read(path, RULES_FILE_MAX, &files->arena, &text, err);
	if (r < 0)
		return r;
	arena_grow(&files->arena, files->at, files->n, &files->capacity);
	files->at[files->n++] =
		(struct rule_source){ arena_dup(&files->arena, str_of(path)), text };
	return 0;
}

static int parse(struct files *files, struct rules **ret, struct error *err)
{
	struct rule_problem *problems;
	size_t n;

	return rules_parse(files->at, files->n, &files->arena, &problems, &n, ret, err);
}

/* Ways to edit a rule: a word more, a word less, a half point more. */
enum { EDITS = 3 };

/* Is there evidence for the rule without its first line of words? */
static bool can_lose_a_line(const struct rule *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < rule->n_lines; i++)
		n += rule->lines[i].kind == LINE_ANY;
	return n > 1;
}

/* Behind the first line of the rule that begins so. */
static size_t line_of(struct str text, size_t from, const char *start)
{
	size_t at = from;

	while (at < text.len) {
		size_t end = at + str_find_char(str_from(text, at), '\n');

		if (str_starts(str_trim(str_sub(text, at, end)), start))
			return at;
		if (at > from && str_starts(str_from(text, at), "rule "))
			break;
		at = end + 1;
	}
	return SIZE_MAX;
}

static struct str edited(struct str text, const struct rule *rule, size_t edit, const char *word,
	struct arena *arena)
{
	struct str head = arena_printf(arena, "rule %.*s ", STR_ARG(rule->name));
	struct str weight = arena_printf(arena, "\nweight %.*s ", STR_ARG(rule->name));
	size_t at = str_find(text, head), end;

	if (edit == 2) {
		at = str_find(text, weight) + weight.len;
		end = at + str_find_char(str_from(text, at), '\n');
		return arena_printf(arena, "%.*s%d.%d%.*s", (int)at, text.ptr, (rule->weight_own + 5) / 10,
			(rule->weight_own + 5) % 10, STR_ARG(str_from(text, end)));
	}
	at = line_of(text, at, "any");
	if (at == SIZE_MAX)
		return text;
	end = at + str_find_char(str_from(text, at), '\n');
	if (edit == 0)
		return arena_printf(arena, "%.*s %s%.*s", (int)end, text.ptr, word, STR_ARG(str_from(text, end)));
	/* the line is gone */
	return arena_printf(arena, "%.*s%.*s", (int)at, text.ptr, STR_ARG(str_from(text, end + 1)));
}

/* what was found, as a number that tells whether two runs found the same */

struct sum {
	uint64_t value;
	size_t notices;
};

static void add_text(struct sum *sum, struct str text)
{
	sum->value = random_mix(sum->value ^ str_hash(text));
}

static void add_receipts(struct sum *sum, const struct receipts *receipts)
{
	for (size_t i = 0; i < receipts->n; i++) {
		const struct receipt *r = &receipts->at[i];

		add_text(sum, r->profile);
		add_text(sum, r->notice);
		add_text(sum, r->lot);
		sum->value = random_mix(sum->value + (uint64_t)r->score);
		for (size_t j = 0; j < r->n_reasons; j++) {
			add_text(sum, r->reasons[j].rule);
			add_text(sum, r->reasons[j].field);
			add_text(sum, r->reasons[j].text);
			sum->value = random_mix(sum->value + (uint64_t)r->reasons[j].points +
				((uint64_t)r->reasons[j].start << 20) + ((uint64_t)r->reasons[j].end << 40));
		}
	}
	sum->notices++;
}

static int sum_found(void *data, const struct rematch_found *found, const struct receipts *receipts,
	struct error *err)
{
	(void)found;
	(void)err;
	add_receipts(data, receipts);
	return 0;
}

static int sum_change(void *data, const struct rematch_found *found, const struct receipts *before,
	const struct receipts *after, struct error *err)
{
	(void)found;
	(void)err;
	add_receipts(data, before);
	add_receipts(data, after);
	return 0;
}

struct bench {
	const struct options *options;
	struct db *db;
	struct corpus corpus;
	struct files files;
	struct rules *rules;
	const struct profile **list;
	size_t n_profiles;
	struct arena arena;
	size_t unequal;
};

struct ran {
	struct rematch_count count;
	struct sum sum;
	double seconds;
};

static int run(struct bench *bench, struct matcher *before, struct matcher *after, bool texts, bool whole,
	struct ran *ret, struct error *err)
{
	struct rematch_options options;
	double start = now();
	int r;

	rematch_options_init(&options);
	options.texts = texts;
	options.whole = whole;
	ret->sum = (struct sum){ 0, 0 };
	r = after != NULL ? rematch_compare(bench->db, before, after, &options, sum_change, &ret->sum, NULL,
				    &ret->count, err)
			  : rematch_run(bench->db, before, &options, sum_found, &ret->sum, NULL, &ret->count,
				    err);
	ret->seconds = now() - start;
	return r;
}

static void print_ran(struct bench *bench, const char *what, const struct ran *quick,
	const struct ran *full)
{
	printf("  %-44s %8.3f s  %8lld looked at  %7lld matches", what, quick->seconds,
		(long long)quick->count.looked_at, (long long)quick->count.matches);
	if (str_given(quick->count.whole))
		printf("  all: %.*s", STR_ARG(quick->count.whole));
	if (full != NULL) {
		bool equal = quick->sum.value == full->sum.value &&
			     quick->sum.notices == full->sum.notices;

		printf("  in full %.1f s, %s", full->seconds, equal ? "equal" : "NOT EQUAL");
		bench->unequal += !equal;
	}
	putchar('\n');
	fflush(stdout);
}

/* Times of a kind, and what they come to. */
struct times {
	double at[1000];
	size_t n;
};

static int by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void print_times(const char *what, struct times *times)
{
	if (times->n == 0)
		return;
	qsort(times->at, times->n, sizeof(*times->at), by_time);
	printf("  %s: median %.3f s, worst %.3f s of %zu\n", what, times->at[times->n / 2],
		times->at[times->n - 1], times->n);
}

/* Measured, and where it is its turn proved. */
static int try_one(struct bench *bench, struct matcher *before, struct matcher *after, const char *what,
	struct times *times, struct error *err)
{
	struct ran quick, full;
	bool proof = bench->options->proof != 0 && times->n % bench->options->proof == 0;
	int r = run(bench, before, after, true, false, &quick, err);

	if (r == 0 && proof)
		r = run(bench, before, after, true, true, &full, err);
	if (r < 0)
		return r;
	print_ran(bench, what, &quick, proof ? &full : NULL);
	if (times->n < LENGTH(times->at))
		times->at[times->n++] = quick.seconds;
	return 0;
}

static int new_profiles(struct bench *bench, struct error *err)
{
	struct matcher *matcher = NULL;
	struct times times = { .n = 0 };
	int r = 0;

	puts("one new profile, with full receipts:");
	for (size_t i = 0; r >= 0 && i < 24 && i < bench->n_profiles; i++) {
		char what[80];
		double start = now();

		r = matcher_new(bench->rules, 1, &bench->list[i], 1, &matcher, err);
		snprintf(what, sizeof(what), "%.*s, compiled in %.0f ms", STR_ARG(bench->list[i]->id),
			(now() - start) * 1000);
		if (r == 0)
			r = try_one(bench, matcher, NULL, what, &times, err);
		matcher = matcher_free(matcher);
	}
	print_times("one new profile", &times);
	return r;
}

static int edit_rule(struct bench *bench, struct matcher *before, const struct rule *rule, size_t edit,
	const char *word, struct times *times, struct error *err)
{
	static const char *const kinds[EDITS] = { "a word more", "a line less", "half a point more" };
	struct matcher *after = NULL;
	struct rules *rules = NULL;
	size_t file = 0;
	struct str text;
	char what[80];
	int r;

	if (edit == 1 && !can_lose_a_line(rule))
		edit = 2;
	while (!str_eq(bench->files.at[file].name, rule->file))
		file++;
	text = bench->files.at[file].text;
	bench->files.at[file].text = edited(text, rule, edit, word, &bench->arena);
	r = parse(&bench->files, &rules, err);
	bench->files.at[file].text = text;
	if (r == 0)
		r = matcher_new(rules, 2, bench->list, bench->n_profiles, &after, err);
	snprintf(what, sizeof(what), "%.*s, %s", STR_ARG(rule->name), kinds[edit]);
	if (r == 0)
		r = try_one(bench, before, after, what, times, err);
	matcher_free(after);
	rules_free(rules);
	return r;
}

/* Rules from all over, each edited in another way. */
static int edited_rules(struct bench *bench, struct error *err)
{
	static const char *const words[] = { "irrigation", "\"logiciel de gestion\"", "/capteurs? \\w+/",
		"maintenance", "nettoyage", "système" };
	struct times times = { .n = 0 };
	struct matcher *before = NULL;
	size_t n = bench->options->rules_tried;
	int r = matcher_new(bench->rules, 1, bench->list, bench->n_profiles, &before, err);

	printf("one edited rule, %zu profiles, what changes with full receipts:\n", bench->n_profiles);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = edit_rule(bench, before, &bench->rules->rules[i * bench->rules->n_rules / n], i % EDITS,
			words[i / EDITS % LENGTH(words)], &times, err);
	print_times("one edited rule", &times);
	matcher_free(before);
	return r;
}

static int whole_ruleset(struct bench *bench, struct error *err)
{
	struct matcher *matcher = NULL;
	struct ran scores, texts, full;
	int r = matcher_new(bench->rules, 1, bench->list, bench->n_profiles, &matcher, err);

	printf("a whole ruleset, %zu profiles:\n", bench->n_profiles);
	if (r == 0)
		r = run(bench, matcher, NULL, false, false, &scores, err);
	if (r == 0)
		r = run(bench, matcher, NULL, true, false, &texts, err);
	if (r == 0)
		print_ran(bench, "scores and reasons", &scores, NULL);
	if (r == 0 && bench->options->proof != 0)
		r = run(bench, matcher, NULL, true, true, &full, err);
	if (r == 0)
		print_ran(bench, "full receipts", &texts, bench->options->proof != 0 ? &full : NULL);
	matcher_free(matcher);
	return r;
}

static int fill(struct bench *bench, struct error *err)
{
	struct notice_filter filter;
	int64_t stored = 0, made = 0;
	double start = now();
	int r;

	notice_filter_init(&filter);
	r = store_notice_count(bench->db, &filter, &stored, err);
	if (r == 0 && stored == 0) {
		r = year_fill(bench->db, &bench->corpus, bench->options->seed, bench->options->notices, err);
		printf("%zu notices stored in %.1f s\n", bench->options->notices, now() - start);
		fflush(stdout);
	}
	start = now();
	if (r == 0)
		r = imprint_update(bench->db, NULL, &made, err);
	if (made > 0)
		printf("%lld imprints made in %.1f s (%.0f µs each)\n", (long long)made, now() - start,
			(now() - start) * 1e6 / (double)made);
	return r;
}

static void make_up_profiles(struct bench *bench, size_t n)
{
	struct str *fields = arena_array(&bench->arena, struct str, bench->rules->n_fields);
	struct year_words words;

	for (size_t i = 0; i < bench->rules->n_fields; i++)
		fields[i] = bench->rules->fields[i].slug;
	year_words_init(&words, &bench->corpus);
	bench->list = arena_array(&bench->arena, const struct profile *, n);
	bench->n_profiles = n;
	for (size_t i = 0; i < n; i++) {
		struct profile *profile = arena_new(&bench->arena, struct profile);

		*profile = year_profile(&bench->corpus, &words, bench->options->seed, i, fields,
			bench->rules->n_fields, &bench->arena);
		bench->list[i] = profile;
	}
	year_words_done(&words);
}

/* Those registered in the database, when there are any. */
static int find_profiles(struct bench *bench, struct error *err)
{
	struct profile_row *rows;
	size_t n = 0;
	int r = bench->options->profiles > 0 ? 0
			: store_profile_list(bench->db, 0, &bench->arena, &rows, &n, err);

	if (r < 0)
		return r;
	if (n == 0) {
		make_up_profiles(bench, bench->options->profiles > 0 ? bench->options->profiles : MADE_UP);
		return 0;
	}
	bench->list = arena_array(&bench->arena, const struct profile *, n);
	bench->n_profiles = n;
	for (size_t i = 0; i < n; i++)
		bench->list[i] = &rows[i].profile;
	return 0;
}

static bool wanted(const struct bench *bench, const char *kind)
{
	struct str left = str_of(bench->options->only);

	while (left.len > 0) {
		size_t end = str_find_char(left, ',');

		if (str_eq(str_sub(left, 0, end < left.len ? end : left.len), str_of(kind)))
			return true;
		left = end < left.len ? str_from(left, end + 1) : STR("");
	}
	return false;
}

static int measure(struct bench *bench, struct error *err)
{
	const char *own = getenv("APPARITEUR_NOTICES"), *folder = bench->options->folder;
	int r;

	if (folder == NULL)
		folder = own != NULL ? own : "contrib/samples/notices";
	r = corpus_read(folder, &bench->corpus, err);
	if (r == 0)
		r = store_open(bench->options->db, DB_CREATE, &bench->db, err);
	if (r == 0)
		r = fill(bench, err);
	if (r == 0)
		r = file_walk(bench->options->rules, add_file, &bench->files, err);
	if (r == 0)
		r = parse(&bench->files, &bench->rules, err);
	if (r < 0)
		return r;
	r = find_profiles(bench, err);
	if (r == 0 && wanted(bench, "profiles"))
		r = new_profiles(bench, err);
	if (r == 0 && wanted(bench, "rules"))
		r = edited_rules(bench, err);
	if (r == 0 && wanted(bench, "ruleset"))
		r = whole_ruleset(bench, err);
	if (r == 0 && bench->unequal > 0)
		r = error_set(err, ERROR_LIMIT, "%zu runs did not find what a full match finds",
			bench->unequal);
	return r;
}

int main(int argc, char **argv)
{
	struct options options = { .db = "year.db", .rules = "rules",
		.only = "profiles,rules,ruleset", .notices = 300000, .rules_tried = 24, .seed = 1,
		.proof = 1 };
	struct bench bench = { .options = &options };
	struct error err = ERROR_INIT;
	int r = parse_options(argc, argv, &options, &err);

	if (r == 0)
		r = measure(&bench, &err);
	if (r < 0)
		fprintf(stderr, "bench-year: %s\n", err.text);
	rules_free(bench.rules);
	db_close(bench.db);
	corpus_done(&bench.corpus);
	arena_done(&bench.files.arena);
	arena_done(&bench.arena);
	return r < 0;
}
