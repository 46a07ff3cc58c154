/* codes import, codes list: words for codes */
#include <stdio.h>

#include "commands.h"
#include "gate/file.h"
#include "gate/http.h"
#include "source/code_list.h"
#include "store/code.h"

enum { FILE_MAX = 16 << 20 };

struct counts {
	int64_t added, updated, unchanged;
};

static int put_labels(struct app *app, const struct code_labels *labels, struct counts *counts,
	struct error *err)
{
	int r = db_begin(app->db, err);

	for (size_t i = 0; r >= 0 && i < labels->n; i++) {
		const struct code_label *l = &labels->at[i];

		r = store_code_put(app->db, l->list, l->code, l->language, l->label, err);
		counts->added += r == STORE_NEW;
		counts->updated += r == STORE_UPDATED;
		counts->unchanged += r == STORE_UNCHANGED;
	}
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r;
}

static void tell(struct app *app, const char *path, const struct code_labels *labels,
	const struct counts *counts)
{
	struct json_writer *w;

	if (!app->json) {
		out_line("%s: %zu read, %lld new, %lld updated, %lld unchanged", path, labels->n,
			(long long)counts->added, (long long)counts->updated, (long long)counts->unchanged);
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "file", str_of(path));
	json_add_int(w, "read", (int64_t)labels->n);
	json_add_int(w, "new", counts->added);
	json_add_int(w, "updated", counts->updated);
	json_add_int(w, "unchanged", counts->unchanged);
	json_close_object(w);
	out_json_end(app);
}

static bool is_address(struct str name)
{
	return str_starts(name, "https://") || str_starts(name, "http://");
}

static int download(struct app *app, struct str url, struct arena *arena, struct str *ret, struct error *err)
{
	CLEANUP(http_freep) struct http *http = http_client(app);
	struct http_request request = { .url = url };
	struct http_response response;

	if (http_exchange(http, &request, app->now, arena, &response, err) < 0)
		return error_add(err, "%.*s", STR_ARG(url));
	if (response.status != 200)
		return error_set(err, ERROR_REMOTE, "%.*s: the server answers %d", STR_ARG(url), response.status);
	*ret = response.body;
	return 0;
}

/* A file is stored whole or not at all; the first bad one ends the command. */
int cmd_codes_import(struct app *app, struct error *err)
{
	for (int i = 0; i < app->n_operands; i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		const char *path = app->operands[i];
		struct code_labels labels;
		struct counts counts = { 0, 0, 0 };
		struct str bytes;
		int r = is_address(str_of(path)) ? download(app, str_of(path), &arena, &bytes, err)
						 : reading(app, file_read(path, FILE_MAX, &arena, &bytes, err), err);

		if (r < 0)
			return r;
		r = code_list_read(bytes, app_text(app, "list"), app_text(app, "language"), &arena, &labels,
			err);
		if (r < 0)
			return error_add(err, "%s", path);
		r = put_labels(app, &labels, &counts, err);
		if (r < 0)
			return r;
		tell(app, path, &labels, &counts);
	}
	return 0;
}

int cmd_codes_list(struct app *app, struct error *err)
{
	struct code_count *rows;
	size_t n = 0;
	int r = store_code_counts(app->db, &app->arena, &rows, &n, err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct json_writer *w;

		if (!app->json) {
			out_line("%-40.*s %-2.*s %6lld", STR_ARG(rows[i].list), STR_ARG(rows[i].language),
				(long long)rows[i].codes);
			continue;
		}
		w = out_json(app);
		json_open_object(w);
		json_add_str(w, "list", rows[i].list);
		json_add_str(w, "language", rows[i].language);
		json_add_int(w, "codes", rows[i].codes);
		json_close_object(w);
		out_json_end(app);
	}
	return list_end(app, r, (int64_t)n, "no code has words yet; see codes import");
}
