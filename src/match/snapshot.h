/*
 * A live set from within: its profiles, its list of layers and how readers come by it. Private to live. All that
 * writes is called with the lock on edits, unless it says otherwise.
 */
#ifndef MATCH_SNAPSHOT_H
#define MATCH_SNAPSHOT_H

#include <pthread.h>
#include <stdatomic.h>

#include "amend.h"
#include "interned.h"
#include "match/live.h"

/* So many rules in the place of others at most: with each of them more is read twice. */
enum { LIVE_RULES_MAX = 64 };

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

/* snapshot.c: what the layers are now is what readers see from here on */
void live_publish(struct live *live);
void live_free_retired(struct live *live); /* lists that nobody reads any more */
void live_free_snapshots(struct live *live);

/* live_reader.c: does it say so? */
bool live_reader_holds(const struct live_reader *reader, const struct snapshot *snapshot);
struct live_reader *live_reader_next(const struct live_reader *reader);

/* live_profiles.c: which there are, and where each is compiled */
struct gathered {
	struct held **held;
	size_t n;
};
void gathered_done(struct gathered *gathered);

struct entry *live_entry(struct live *live, struct str id); /* good until the next one is asked for */
/* Takes `held`, or NULL for none, in the place of what there is. */
void live_set_held(struct live *live, struct entry *entry, struct held *held);
/* All profiles, or with `young` those above the base; edited after `since`; in order of id. */
void live_gather(struct live *live, bool young, uint64_t since, struct gathered *ret);
/* The layer's profiles are in it from now on, but for those that were edited meanwhile. */
void live_move_in(struct live *live, struct layer *layer, const struct gathered *gathered);
void live_drop_young(struct live *live, size_t number);
size_t live_young_profiles(const struct live *live);

/* live_merge.c: layers made, and several made one */
struct ruling *live_ruling(const struct live *live); /* in force */
struct hearing *live_hearing(struct live *live);     /* with them */
void live_add_young(struct live *live, const struct gathered *gathered);
/* Before another one is put above: merges as many as there must be fewer. */
void live_make_room(struct live *live);
/*
 * With the lock on merging, and not that on edits: they go on while the base is compiled. Where `ruling` is NULL,
 * for the rules in force, and they change meanwhile, it was in vain.
 */
int live_merge_all(struct live *live, struct ruling *ruling, struct error *err);

#endif
