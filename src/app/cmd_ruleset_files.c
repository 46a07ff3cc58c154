/*
 * rules import, export, diff: rulesets as plain files, for git and for reading. On standard output and
 * input the files follow each other, each behind a line "# file: NAME".
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "gate/file.h"
#include "match/rules.h"
#include "match/rules_diff.h"
#include "store/ruleset.h"

static const char file_mark[] = "# file: ";

/* import */

static bool marked(struct str line, struct str *ret_name)
{
	*ret_name = str_trim(line);
	return str_prefix(ret_name, file_mark) && ret_name->len > 0;
}

/* What stands before the first mark is a file of its own, if it is more than blanks. */
static int split_files(struct app *app, struct str text, struct rule_set *ret, struct error *err)
{
	struct str rest = text, line, name = STR("standard-input.rules"), next = STR_NONE;
	const char *start = text.ptr;
	size_t capacity = 0;

	*ret = (struct rule_set){ NULL, 0, 0 };
	for (bool more = true; more;) {
		const char *end = str_given(rest) ? rest.ptr : text.ptr + text.len;

		more = str_cut(&rest, '\n', &line);
		if (more && !marked(line, &next))
			continue;
		if (str_trim(str_n(start, (size_t)(end - start))).len > 0 || start != text.ptr) {
			if (ret->n == RULE_FILES_MAX)
				return error_set(err, ERROR_LIMIT, "more than %d rule files", RULE_FILES_MAX);
			arena_grow(&app->arena, ret->files, ret->n, &capacity);
			ret->files[ret->n++] =
				(struct rule_source){ name, str_n(start, (size_t)(end - start)) };
		}
		name = bare_name(next);
		start = str_given(rest) ? rest.ptr : text.ptr + text.len;
	}
	return 0;
}

static int read_set(struct app *app, struct rule_set *ret, struct error *err)
{
	struct str text;
	int r;

	if (app->n_operands != 1 || strcmp(app->operands[0], "-") != 0)
		return rule_files_read(app, app->operands, app->n_operands, ret, err);
	r = file_read_fd(STDIN_FILENO, "standard input", RULE_STREAM_MAX, &app->arena, &text, err);
	return r < 0 ? r : split_files(app, text, ret, err);
}

int cmd_rules_import(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct str why = str_trim(app_text(app, "why"));
	struct rule_problem *problems;
	struct rule_set set;
	int64_t number;
	size_t n;
	int r = read_set(app, &set, err);

	if (r >= 0)
		r = rule_files_admit(app, &set, NULL, &problems, &n, &rules, err);
	if (r >= 0)
		r = rule_files_store(app, &set, author_of(app), why.len > 0 ? why : STR("imported"), &number,
			err);
	if (r < 0)
		return r;
	if (app->json) {
		struct json_writer *w = out_json(app);

		json_open_object(w);
		json_add_int(w, "ruleset", number);
		json_add_bool(w, "active", false);
		json_close_object(w);
		out_json_end(app);
		return 0;
	}
	out_line("ruleset %lld is a draft: %zu file%s, %zu rule%s", (long long)number, set.n, plural(set.n),
		rules->n_rules, plural(rules->n_rules));
	note(app, "next: appariteur rules backtest %lld, then rules activate %lld --why …",
		(long long)number, (long long)number);
	return 0;
}

/* export */

static int write_files(struct app *app, const char *folder, const struct rule_file *files, size_t n,
	struct error *err)
{
	int r = writing(app, file_mkdir(folder, err), err);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		/* names came in as the last part of a path: they cannot lead out of the folder */
		struct str path =
			arena_printf(&app->arena, "%s/%.*s", folder, STR_ARG(bare_name(files[i].name)));

		r = writing(app, file_write(path.ptr, files[i].text, 0644, err), err);
		if (r >= 0 && !app->json)
			out_line("%.*s", STR_ARG(path));
	}
	return r < 0 ? r : 0;
}

struct leftovers {
	struct app *app;
	const struct rule_file *files;
	size_t n;
};

/* A rule file of an earlier export would come back with the next import. */
static int tell_leftover(void *data, const char *path, struct error *err UNUSED)
{
	const struct leftovers *l = data;

	if (!str_ends(str_of(path), ".rules"))
		return 0;
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(bare_name(str_of(path)), bare_name(l->files[i].name)))
			return 0;
	note(l->app, "%s is not of this ruleset, and was left alone", path);
	return 0;
}

static void print_files(const struct rule_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str text = files[i].text;

		printf("%s%.*s\n", file_mark, STR_ARG(bare_name(files[i].name)));
		fwrite(text.ptr, 1, text.len, stdout);
		if (!str_ends(text, "\n"))
			putchar('\n');
	}
}

int cmd_rules_export(struct app *app, struct error *err)
{
	int64_t number = app_number(app, "ruleset", 0);
	struct leftovers leftovers = { .app = app };
	struct rule_file *files;
	size_t n = 0;
	int r = number != 0 ? 0 : store_ruleset_active(app->db, &number, err);

	if (r == STORE_NONE)
		return error_set(err, ERROR_CONFIG, "no ruleset is active: run `appariteur init`");
	if (r >= 0)
		r = store_ruleset_files(app->db, number, &app->arena, &files, &n, err);
	if (r >= 0 && n == 0)
		return error_set(err, ERROR_INPUT, "no ruleset %lld", (long long)number);
	if (r < 0)
		return r;
	if (strcmp(app->operands[0], "-") == 0) {
		print_files(files, n);
		return 0;
	}
	leftovers.files = files;
	leftovers.n = n;
	r = write_files(app, app->operands[0], files, n, err);
	return r < 0 ? r : file_walk(app->operands[0], tell_leftover, &leftovers, err);
}

/* diff */

static void show_text_lines(struct str before, struct str after, struct app *app)
{
	struct line_change *lines;
	size_t n = rules_diff_lines(before, after, &app->arena, &lines);

	for (size_t i = 0; i < n; i++) {
		if (lines[i].sign == ' ')
			continue;
		printf("      %c ", lines[i].sign);
		out_str(str_trim(lines[i].text));
		putchar('\n');
	}
}

static void show_rule_change(struct app *app, const struct rule_change *c)
{
	const struct rule *rule = c->after != NULL ? c->after : c->before;
	char before[POINTS_FORMAT_MAX], after[POINTS_FORMAT_MAX];
	char sign = c->before == NULL ? '+' : c->after == NULL ? '-' : '~';
	int used;

	used = printf("%c rule  ", sign);
	used += out_id(rule->name, 34);
	if (sign != '~')
		used += printf(" %5s  ", points_format(rule->weight, after));
	else if (c->weight)
		used += printf(" %5s -> %s", points_format(c->before->weight, before),
			points_format(c->after->weight, after));
	out_last(sign != '~' ? rule->label : STR(""), used);
	if (c->text)
		show_text_lines(c->before->text, c->after->text, app);
}

static void show_field_change(const struct field_change *c)
{
	const struct activity *field = c->after != NULL ? c->after : c->before;
	char before[POINTS_FORMAT_MAX], after[POINTS_FORMAT_MAX];
	char sign = c->before == NULL ? '+' : c->after == NULL ? '-' : '~';

	printf("%c field ", sign);
	(void)out_id(field->slug, 34);
	if (sign == '~' && c->before->cap != c->after->cap)
		printf("   cap %s -> %s", points_format(c->before->cap, before),
			points_format(c->after->cap, after));
	putchar('\n');
}

static struct str lines_text(struct app *app, struct str before, struct str after)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(2 * RULES_FILE_MAX);
	struct line_change *lines;
	size_t n = rules_diff_lines(before, after, &app->arena, &lines);

	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%c%.*s\n", lines[i].sign, STR_ARG(lines[i].text));
	return arena_dup(&app->arena, buf_str(&out));
}

static void add_weight(struct json_writer *w, const char *key, const struct rule *rule)
{
	char points[POINTS_FORMAT_MAX];

	json_key(w, key);
	if (rule == NULL)
		json_put_null(w);
	else
		json_put_raw(w, str_of(points_format(rule->weight, points)));
}

static void rule_change_json(struct app *app, const struct rule_change *c)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "change", c->before == NULL  ? STR("added")
				  : c->after == NULL ? STR("removed")
						     : STR("changed"));
	json_add_str(w, "rule", c->after != NULL ? c->after->name : c->before->name);
	add_weight(w, "weight_before", c->before);
	add_weight(w, "weight_after", c->after);
	json_add_str(w, "text", c->before == NULL  ? c->after->text
				: c->after == NULL ? c->before->text
				: c->text ? lines_text(app, c->before->text, c->after->text)
					  : STR_NONE);
	json_close_object(w);
	out_json_end(app);
}

static void other_change_json(struct app *app, const char *change, const char *kind, struct str text)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "change", str_of(change));
	json_add_str(w, kind, text);
	json_close_object(w);
	out_json_end(app);
}

static void diff_json(struct app *app, const struct rules_diff *diff)
{
	for (size_t i = 0; i < diff->n_fields; i++) {
		const struct field_change *c = &diff->fields[i];

		other_change_json(app, c->before == NULL ? "added" : c->after == NULL ? "removed" : "changed",
			"field", c->after != NULL ? c->after->slug : c->before->slug);
	}
	for (size_t i = 0; i < diff->n_rules; i++)
		rule_change_json(app, &diff->rules[i]);
	for (size_t i = 0; i < diff->n_rest; i++)
		other_change_json(app, diff->rest[i].sign == '+' ? "added" : "removed", "line",
			diff->rest[i].text);
}

static void diff_text(struct app *app, const struct rules_diff *diff)
{
	size_t added = 0, removed = 0;

	for (size_t i = 0; i < diff->n_fields; i++)
		show_field_change(&diff->fields[i]);
	for (size_t i = 0; i < diff->n_rules; i++) {
		show_rule_change(app, &diff->rules[i]);
		added += diff->rules[i].before == NULL;
		removed += diff->rules[i].after == NULL;
	}
	for (size_t i = 0; i < diff->n_rest; i++) {
		printf("%c       ", diff->rest[i].sign);
		out_str(diff->rest[i].text);
		putchar('\n');
	}
	out_line("%zu rule%s added, %zu removed, %zu changed; %zu field%s and %zu other line%s differ",
		added, plural(added), removed, diff->n_rules - added - removed,
		diff->n_fields, plural(diff->n_fields), diff->n_rest, plural(diff->n_rest));
}

static int parse_side(struct app *app, const char *name, struct rules **rules, struct rules_side *ret,
	struct error *err)
{
	struct rule_problem *problems;
	struct rule_set set;
	size_t n;
	int r = name == NULL ? rule_files_active(app, &set, err) : rule_files_named(app, &name, 1, &set, err);

	if (r >= 0)
		r = rule_files_parse(app, &set, &problems, &n, rules, err);
	if (r >= 0)
		*ret = (struct rules_side){ *rules, set.files, set.n };
	return r;
}

/* Of two, from the first to the second; one alone is compared with the active ruleset. */
int cmd_rules_diff(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *old = NULL;
	CLEANUP(rules_freep) struct rules *young = NULL;
	struct rules_side before, after;
	struct rules_diff diff;
	int r = parse_side(app, app->n_operands == 2 ? app->operands[0] : NULL, &old, &before, err);

	if (r >= 0)
		r = parse_side(app, app->operands[app->n_operands - 1], &young, &after, err);
	if (r < 0)
		return r;
	rules_diff(&before, &after, &app->arena, &diff);
	if (app->json)
		diff_json(app, &diff);
	else
		diff_text(app, &diff);
	return 0;
}
