/*
 * Real text to make a workload of: the notices below a folder, read by our own readers, and cut into
 * pieces of a sentence or so that can be put together anew.
 */
#ifndef BENCH_CORPUS_H
#define BENCH_CORPUS_H

#include "base/arena.h"
#include "base/error.h"
#include "tender/notice.h"

struct texts {
	struct str *at;
	size_t n, capacity;
};

struct notices {
	struct notice *at;
	size_t n, capacity;
};

struct corpus {
	struct arena arena;
	struct notices notices;     /* French ones, and those that tell no language */
	struct texts titles, pieces;
	struct texts codes;         /* CPV, with repeats: as frequent as in the notices */
	size_t unread;              /* items that are no notice */
};

/* ERROR_INPUT when fewer than ten notices are below `folder`. */
int corpus_read(const char *folder, struct corpus *ret, struct error *err) MUST_CHECK;
void corpus_done(struct corpus *corpus);

#endif
