/* The watchdog of the mail: what should have left and did not. */
#include "flow/digest.h"

#include "digest_page.h"
#include "store/outbox.h"

enum { PATIENCE_S = 3600, LOOK_BACK_S = 7 * 24 * 3600 };

int digest_watch(struct db *db, const struct digest_settings *settings, int64_t now,
	struct digest_watch *ret, struct error *err)
{
	struct digest_count due;
	struct digest_watch watch = { .oldest = TIME_NONE };
	int r = digest_overdue(db, settings, now - PATIENCE_S, &due, err);

	if (r >= 0)
		r = store_outbox_overdue(db, now - PATIENCE_S, now - LOOK_BACK_S, &watch.waiting, &watch.oldest,
			&watch.lost, err);
	if (r < 0)
		return r;
	watch.uncomposed = due.composed + due.failed;
	*ret = watch;
	return 0;
}

bool digest_watch_red(const struct digest_watch *watch)
{
	return watch->uncomposed + watch->lost + watch->waiting > 0;
}
