#include "fetch_ted_package.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "gate/archive.h"
#include "gate/file.h"

#define PACKAGE_MAX (INT64_C(512) << 20)

struct package {
	int fd; /* spooled: about 20 MB packed, 200 MB unpacked */
	struct fetch_day *day;
	const struct ted_hit *hits;
	size_t n;
	bool *taken;
};

static int compare_ref(const void *key, const void *hit)
{
	return str_cmp(*(const struct str *)key, ((const struct ted_hit *)hit)->ref);
}

static int take_entry(struct package *package, struct str entry, struct str bytes, struct error *err)
{
	struct fetch_day *day = package->day;
	struct str ref = ted_package_ref(entry, &day->arena);
	const struct ted_hit *hit;

	if (!str_given(ref) || package->n == 0)
		return 0;
	hit = bsearch(&ref, package->hits, package->n, sizeof(*package->hits), compare_ref);
	if (hit == NULL || package->taken[hit - package->hits])
		return 0;
	package->taken[hit - package->hits] = true;
	return day_keep(day, hit->ref, arena_printf(&day->arena, "%.*s.xml", STR_ARG(hit->ref)),
		STR("published"), bytes, err);
}

/* From its first entry to its end; `take` false: only whether it is whole. */
static int read_package(struct package *package, bool take, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(archive_closep) struct archive_reader *reader = NULL;
	struct str entry, bytes;
	int r;

	if (lseek(package->fd, 0, SEEK_SET) < 0)
		return error_set(err, ERROR_SYSTEM, "the package cannot be read again");
	r = archive_open(package->fd, &reader, err);
	while (r >= 0) {
		arena_reset(&arena);
		r = archive_next(reader, &arena, &entry, &bytes, err);
		if (r == ARCHIVE_END)
			return 0;
		if (r == 0 && take)
			r = take_entry(package, entry, bytes, err);
	}
	return r;
}

/* Its CRC stands at the end: nothing of it is taken before all of it was seen to be whole. */
static int check_package(void *data, const struct http_response *response UNUSED,
	struct arena *arena UNUSED, struct error *err)
{
	return read_package(data, false, err);
}

int ted_package_take(struct fetch_day *day, struct str issue, const struct ted_hit *hits, size_t n,
	bool *taken, struct error *err)
{
	CLEANUP(file_close) int fd = -1;
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct package package = { .day = day, .hits = hits, .n = n, .taken = taken };
	struct http_sink sink = { .max = PACKAGE_MAX };
	struct question question = {
		.request = {
			.url = ted_package_url(str_of(day->settings->ted_url), issue, &arena),
			.sink = &sink,
		},
		.check = check_package,
		.data = &package,
	};
	struct http_response response;
	struct error why = ERROR_INIT;
	int r = file_temporary(&fd, err);

	if (r < 0)
		return r;
	package.fd = sink.fd = fd;
	r = ask_send(day->ask, &question, &arena, &response, &why);
	if (r == 0)
		return read_package(&package, true, err);
	log_info("fetch", "source=ted package=%.*s taken=no why=\"%s\"", STR_ARG(issue),
		r == ASK_NONE ? "not found" : why.text);
	return 0;
}
