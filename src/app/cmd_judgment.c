/*
 * judgment add, list, import, export, remove: what people said of a notice and a profile. As a file:
 * one judgment a line, members parted by tabs, "profile notice grade [reason] [words] [note]"; a fourth
 * member that is no reason is the note. The words, parted by blanks, are golden, and whose answer it was:
 * reader, audit; else an administrator's, or what the last audit asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "gate/file.h"
#include "store/audit.h"
#include "tender/notice.h"

enum { JUDGMENTS_BYTES_MAX = 64 << 20, COLUMNS_MAX = 6 };

static struct str reason_list(struct app *app)
{
	struct str list = STR("");

	for (int i = JUDGMENT_NO_REASON + 1; i < JUDGMENT_REASONS; i++)
		list = arena_printf(&app->arena, "%.*s%s%s", STR_ARG(list), list.len > 0 ? ", " : "",
			judgment_reason_name((enum judgment_reason)i));
	return list;
}

/* add, remove */

static bool parse_grade(struct str text, int *ret)
{
	unsigned grade = 0;

	if (str_eqz(text, "relevant"))
		grade = 2;
	else if (str_eqz(text, "adjacent"))
		grade = 1;
	else if (!str_eqz(text, "not-relevant") && !str_to_uint(text, JUDGMENT_GRADE_MAX, &grade))
		return false;
	*ret = (int)grade;
	return true;
}

static int put(struct app *app, const struct judgment *judgment, struct error *err)
{
	int r = store_judgment_put(app->db, judgment, err);

	if (r == STORE_NONE)
		return error_set(err, ERROR_INPUT, "no profile %.*s or no notice %.*s",
			STR_ARG(judgment->profile), STR_ARG(judgment->notice));
	return r;
}

int cmd_judgment_add(struct app *app, struct error *err)
{
	struct judgment judgment = {
		.profile = app_operand(app, 0),
		.notice = app_operand(app, 1),
		.origin = app_flag(app, "reader") ? JUDGMENT_READER : JUDGMENT_ADMINISTRATOR,
		.golden = app_flag(app, "golden"),
		.note = app_text(app, "note"),
		.judged = app->now,
	};
	int r, stored;

	if (!parse_grade(app_operand(app, 2), &judgment.grade))
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"the grade is 2 or relevant, 1 or adjacent, 0 or not-relevant, not \"%s\"",
			app->operands[2]));
	if (app_flag(app, "reason") && !judgment_reason_parse(app_text(app, "reason"), &judgment.reason))
		return bad_usage(app, error_set(err, ERROR_CONFIG, "--reason is one of %.*s",
			STR_ARG(reason_list(app))));
	r = db_begin(app->db, err);
	if (r < 0)
		return r;
	stored = put(app, &judgment, err);
	r = stored < 0 ? stored : db_commit(app->db, err);
	db_rollback(app->db);
	if (r < 0)
		return r;
	note(app, stored == STORE_NEW       ? "kept"
		  : stored == STORE_UPDATED ? "kept, instead of what was said before"
					    : "nothing changed");
	return 0;
}

int cmd_judgment_remove(struct app *app, struct error *err)
{
	int r = db_begin(app->db, err);

	if (r >= 0)
		r = store_judgment_delete(app->db, app_operand(app, 0), app_operand(app, 1), err);
	if (r == STORE_NONE)
		r = error_set(err, ERROR_INPUT, "nobody judged %s for %s", app->operands[1], app->operands[0]);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r;
}

/* list, export */

static void judgment_json(struct app *app, const struct judgment *j)
{
	struct json_writer *w = out_json(app);
	struct str reason = str_of(judgment_reason_name(j->reason));

	json_open_object(w);
	json_add_str(w, "profile", j->profile);
	json_add_str(w, "notice", j->notice);
	json_add_int(w, "grade", j->grade);
	json_add_str(w, "reason", reason.len > 0 ? reason : STR_NONE);
	json_add_str(w, "origin", str_of(judgment_origin_name(j->origin)));
	json_add_bool(w, "golden", j->golden);
	json_add_str(w, "note", j->note);
	json_add_str(w, "judged", moment(app, j->judged));
	json_close_object(w);
	out_json_end(app);
}

/* A tab or a line end in the note would end the member. */
static void judgment_tsv(const struct judgment *j)
{
	bool named = j->origin != JUDGMENT_ADMINISTRATOR;

	printf("%.*s\t%.*s\t%d\t%s\t%s%s%s\t", STR_ARG(j->profile), STR_ARG(j->notice), j->grade,
		judgment_reason_name(j->reason), j->golden ? "golden" : "", j->golden && named ? " " : "",
		named ? judgment_origin_name(j->origin) : "");
	for (size_t i = 0; i < j->note.len; i++)
		putchar((unsigned char)j->note.ptr[i] < 0x20 ? ' ' : j->note.ptr[i]);
	putchar('\n');
}

static void judgment_text(const struct judgment *j)
{
	static const char *const words[] = { "not", "adjacent", "relevant" };

	printf("%-8s %s ", words[j->grade], j->golden ? "golden" : "      ");
	(void)out_id(j->profile, 20);
	printf(" ");
	(void)out_id(j->notice, 20);
	printf(" %s%s%.*s\n", judgment_reason_name(j->reason),
		j->reason != JUDGMENT_NO_REASON && j->note.len > 0 ? ": " : "",
		STR_ARG(str_clip(j->note, 60)));
}

static int list(struct app *app, struct judgment **ret, size_t *ret_n, struct error *err)
{
	struct judgment_filter filter = { app_text(app, "profile"), app_text(app, "notice"),
		app_flag(app, "golden") };

	return store_judgment_list(app->db, &filter, &app->arena, ret, ret_n, err);
}

int cmd_judgment_list(struct app *app, struct error *err)
{
	struct judgment *rows;
	size_t n = 0;
	int r = list(app, &rows, &n, err);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (app->json)
			judgment_json(app, &rows[i]);
		else
			judgment_text(&rows[i]);
	}
	return list_end(app, r, (int64_t)n, "nobody judged anything");
}

int cmd_judgment_export(struct app *app, struct error *err)
{
	struct judgment *rows;
	size_t n = 0;
	int r = list(app, &rows, &n, err);

	for (size_t i = 0; r >= 0 && i < n; i++)
		judgment_tsv(&rows[i]);
	return r;
}

/* import */

struct importing {
	struct app *app;
	struct report *report;
	const char *name; /* of the file */
	struct codes profiles; /* that occur in it */
	struct audit_pair *asked; /* by the last audit; by profile, then notice */
	size_t n_asked;
};

static int by_pair(const void *a, const void *b)
{
	const struct audit_pair *x = a, *y = b;
	int order = str_cmp(x->profile, y->profile);

	return order != 0 ? order : str_cmp(x->notice, y->notice);
}

static int find_asked(struct importing *im, struct error *err)
{
	int64_t audit = 0, sizes[AUDIT_STRATA];
	int r = store_audit_last(im->app->db, &audit, err);

	if (r == 0)
		r = store_audit_pairs(im->app->db, audit, &im->app->arena, &im->asked, &im->n_asked, sizes, err);
	if (r == 0 && im->n_asked > 1)
		qsort(im->asked, im->n_asked, sizeof(*im->asked), by_pair);
	return r < 0 ? r : 0;
}

/* An answer to the last audit says so, unless the file says whose it is. */
static enum judgment_origin origin_of(const struct importing *im, const struct judgment *judgment)
{
	struct audit_pair key = { .profile = judgment->profile, .notice = judgment->notice };

	if (judgment->golden || im->n_asked == 0 ||
		bsearch(&key, im->asked, im->n_asked, sizeof(key), by_pair) == NULL)
		return JUDGMENT_ADMINISTRATOR;
	return JUDGMENT_AUDIT;
}

/* "golden", "reader", "audit"; false: another word. */
static bool take_words(struct str words, struct judgment *ret)
{
	struct str word;

	while (str_cut(&words, ' ', &word)) {
		if (str_eqz(word, "golden"))
			ret->golden = true;
		else if (word.len > 0 && !judgment_origin_parse(word, &ret->origin))
			return false;
	}
	return true;
}

static int read_line(const struct importing *im, struct str line, struct judgment *ret, struct error *err)
{
	struct str columns[COLUMNS_MAX], rest = line;
	size_t n = 0;

	while (n < COLUMNS_MAX && str_cut(&rest, '\t', &columns[n])) {
		columns[n] = str_trim(columns[n]);
		n++;
	}
	*ret = (struct judgment){ .judged = im->app->now, .golden = app_flag(im->app, "golden") };
	if (n < 3 || columns[0].len == 0 || columns[1].len == 0 || !parse_grade(columns[2], &ret->grade))
		return error_set(err, ERROR_INPUT, "profile, notice and a grade 0, 1 or 2 were expected, parted "
						   "by tabs");
	ret->profile = columns[0];
	ret->notice = columns[1];
	if (n > 3 && !judgment_reason_parse(columns[3], &ret->reason))
		ret->note = columns[3];
	ret->origin = origin_of(im, ret);
	if (n > 4 && !take_words(columns[4], ret))
		return error_set(err, ERROR_INPUT, "golden, reader, audit or nothing was expected as fifth member");
	if (n > 5 && columns[5].len > 0)
		ret->note = columns[5];
	return 0;
}

static void count(struct report *report, int outcome)
{
	report->read++;
	report->added += outcome == STORE_NEW;
	report->updated += outcome == STORE_UPDATED;
	report->unchanged += outcome == STORE_UNCHANGED;
}

/* One bad line never stops the others. */
static int take_line(struct importing *im, struct str line, size_t number, struct error *err)
{
	struct judgment judgment;
	int r = read_line(im, line, &judgment, err);

	if (r >= 0)
		r = put(im->app, &judgment, err);
	if (r < 0 && err->kind != ERROR_INPUT)
		return r;
	if (r < 0) {
		im->report->read++;
		im->report->rejected++;
		report_fail(im->report, arena_printf(&im->app->arena, "%s:%zu", im->name, number),
			str_of(err->text));
		error_clear(err);
		return 0;
	}
	count(im->report, r);
	if (!codes_has(&im->profiles, judgment.profile))
		codes_add(&im->profiles, &im->app->arena, judgment.profile);
	return 0;
}

static bool is_header(struct str line)
{
	return line.len == 0 || line.ptr[0] == '#' || str_starts(line, "profile\t");
}

/* Notices that were read whole: what is not listed of them was found not relevant. */
static int take_complete(struct importing *im, struct error *err)
{
	struct str path = app_text(im->app, "complete"), text, line;
	int r = reading(im->app, file_read(path.ptr, JUDGMENTS_BYTES_MAX, &im->app->arena, &text, err), err);

	while (r >= 0 && str_cut(&text, '\n', &line)) {
		line = str_trim(line);
		for (size_t i = 0; r >= 0 && line.len > 0 && i < im->profiles.n; i++) {
			struct judgment judgment = { .profile = im->profiles.at[i], .notice = line,
				.origin = JUDGMENT_ADMINISTRATOR, .judged = im->app->now }, stored;

			r = store_judgment_find(im->app->db, judgment.profile, line, &im->app->arena, &stored,
				err);
			if (r == STORE_NONE)
				r = store_judgment_put(im->app->db, &judgment, err);
			if (r == STORE_NEW)
				count(im->report, r);
		}
	}
	return r < 0 ? r : 0;
}

static int take_all(struct importing *im, struct str text, struct error *err)
{
	struct str line;
	int r = 0;

	for (size_t number = 1; r >= 0 && str_cut(&text, '\n', &line); number++)
		if (!is_header(str_trim(line)))
			r = take_line(im, line, number, err);
	if (r >= 0 && app_flag(im->app, "complete"))
		r = take_complete(im, err);
	return r;
}

int cmd_judgment_import(struct app *app, struct error *err)
{
	const char *path = app->operands[0];
	bool piped = strcmp(path, "-") == 0;
	struct report report;
	struct importing im = { .app = app, .report = &report, .name = piped ? "standard input" : path };
	struct str text;
	int r = piped ? file_read_fd(STDIN_FILENO, im.name, JUDGMENTS_BYTES_MAX, &app->arena, &text, err)
		      : reading(app, file_read(path, JUDGMENTS_BYTES_MAX, &app->arena, &text, err), err);

	if (r >= 0 && !str_utf8_valid(text))
		r = error_set(err, ERROR_INPUT, "%s: the file is not valid UTF-8", im.name);
	if (r < 0)
		return r;
	report_init(&report, STR("judgment"));
	r = db_begin(app->db, err);
	if (r >= 0)
		r = find_asked(&im, err);
	if (r >= 0)
		r = take_all(&im, text, err);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	if (r >= 0)
		show_report(app, &report);
	if (r >= 0 && report.n_failures > 0)
		r = EX_DATAERR;
	report_done(&report);
	return r;
}
