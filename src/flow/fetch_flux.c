/*
 * The open-data flux of DILA (DOMAIN 1.6): a directory index a day, a file a notice. A file is
 * known by its line in the index (time and size): the same line is the same file.
 */
#include "fetch_driver.h"

#include "source/boamp.h"

static int check_index(
	void *data, const struct http_response *response, struct arena *arena, struct error *err)
{
	return boamp_flux_index(response->body, arena, data, err) < 0 ? -(int)err->kind : 0;
}

/*
 * An index that did not change need not be read. But that is asked only when everything it listed
 * is here, and, of a past day, when it was read as it is since the day ended: a directory's own
 * date does not move when a file in it is replaced.
 */
static int find_validators(struct fetch_day *day, struct http_request *request, struct error *err)
{
	const struct coverage_row *before = day->before;
	int r;

	if (before == NULL || before->announced < 0 || before->stored < before->announced ||
		(day->day < day->today && !before->complete))
		return 0;
	r = store_validator_find(
		day->db, request->url, &day->arena, &request->etag, &request->last_modified, err);
	return r < 0 ? r : 0;
}

static int ask_index(
	struct fetch_day *day, bool historic, struct boamp_flux_index *ret, struct error *err)
{
	struct str base = str_of(day->settings->boamp_url);
	struct question question = {
		.request = {
			.url = boamp_flux_day_url(base, day->day, historic, &day->arena),
			.accept = "text/html",
		},
		.check = check_index,
		.data = ret,
	};
	struct http_response response;
	int r = find_validators(day, &question.request, err);

	if (r < 0)
		return r;
	day->url = question.request.url;
	r = ask_send(day->ask, &question, &day->arena, &response, err);
	if (r == ASK_REFUSED)
		return -(int)err->kind;
	if (r == 0) {
		day->etag = response.etag;
		day->last_modified = response.last_modified;
	}
	return r;
}

static int take_files(
	struct fetch_day *day, const struct boamp_flux_index *index, struct error *err)
{
	for (size_t i = 0; i < index->n; i++) {
		const struct boamp_flux_file *file = &index->at[i];
		struct str url = arena_printf(
			&day->arena, "%.*s%.*s", STR_ARG(day->url), STR_ARG(file->name));
		int r = day_take(day, file->ref, file->name, file->stamp, url, err);

		if (r < 0)
			return r;
	}
	return day_flush(day, err);
}

static int read_day(struct fetch_day *day, struct error *err)
{
	struct boamp_flux_index index = { NULL, 0 };
	int r = ask_index(day, false, &index, err);

	/* Today's directory comes with its first batch of files, at about 04:46. */
	if (r == ASK_NONE && day->day >= day->today) {
		day->announced = 0;
		return 0;
	}
	if (r == ASK_NONE)
		r = ask_index(day, true, &index, err);
	if (r == ASK_NONE)
		return error_set(err, ERROR_REMOTE, "the publisher has no directory of this day");
	if (r == ASK_SAME) {
		day->same = true;
		day->announced = day->before->announced;
		day->report->read += day->announced;
		day->report->unchanged += day->announced;
		return 0;
	}
	if (r < 0)
		return r;
	day->announced = (int64_t)index.n;
	return take_files(day, &index, err);
}

const struct fetch_driver fetch_flux = { .read_day = read_day };
