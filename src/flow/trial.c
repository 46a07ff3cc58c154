#include "flow/trial.h"

#include <time.h>

#include "gate/http.h"
#include "store/notice.h"

struct trial {
	struct dry_run *run;
	const struct progress *progress;
	int64_t until_ms; /* CPU time of the process */
};

static int64_t cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int try_notice(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err UNUSED)
{
	struct trial *trial = data;
	bool some = dry_run_notice(trial->run, notice);

	progress_tell(trial->progress, "trying patterns", dry_run_notices(trial->run), TRIAL_NOTICES);
	return !some || http_stop || cpu_ms() > trial->until_ms;
}

int trial_run(struct db *db, struct dry_run *run, const struct progress *progress, struct error *err)
{
	struct trial trial = { run, progress, cpu_ms() + TRIAL_CPU_MS };
	struct notice_filter filter;
	size_t n;
	int r;

	dry_run_patterns(run, &n);
	if (n == 0)
		return 0;
	notice_filter_init(&filter);
	filter.newest_first = true;
	filter.limit = TRIAL_NOTICES;
	r = store_notice_each(db, &filter, try_notice, &trial, err);
	return r < 0 ? r : 0;
}
