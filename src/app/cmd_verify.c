/*
 * verify: receipts are recomputed from the stored notice and profile under the ruleset they name, and
 * compared member by member; texts to the byte.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "flow/bench.h"
#include "gate/file.h"
#include "store/match.h"
#include "store/notice.h"

enum { RECEIPTS_BYTES_MAX = 256 << 20, RECEIPT_MAX = 16 << 20, BENCHES_MAX = 16 };

struct verifying {
	struct app *app;
	struct bench benches[BENCHES_MAX]; /* one per ruleset that a receipt named */
	size_t n_benches;
	size_t count, different;
	struct arena arena; /* of the receipt at hand */
};

static int bench_of(struct verifying *v, int64_t ruleset, struct bench **ret, struct error *err)
{
	int r;

	for (size_t i = 0; i < v->n_benches; i++) {
		if (v->benches[i].ruleset == ruleset) {
			*ret = &v->benches[i];
			return 0;
		}
	}
	if (ruleset <= 0)
		return error_set(err, ERROR_INPUT, "no ruleset %lld", (long long)ruleset);
	if (v->n_benches == BENCHES_MAX)
		bench_done(&v->benches[--v->n_benches]);
	r = bench_open_ruleset(v->app->db, ruleset, &v->benches[v->n_benches], err);
	if (r < 0)
		return r;
	*ret = &v->benches[v->n_benches++];
	return 0;
}

/* The receipt as it comes out today. ERROR_INPUT: profile, notice or ruleset are not here. */
static int recompute(struct verifying *v, struct str profile, struct str id, int64_t ruleset,
	struct explanation *ret, struct error *err)
{
	struct match_options options = { .now = v->app->now, .no_gates = true };
	struct notice *notice = arena_new(&v->arena, struct notice);
	struct bench *bench;
	size_t number;
	int r = bench_of(v, ruleset, &bench, err);

	if (r < 0)
		return r;
	number = bench_profile(bench, profile);
	if (number == SIZE_MAX)
		return error_set(err, ERROR_INPUT, "no profile %.*s", STR_ARG(profile));
	r = store_notice_find(v->app->db, id, &v->arena, notice, err);
	if (r == STORE_NONE)
		return error_set(err, ERROR_INPUT, "no notice %.*s", STR_ARG(id));
	if (r >= 0)
		r = matcher_explain(bench->matcher, notice, number, &options, &v->arena, ret, err);
	return r < 0 ? r : 0;
}

static struct str shorten(struct str text)
{
	return str_clip(text, 120);
}

/* "" when they agree, else what differs. Members that ours has not (a name, a title) do not count. */
static int difference(struct verifying *v, const struct json_value *given, const struct json_value *ours,
	struct str *ret, struct error *err)
{
	*ret = STR("");
	for (size_t i = 0; i < json_members(ours); i++) {
		struct str key, here, there = STR("missing");
		const struct json_value *value = json_member(ours, i, &key);
		const struct json_value *other = json_get(given, arena_dupz(&v->arena, key));
		int r = json_dump(value, &v->arena, &here, err);

		if (r >= 0 && other != NULL)
			r = json_dump(other, &v->arena, &there, err);
		if (r < 0)
			return r;
		if (str_eq(here, there))
			continue;
		*ret = arena_printf(&v->arena, "%.*s: %.*s, recomputed %.*s", STR_ARG(key),
			STR_ARG(shorten(there)), STR_ARG(shorten(here)));
		return 0;
	}
	return 0;
}

static void show_result(struct verifying *v, struct str profile, struct str notice, struct str why)
{
	struct app *app = v->app;
	struct json_writer *w;

	v->count++;
	v->different += why.len > 0;
	if (!app->json) {
		out_line("%-7s %.*s %.*s%s%.*s", why.len == 0 ? "ok" : "differs", STR_ARG(profile),
			STR_ARG(notice), why.len > 0 ? "  " : "", STR_ARG(why));
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "profile", profile);
	json_add_str(w, "notice", notice);
	json_add_str(w, "result", why.len == 0 ? STR("ok") : STR("differs"));
	json_add_str(w, "why", why.len == 0 ? STR_NONE : why);
	json_close_object(w);
	out_json_end(app);
}

/* A receipt is of what the profile and the notice were: of nothing else is a difference a fault. */
static int tell_change(struct verifying *v, struct str profile, struct str notice, struct str *why,
	struct error *err)
{
	bool of_profile = false, of_notice = false;
	int r = store_match_stale(v->app->db, profile, notice, &of_profile, &of_notice, err);

	if (r >= 0 && (of_profile || of_notice))
		*why = arena_printf(&v->arena, "%s changed since it was matched; %.*s",
			of_profile ? "the profile" : "the notice", STR_ARG(*why));
	return r < 0 ? r : 0;
}

/* Both as JSON, so that a receipt from a file and a stored one are compared in the same way. */
static int compare(struct verifying *v, const struct json_value *given, struct str profile,
	struct str notice, int64_t ruleset, struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(RECEIPT_MAX);
	CLEANUP(json_freep) struct json *json = NULL;
	struct json_writer w = { .out = &text };
	struct explanation now;
	struct str why;
	int r = recompute(v, profile, notice, ruleset, &now, err);

	if (r < 0 && err->kind == ERROR_INPUT) {
		show_result(v, profile, notice, str_of(err->text));
		error_clear(err);
		return 0;
	}
	if (r < 0)
		return r;
	receipt_to_json(&now.receipt, NULL, STR_NONE, &w);
	r = buf_check(&text, "a receipt", err);
	if (r >= 0)
		r = json_parse(buf_str(&text), &json, err);
	if (r >= 0)
		r = difference(v, given, json_root(json), &why, err);
	if (r >= 0 && why.len > 0)
		r = tell_change(v, profile, notice, &why, err);
	if (r >= 0)
		show_result(v, profile, notice, why);
	return r;
}

static int verify_json(struct verifying *v, struct str line, const char *name, size_t number,
	struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	const struct json_value *given;
	struct str profile, notice;
	int64_t ruleset;
	int r = json_parse(line, &json, err);

	if (r < 0)
		return error_add(err, "%s:%zu", name, number);
	given = json_root(json);
	profile = json_str(json_get(given, "profile"));
	notice = json_str(json_get(given, "notice"));
	if (!str_given(profile) || !str_given(notice) || !json_int(json_get(given, "ruleset"), &ruleset))
		return error_set(err, ERROR_INPUT,
			"%s:%zu: not a receipt: \"profile\", \"notice\" and \"ruleset\" were expected", name, number);
	return compare(v, given, profile, notice, ruleset, err);
}

static int verify_file(struct verifying *v, const char *path, struct error *err)
{
	bool piped = strcmp(path, "-") == 0;
	const char *name = piped ? "standard input" : path;
	struct str text, line;
	int r = piped ? file_read_fd(STDIN_FILENO, name, RECEIPTS_BYTES_MAX, &v->app->arena, &text, err)
		      : file_read(path, RECEIPTS_BYTES_MAX, &v->app->arena, &text, err);

	r = reading(v->app, r, err);
	for (size_t number = 1; r >= 0 && str_cut(&text, '\n', &line); number++) {
		arena_reset(&v->arena);
		if (str_trim(line).len > 0)
			r = verify_json(v, line, name, number, err);
	}
	if (r >= 0 && v->count == 0)
		return error_set(err, ERROR_INPUT, "%s: no receipt in it", name);
	return r;
}

static int verify_stored(void *data, const struct receipt *receipt, int64_t first_matched UNUSED,
	struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(RECEIPT_MAX);
	CLEANUP(json_freep) struct json *json = NULL;
	struct json_writer w = { .out = &text };
	struct verifying *v = data;
	int r;

	receipt_to_json(receipt, NULL, STR_NONE, &w);
	r = buf_check(&text, "a receipt", err);
	if (r >= 0)
		r = json_parse(buf_str(&text), &json, err);
	return r < 0 ? r
		     : compare(v, json_root(json), receipt->profile, receipt->notice, receipt->ruleset, err);
}

static int verify_pair(struct verifying *v, struct error *err)
{
	struct app *app = v->app;
	struct match_filter filter = { app_operand(app, 0), app_operand(app, 1), TIME_NONE };
	int r = store_match_each(app->db, &filter, verify_stored, v, err);

	if (r >= 0 && v->count == 0)
		return error_set(err, ERROR_INPUT, "%s and %s do not match now; see explain",
			app->operands[0], app->operands[1]);
	return r;
}

int cmd_verify(struct app *app, struct error *err)
{
	struct verifying v = { .app = app };
	int r = app->n_operands == 2 ? verify_pair(&v, err) : verify_file(&v, app->operands[0], err);

	if (r >= 0)
		note(app, v.count == 1 ? "%zu receipt, %zu differ" : "%zu receipts, %zu differ", v.count, v.different);
	for (size_t i = 0; i < v.n_benches; i++)
		bench_done(&v.benches[i]);
	arena_done(&v.arena);
	if (r < 0)
		return r;
	return v.different > 0 ? EX_DATAERR : 0;
}
