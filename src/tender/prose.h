/* Dates and hours found in French prose; what they mean is prose.c's. */
#ifndef TENDER_PROSE_H
#define TENDER_PROSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/fold.h"
#include "base/str.h"

enum { PROSE_DATES_MAX = 64, PROSE_MAX = 64 << 10 };

enum prose_role { ROLE_NONE, ROLE_OLD, ROLE_NEW };
enum prose_topic { TOPIC_NONE, TOPIC_DEADLINE, TOPIC_OTHER };

/* One date, with the hour beside it. */
struct prose_date {
	struct civil civil; /* hour 24: midnight at the end of the day */
	bool has_time;
	uint32_t first,
		end; /* words [first, end) of the folded text, the hour's included if behind */
	enum prose_role role;
	enum prose_topic topic;
};

struct prose {
	struct str raw;
	struct folded folded;
	struct prose_date at[PROSE_DATES_MAX];
	size_t n;
};

/* Fills at[0..n) from raw and folded, in the order of the text. */
void prose_find_dates(struct prose *prose);

/* The folded word i, "" behind the last. */
static inline struct str prose_word(const struct prose *prose, uint32_t i)
{
	return i < prose->folded.n_words ? folded_word(&prose->folded, i) : STR("");
}

static inline bool prose_in(struct str text, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqz(text, list[i]))
			return true;
	return false;
}
#define IN_LIST(TEXT, LIST) prose_in((TEXT), (LIST), LENGTH(LIST))

#endif
