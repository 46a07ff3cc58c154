/* A live set from within: its list of layers and how readers come by it. Private to live. */
#ifndef MATCH_SNAPSHOT_H
#define MATCH_SNAPSHOT_H

#include <pthread.h>
#include <stdatomic.h>

#include "amend.h"
#include "interned.h"
#include "match/live.h"

/* A layer as it is seen in one list. */
struct placed {
	struct layer *layer;
	uint64_t *gone; /* a bit for each profile; NULL: none is */
};
struct snapshot {
	uint64_t serial;
	struct snapshot *next; /* of those that were replaced and may still be read */
	struct amend *amend;   /* NULL: the base's rules are in force */
	size_t n;
	struct placed at[];    /* [0] is the base */
};

/* A profile, as it is now. */
struct entry {
	struct held *held;   /* NULL: there is none of this id */
	struct layer *layer; /* where it is compiled, and under which number */
	uint32_t number;
	uint64_t edit;       /* number of the edit that made it so */
};

/*
 * A reader says which list it is about to read before it reads it, and looks whether it is still the
 * current one: if so, no writer can have missed what it said. Writers free a list that was replaced only
 * when no reader says its name.
 */
struct live {
	_Atomic(struct snapshot *) current;
	unsigned threads;

	pthread_mutex_t merging; /* taken before the next one */
	pthread_mutex_t editing; /* all that follows */
	struct interned ids;
	struct entry *entries;   /* by number of the id - 1 */
	size_t capacity, n_profiles;
	struct layer *base, *young[LIVE_LAYERS_MAX];
	struct amend *amend;
	size_t n_young;
	bool puts_rules; /* rules are put one by one, and will be */
	uint64_t edits, serials;
	struct snapshot *retired;
	struct live_reader *readers;
};

/* live_read.c: does it say so? */
bool live_reader_holds(const struct live_reader *reader, const struct snapshot *snapshot);
struct live_reader *live_reader_next(const struct live_reader *reader);

#endif
