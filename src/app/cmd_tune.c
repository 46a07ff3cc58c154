/* rules tune: other weights, learnt from what people judged, and words that profiles do better without */
#include <stdio.h>

#include "commands.h"
#include "flow/tune.h"
#include "gate/file.h"

enum { LAMBDA_TENTHS = 10, WORDS_SHOWN = 20, TUNED_FILE_MAX = 2 * RULES_FILE_MAX };

/* "0.5", "2": more than nothing. */
static int take_lambda(struct app *app, double *ret, struct error *err)
{
	struct str text = app_text(app, "lambda"), rest = text, whole;
	unsigned units = 0, tenths = 0;

	*ret = LAMBDA_TENTHS / 10.0;
	if (!str_given(text))
		return 0;
	if (!str_cut(&rest, '.', &whole) || !str_to_uint(whole, 1000, &units) ||
		(str_given(rest) && (rest.len != 1 || !str_to_uint(rest, 9, &tenths))) || units + tenths == 0)
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"--lambda takes a number like 1 or 0.5, not \"%.*s\"", STR_ARG(text)));
	*ret = units + tenths / 10.0;
	return 0;
}

/* The draft: the same files with other numbers in the lines that count */

/* The number is the third word of "weight NAME NUMBER" and of "override NAME NUMBER". */
static void add_line(struct buf *out, struct str line, points_t weight)
{
	char points[POINTS_FORMAT_MAX];
	size_t at = 0, end;

	for (int word = 0; word < 3; word++) {
		while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t'))
			at++;
		for (end = at; end < line.len && line.ptr[end] != ' ' && line.ptr[end] != '\t' &&
			       line.ptr[end] != '\r';)
			end++;
		if (word < 2)
			at = end;
	}
	buf_adds(out, str_sub(line, 0, at));
	buf_addz(out, points_format(weight, points));
	buf_adds(out, str_from(line, end));
}

static const struct tune_rule *tuned_at(const struct rules *rules, const struct tuning *tuning,
	struct str file, unsigned line)
{
	for (size_t i = 0; i < tuning->n_rules; i++) {
		const struct rule *rule = rules_find(rules, tuning->rules[i].rule);

		if (rule->weight_place.line == line && str_eq(rule->weight_place.file, file))
			return &tuning->rules[i];
	}
	return NULL;
}

/* "ruleset 3: x.rules", as messages tell it, is x.rules. */
static struct str file_name(struct str name)
{
	size_t colon = str_find(name, STR(": "));

	return bare_name(colon == SIZE_MAX ? name : str_from(name, colon + 2));
}

static int write_file(struct app *app, const char *folder, const struct rule_source *file,
	const struct rules *rules, const struct tuning *tuning, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(TUNED_FILE_MAX);
	struct str rest = file->text, line, path;
	int r;

	for (unsigned number = 1; str_cut(&rest, '\n', &line); number++) {
		const struct tune_rule *rule = tuned_at(rules, tuning, file->name, number);

		if (rule != NULL)
			add_line(&out, line, rule->after);
		else
			buf_adds(&out, line);
		if (str_given(rest))
			buf_addc(&out, '\n');
	}
	r = buf_check(&out, "the draft", err);
	path = arena_printf(&app->arena, "%s/%.*s", folder, STR_ARG(file_name(file->name)));
	return r < 0 ? r : file_write(path.ptr, buf_str(&out), 0644, err);
}

static int write_draft(struct app *app, const struct rule_set *set, const struct rules *rules,
	const struct tuning *tuning, struct error *err)
{
	const char *folder = app_text(app, "write").ptr;
	int r = file_mkdir(folder, err);

	for (size_t i = 0; r >= 0 && i < set->n; i++)
		r = write_file(app, folder, &set->files[i], rules, tuning, err);
	if (r >= 0)
		note(app, "draft written; next: appariteur rules backtest %s", folder);
	return r;
}

/* What is shown */

static void show_rightness(const char *name, const struct share *now, const struct share *proposed,
	const struct share *folds)
{
	char text[3][SHARE_FORMAT_MAX];

	out_line("%-10s %-17s  %-17s  %s", name, share_format(now, text[0]), share_format(proposed, text[1]),
		share_format(folds, text[2]));
}

/* Weights that are not better on notices they were not learnt from are not worth a new ruleset. */
static struct str verdict(const struct tuning *t)
{
	bool more = t->folds.recall.k > t->now.recall.k, less = t->folds.recall.k < t->now.recall.k;
	bool sharper = t->folds.precision.share > t->now.precision.share;
	bool blunter = t->folds.precision.share < t->now.precision.share;

	if ((more && !blunter) || (sharper && !less))
		return STR("Better on notices that the weights were not learnt from: worth a backtest (--write).");
	if (more || sharper)
		return STR("One is better, the other worse: see by a backtest (--write) which cards that costs.");
	return STR("Not better on notices that the weights were not learnt from: keep the weights there are.");
}

static void show_words(const struct tuning *t)
{
	if (t->n_words > 0)
		out_line("\nWords that start-ups do better without");
	for (size_t i = 0; i < t->n_words && i < WORDS_SHOWN; i++) {
		const struct tune_word *word = &t->words[i];

		out_line("%.*s: drop %s\"%.*s\": -%lld useless cards, -%lld good ones (-%lld cards a year)",
			STR_ARG(word->profile), word->cpv ? "CPV " : "", STR_ARG(word->word),
			(long long)word->useless, (long long)word->good, (long long)word->cards);
	}
	if (t->n_words > WORDS_SHOWN)
		out_line("… and %zu more; --json gives all", t->n_words - WORDS_SHOWN);
}

static void show_text(const struct tuning *t)
{
	char before[POINTS_FORMAT_MAX], after[POINTS_FORMAT_MAX];

	out_line("%zu judged pairs, %zu of them answers to audits; a rule speaks in %zu", t->pairs, t->audited,
		t->spoken);
	out_line("a point is worth %.2f log-odds", t->slope);
	if (t->n_rules == 0)
		out_line("\nNo weight to change.");
	else
		out_line("\n%-34s   now  proposed   judged relevant, not", "rule");
	for (size_t i = 0; i < t->n_rules; i++) {
		const struct tune_rule *rule = &t->rules[i];

		(void)out_id(rule->rule, 34);
		printf(" %5s  %8s   %15zu  %4zu\n", points_format(rule->before, before),
			points_format(rule->after, after), rule->relevant, rule->not_relevant);
	}
	out_line("\n%-10s %-16s %-18s %s", "", "now", "proposed", "five-fold");
	show_rightness("precision", &t->now.precision, &t->proposed.precision, &t->folds.precision);
	show_rightness("recall", &t->now.recall, &t->proposed.recall, &t->folds.recall);
	if (t->n_rules > 0)
		out_text(verdict(t), 0, out_width());
	show_words(t);
	out_line("\nNothing was changed.");
}

static void rules_json(struct json_writer *w, const struct tuning *t)
{
	json_key(w, "rules");
	json_open_array(w);
	for (size_t i = 0; i < t->n_rules; i++) {
		const struct tune_rule *rule = &t->rules[i];
		char points[POINTS_FORMAT_MAX];

		json_open_object(w);
		json_add_str(w, "rule", rule->rule);
		json_key(w, "now");
		json_put_raw(w, str_of(points_format(rule->before, points)));
		json_key(w, "proposed");
		json_put_raw(w, str_of(points_format(rule->after, points)));
		json_add_int(w, "relevant", (int64_t)rule->relevant);
		json_add_int(w, "not_relevant", (int64_t)rule->not_relevant);
		json_close_object(w);
	}
	json_close_array(w);
}

static void show_json(struct app *app, const struct tuning *t)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_int(w, "pairs", (int64_t)t->pairs);
	json_add_int(w, "audited", (int64_t)t->audited);
	json_add_int(w, "spoken", (int64_t)t->spoken);
	rules_json(w, t);
	share_json(w, "precision_now", &t->now.precision);
	share_json(w, "precision_proposed", &t->proposed.precision);
	share_json(w, "precision_folds", &t->folds.precision);
	share_json(w, "recall_now", &t->now.recall);
	share_json(w, "recall_proposed", &t->proposed.recall);
	share_json(w, "recall_folds", &t->folds.recall);
	json_key(w, "words");
	json_open_array(w);
	for (size_t i = 0; i < t->n_words; i++) {
		json_open_object(w);
		json_add_str(w, "profile", t->words[i].profile);
		json_add_str(w, t->words[i].cpv ? "cpv" : "keyword", t->words[i].word);
		json_add_int(w, "useless", t->words[i].useless);
		json_add_int(w, "good", t->words[i].good);
		json_add_int(w, "cards", t->words[i].cards);
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
	out_json_end(app);
}

int cmd_rules_tune(struct app *app, struct error *err)
{
	struct tune_options options = { .until = paris_day(app->now) };
	struct bench bench = { .ruleset = 0 };
	struct tuning tuning;
	struct rule_set set;
	int r = take_lambda(app, &options.lambda, err);

	if (r >= 0)
		r = since_option(app, "since", "12mo", &options.since, err);
	if (r >= 0)
		r = app->n_operands > 0 ? rule_files_named(app, app->operands, app->n_operands, &set, err)
					: rule_files_active(app, &set, err);
	if (r >= 0)
		r = bench_open_files(app->db, set.files, set.n, set.number, &bench, err);
	if (r < 0)
		return r;
	r = tune_run(app->db, &bench, set.files, set.n, &options, &app->progress, &app->arena, &tuning, err);
	progress_end(app);
	if (r >= 0 && tuning.pairs == 0)
		r = error_set(err, ERROR_INPUT, "nobody judged anything yet: see judgment import");
	if (r >= 0 && app->json)
		show_json(app, &tuning);
	else if (r >= 0)
		show_text(&tuning);
	if (r >= 0 && app_flag(app, "write"))
		r = write_draft(app, &set, bench.rules, &tuning, err);
	bench_done(&bench);
	return r < 0 ? r : 0;
}
