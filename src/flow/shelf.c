#include "shelf.h"

#include <stdlib.h>

#include "store/dossier.h"
#include "store/notice.h"

enum { SLOTS_FIRST = 1024 };

/* A notice under its id, or the notices of a dossier under its key: the two never look alike. */
struct shelf_slot {
	struct str key;
	bool is_dossier;
	const void *found; /* NULL: there is none */
};

void shelf_done(struct shelf *shelf)
{
	free(shelf->slots);
	arena_done(&shelf->arena);
	*shelf = (struct shelf){ .arena = ARENA_INIT };
}

void shelf_tidy(struct shelf *shelf)
{
	if (shelf->arena.total > SHELF_BYTES_MAX)
		shelf_done(shelf);
}

static struct shelf_slot *slot_of(struct shelf_slot *slots, size_t size, struct str key, bool is_dossier)
{
	size_t i = (size_t)str_hash(key) & (size - 1);

	while (str_given(slots[i].key) && (slots[i].is_dossier != is_dossier || !str_eq(slots[i].key, key)))
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static void grow(struct shelf *shelf)
{
	size_t size = shelf->size > 0 ? shelf->size * 2 : SLOTS_FIRST;
	struct shelf_slot *slots = calloc(size, sizeof(*slots));

	if (slots == NULL)
		die("out of memory (a shelf of %zu)", size);
	for (size_t i = 0; i < shelf->size; i++)
		if (str_given(shelf->slots[i].key))
			*slot_of(slots, size, shelf->slots[i].key, shelf->slots[i].is_dossier) = shelf->slots[i];
	free(shelf->slots);
	shelf->slots = slots;
	shelf->size = size;
}

/* The slot of a key, empty when it was never asked for. */
static struct shelf_slot *find_slot(struct shelf *shelf, struct str key, bool is_dossier)
{
	if (shelf->n * 2 >= shelf->size)
		grow(shelf);
	return slot_of(shelf->slots, shelf->size, key, is_dossier);
}

static void put(struct shelf *shelf, struct shelf_slot *slot, struct str key, bool is_dossier, const void *found)
{
	*slot = (struct shelf_slot){ arena_dup(&shelf->arena, key), is_dossier, found };
	shelf->n++;
}

int shelf_notice(struct shelf *shelf, struct db *db, struct str id, const struct notice **ret,
	struct error *err)
{
	struct shelf_slot *slot = find_slot(shelf, id, false);

	if (!str_given(slot->key)) {
		struct notice *notice = arena_new(&shelf->arena, struct notice);
		int r = store_notice_find(db, id, &shelf->arena, notice, err);

		if (r < 0)
			return r;
		put(shelf, slot, id, false, r == 0 ? notice : NULL);
	}
	*ret = slot->found;
	return slot->found != NULL ? 0 : STORE_NONE;
}

int shelf_dossier(struct shelf *shelf, struct db *db, struct str key, const struct shelf_dossier **ret,
	struct error *err)
{
	struct shelf_slot *slot = find_slot(shelf, key, true);

	if (!str_given(slot->key)) {
		struct shelf_dossier *dossier = arena_new(&shelf->arena, struct shelf_dossier);
		struct notice *notices;
		int r = store_dossier_notices(db, key, &shelf->arena, &notices, &dossier->n, err);

		if (r < 0)
			return r;
		dossier_sort(notices, dossier->n);
		dossier->notices = notices;
		put(shelf, slot, key, true, dossier);
	}
	*ret = slot->found;
	return 0;
}
