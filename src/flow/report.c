#include <string.h>

#include "flow/ingest.h"

void report_init(struct report *report, struct str source)
{
	*report = (struct report){ .source = source, .announced = -1 };
}

void report_done(struct report *report)
{
	arena_done(&report->arena);
}

void report_fail(struct report *report, struct str item, struct str reason)
{
	if (report->n_failures >= REPORT_FAILURES_MAX)
		return;
	arena_grow(&report->arena, report->failures, report->n_failures, &report->failures_capacity);
	report->failures[report->n_failures++] = (struct report_failure){
		arena_dup(&report->arena, item),
		arena_dup(&report->arena, reason),
	};
}

void progress_tell(const struct progress *progress, const char *what, int64_t done, int64_t total)
{
	if (progress != NULL && progress->tell != NULL)
		progress->tell(progress->data, what, done, total);
}
