/*
 * The matching core measured beside what else could be used: see the README one folder up.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contest.h"
#include "edits.h"

enum { LIST_MAX = 16, CONTENDERS_MAX = 8, SIZES_BYTES = 24000000, SIZES_DOCUMENTS = 20 };

struct list {
	size_t at[LIST_MAX];
	size_t n;
};

struct options {
	struct workload_options work;
	struct contest_options contest;
	struct list growth; /* profiles */
	struct list sizes;  /* KiB of each document */
	const char *peers, *notices, *rules;
	bool comparable, lifelike, help;
	size_t edits; /* words of the set that is edited; 0: none is */
};

static const char usage[] =
	"usage: bench-match [option]…\n"
	"\n"
	"  --profiles N       profiles (25000); there are 2.4 terms for each, a tenth of them patterns\n"
	"  --documents N      documents (2000)\n"
	"  --peers A,B        of naive, vectorscan, fts5, re2, postgres; all (default) or none\n"
	"  --growth A,B       then again with A, B … profiles\n"
	"  --sizes A,B        then again with documents of A, B … KiB\n"
	"  --edits N          only what edits cost, of a set that has seen N words (700000 is what is asked)\n"
	"  --only TABLE       comparable or lifelike: only the one or the other\n"
	"  --rounds N         rounds, of which the median is told (5)\n"
	"  --seconds N        most a slow contender may take for a round (10)\n"
	"  --seed N           of the workload (1)\n"
	"  --notices FOLDER   real notices; else $APPARITEUR_NOTICES, $APPARITEUR_SHARED/notices, or our samples\n"
	"  --rules FOLDER     for the lifelike table (rules)\n"
	"  --help             this text\n";

static int parse_list(const char *text, struct list *ret, struct error *err)
{
	struct str rest = str_of(text), item;
	unsigned number;

	for (ret->n = 0; str_cut(&rest, ',', &item); ret->at[ret->n++] = number)
		if (ret->n == LIST_MAX || !str_to_uint(item, 10000000, &number) || number == 0)
			return error_set(err, ERROR_CONFIG, "\"%s\" is no list of numbers", text);
	return 0;
}

static int parse_number(const char *text, size_t *ret, struct error *err)
{
	struct list list;
	int r = parse_list(text, &list, err);

	if (r == 0 && list.n != 1)
		r = error_set(err, ERROR_CONFIG, "\"%s\" is not one number", text);
	if (r == 0)
		*ret = list.at[0];
	return r;
}

static int parse_only(const char *text, struct options *ret, struct error *err)
{
	ret->comparable = strcmp(text, "comparable") == 0;
	ret->lifelike = strcmp(text, "lifelike") == 0;
	if (!ret->comparable && !ret->lifelike)
		return error_set(err, ERROR_CONFIG, "--only comparable or lifelike, not \"%s\"", text);
	return 0;
}

static int parse_options(int argc, char **argv, struct options *ret, struct error *err)
{
	static const struct option names[] = {
		{ "profiles", required_argument, NULL, 'p' },
		{ "documents", required_argument, NULL, 'd' },
		{ "peers", required_argument, NULL, 'P' },
		{ "growth", required_argument, NULL, 'g' },
		{ "sizes", required_argument, NULL, 'z' },
		{ "edits", required_argument, NULL, 'e' },
		{ "only", required_argument, NULL, 'o' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "notices", required_argument, NULL, 'n' },
		{ "rules", required_argument, NULL, 'R' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option, r = 0;
	size_t number = 0;

	while (r == 0 && (option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'p': r = parse_number(optarg, &ret->work.profiles, err); break;
		case 'd': r = parse_number(optarg, &ret->work.documents, err); break;
		case 'g': r = parse_list(optarg, &ret->growth, err); break;
		case 'z': r = parse_list(optarg, &ret->sizes, err); break;
		case 'e': r = parse_number(optarg, &ret->edits, err); break;
		case 'o': r = parse_only(optarg, ret, err); break;
		case 'r': r = parse_number(optarg, &ret->contest.rounds, err); break;
		case 't':
			r = parse_number(optarg, &number, err);
			ret->contest.seconds = (double)number;
			break;
		case 's':
			r = parse_number(optarg, &number, err);
			ret->work.seed = number;
			break;
		case 'P': ret->peers = optarg; break;
		case 'n': ret->notices = optarg; break;
		case 'R': ret->rules = optarg; break;
		case 'h': ret->help = true; break;
		default: return error_set(err, ERROR_CONFIG, "%s", usage);
		}
	}
	return r;
}

static bool peer_wanted(const struct options *options, const char *name)
{
	struct str rest = str_of(options->peers), item;

	if (strcmp(options->peers, "all") == 0)
		return true;
	while (str_cut(&rest, ',', &item))
		if (str_eqz(item, name))
			return true;
	return false;
}

/* The first two are ours: see contest(). */
static size_t choose(const struct options *options, const struct contender *ret[CONTENDERS_MAX])
{
	size_t n = 0;

	ret[n++] = &contender_ours;
	ret[n++] = &contender_ours_terms;
#ifdef BENCH_VECTORSCAN
	if (peer_wanted(options, "vectorscan"))
		ret[n++] = &contender_vectorscan;
#endif
	if (peer_wanted(options, "fts5"))
		ret[n++] = &contender_fts5;
#ifdef BENCH_RE2
	if (peer_wanted(options, "re2"))
		ret[n++] = &contender_re2;
#endif
#ifdef BENCH_POSTGRES
	if (peer_wanted(options, "postgres") && getenv("PGHOST") != NULL)
		ret[n++] = &contender_postgres;
#endif
	if (peer_wanted(options, "naive"))
		ret[n++] = &contender_naive;
	return n;
}

static void print_machine(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[300];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "model name", 10) == 0) {
			printf("machine: %s", strchr(line, ':') + 2);
			break;
		}
	}
	if (file != NULL)
		fclose(file);
}

static void print_workload(const struct workload *w)
{
	printf("%zu documents, %.1f MB as written, %.1f MB folded; %zu profiles, %zu keywords in all",
		w->n_documents, (double)w->bytes / 1e6, (double)w->folded / 1e6, w->n_profiles,
		w->n_keywords);
	if (w->n_terms > 0)
		printf("; %zu distinct words, %zu distinct terms, %zu of them patterns", w->words, w->n_terms,
			w->n_patterns);
	puts("\n");
}

/* Bytes of the first `n` documents: every size in the same measure, the text as folded. */
static double megabytes(const struct workload *w, size_t n)
{
	double bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += (double)w->texts[i].len;
	return bytes / 1e6;
}

static void print_figures(const struct workload *w, const struct figures *figures, size_t n)
{
	printf("  %-21s %9s %8s %9s %9s %7s %8s %6s %16s\n", "", "docs/s", "MB/s", "first", "start-up",
		"memory", "running", "docs", "ours is faster by");
	printf("  %-21s %9s %8s %9s %9s %7s %8s %6s %8s %8s\n", "", "", "folded", "round", "s", "MiB", "MiB",
		"used", "whole", "terms");
	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &figures[i];

		printf("  %-21s %9.1f %8.2f %9.1f %9.2f %7.0f %8.0f %6zu %8.2f %8.2f\n", f->contender->name,
			(double)f->documents / f->warm, megabytes(w, f->documents) / f->warm,
			(double)f->documents / f->cold, f->compile, f->compiled_mib, f->run_mib,
			f->documents, f->per_whole, f->per_terms);
	}
	putchar('\n');
	for (size_t i = 0; i < n; i++) {
		const struct figures *f = &figures[i];

		printf("  %s: %s%s", f->contender->name, f->contender->what,
			f->contender->patterns ? "" : " (words and phrases only)");
		if (!f->contender->scores && w->n_terms > 0)
			printf("; %.0f hits a document", (double)f->hits / (double)f->documents);
		if (f->missed > 0)
			printf(", %zu missed", f->missed);
		printf("%s%s\n", f->remark[0] ? "; " : "", f->remark);
	}
	putchar('\n');
	fflush(stdout);
}

static int run(const struct corpus *corpus, const struct options *options,
	const struct workload_options *work, struct error *err)
{
	const struct contender *contenders[CONTENDERS_MAX];
	struct figures figures[CONTENDERS_MAX];
	struct workload workload;
	size_t n = work->rules != NULL ? 1 : choose(options, contenders);
	int r = workload_make(corpus, work, &workload, err);

	if (r < 0)
		return r;
	contenders[0] = &contender_ours;
	print_workload(&workload);
	r = contest(&workload, contenders, n, &options->contest, figures, err);
	if (r == 0)
		print_figures(&workload, figures, n);
	workload_done(&workload);
	return r;
}

static int run_edits(const struct corpus *corpus, const struct options *options, struct error *err)
{
	struct workload workload;
	int r = workload_make(corpus, &options->work, &workload, err);

	if (r < 0)
		return r;
	r = edits_measure(&workload, options->edits, err);
	workload_done(&workload);
	return r;
}

static int run_all(const struct corpus *corpus, const struct options *options, struct error *err)
{
	struct workload_options work = options->work;
	int r = 0;

	if (options->comparable) {
		puts("COMPARABLE: every term in one spelling; all found the same hits, or this ends with an error.");
		puts("Folding is in our time and not in theirs; gates, lots, scores and receipts in ours alone.");
		r = run(corpus, options, &work, err);
	}
	if (r == 0 && options->lifelike) {
		puts("LIFELIKE: inflected words, function words and rarities of the shipped rules, descriptions.");
		work.rules = options->rules;
		r = run(corpus, options, &work, err);
		work.rules = NULL;
	}
	for (size_t i = 0; i < options->growth.n && r == 0; i++) {
		printf("GROWTH: %zu profiles\n", options->growth.at[i]);
		work.profiles = options->growth.at[i];
		r = run(corpus, options, &work, err);
	}
	for (size_t i = 0; i < options->sizes.n && r == 0; i++) {
		work = options->work;
		printf("SIZE: documents of %zu KiB\n", options->sizes.at[i]);
		work.bytes = options->sizes.at[i] << 10;
		/* about as much text each time */
		if (work.documents * work.bytes > SIZES_BYTES)
			work.documents = SIZES_BYTES / work.bytes + SIZES_DOCUMENTS;
		r = run(corpus, options, &work, err);
	}
	return r;
}

static const char *notices_folder(const struct options *options, struct arena *arena)
{
	const char *shared = getenv("APPARITEUR_SHARED"), *own = getenv("APPARITEUR_NOTICES");

	if (options->notices != NULL)
		return options->notices;
	if (own != NULL)
		return own;
	if (shared != NULL)
		return arena_printf(arena, "%s/notices", shared).ptr;
	return "contrib/samples/notices";
}

int main(int argc, char **argv)
{
	struct options options = {
		.work = { .seed = 1, .profiles = 25000, .documents = 2000 },
		.contest = { .rounds = 5, .seconds = 10 },
		.peers = "all",
		.rules = "rules",
		.comparable = true,
		.lifelike = true,
	};
	struct error err = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	struct corpus corpus;
	const char *folder;
	int r = parse_options(argc, argv, &options, &err);

	if (r == 0 && options.help) {
		fputs(usage, stdout);
		return 0;
	}
	if (r == 0) {
		folder = notices_folder(&options, &arena);
		r = corpus_read(folder, &corpus, &err);
	}
	if (r == 0) {
		print_machine();
		printf("text: %zu notices below %s, seed %llu\n\n", corpus.notices.n, folder,
			(unsigned long long)options.work.seed);
		r = options.edits > 0 ? run_edits(&corpus, &options, &err) : run_all(&corpus, &options, &err);
		corpus_done(&corpus);
	}
	arena_done(&arena);
	if (r < 0)
		fprintf(stderr, "bench-match: %s\n", err.text);
	return r < 0;
}
