/*
 * How well likeness finds purchases: measure FOLDER…
 *
 * Reads every notice below the folders and takes as truth what their ids prove: the same procedure id,
 * one naming the other, or one publication of TED in its old format and, converted, in eForms. Then
 * every id is hidden (procedure id, notice UUID, links, number of the publication), the notices are
 * stored one by one in a fresh database, and the dossiers that come out are compared with the truth,
 * pair by pair. Twice, in two orders. Pairs are judged false only where both notices belong to a proven
 * family or have a procedure id: of the others nobody knows.
 *
 * What a publisher hands out twice (BOAMP's flux, API and CSV, DECP's XML and JSON) has one id, and is
 * one notice before any linking: the first copy stands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/file.h"
#include "source/source.h"
#include "store/dossier.h"
#include "store/notice.h"

enum {
	FILE_MAX = 64 << 20,
	PLACEHOLDER = 20, /* notices with one procedure id: it was made up by who converted them */
};

struct pile {
	struct arena arena;
	struct notice *at;
	size_t n, capacity;
	size_t *family; /* root of each */
	bool show;
};

/* A converted notice says in other words what the first one said, as another publisher would. */
static struct str publisher(const struct notice *notice, enum source_format format, struct arena *arena)
{
	if (format != FORMAT_TED_LEGACY && format != FORMAT_EFORMS)
		return notice->source;
	return arena_printf(arena, "%.*s-%s", STR_ARG(notice->source), source_format_name(format));
}

static bool taken(const struct pile *pile, const struct notice *notice)
{
	for (size_t i = 0; i < pile->n; i++)
		if (str_eq(pile->at[i].ref, notice->ref) && str_eq(pile->at[i].source, notice->source))
			return true;
	return false;
}

static int take(void *data, const char *path, struct error *err)
{
	struct pile *pile = data;
	struct source_items items = { NULL, 0, 0 };
	struct error why = ERROR_INIT;
	struct str bytes;
	int r = file_read(path, FILE_MAX, &pile->arena, &bytes, err);

	if (r < 0)
		return r;
	if (source_split(bytes, &pile->arena, &items, &why) < 0)
		return 0;
	for (size_t i = 0; i < items.n; i++) {
		struct notice notice;

		if (source_read(items.at[i].format, items.at[i].bytes, &pile->arena, &notice, &why) < 0)
			continue;
		notice.source = publisher(&notice, items.at[i].format, &pile->arena);
		if (taken(pile, &notice))
			continue;
		arena_grow(&pile->arena, pile->at, pile->n, &pile->capacity);
		pile->at[pile->n++] = notice;
	}
	return 0;
}

static size_t root(size_t *family, size_t i)
{
	while (family[i] != i)
		i = family[i] = family[family[i]];
	return i;
}

static bool named(const struct notice *a, const struct notice *b)
{
	for (size_t i = 0; i < a->n_links; i++) {
		struct str ref = a->links[i].ref;

		if (ref.len > 0 && str_eq(ref, b->ref))
			return true;
		if (b->notice_uuid.len > 0 &&
			str_eq_nocase(str_sub(ref, 0, b->notice_uuid.len), b->notice_uuid))
			return true;
	}
	return false;
}

static bool proven(const struct notice *a, const struct notice *b)
{
	return (a->procedure_id.len > 0 && str_eq(a->procedure_id, b->procedure_id)) ||
	       str_eq(a->ref, b->ref) || named(a, b) || named(b, a);
}

/* Converted notices carry one procedure id in common, which proves nothing. */
static void drop_placeholders(struct pile *pile)
{
	for (size_t i = 0; i < pile->n; i++) {
		struct str id = pile->at[i].procedure_id;
		size_t count = 0;

		for (size_t k = 0; id.len > 0 && k < pile->n; k++)
			count += str_eq(pile->at[k].procedure_id, id);
		for (size_t k = 0; count >= PLACEHOLDER && k < pile->n; k++)
			if (str_eq(pile->at[k].procedure_id, id))
				pile->at[k].procedure_id = STR_NONE;
	}
}

static void find_families(struct pile *pile)
{
	drop_placeholders(pile);
	pile->family = arena_array(&pile->arena, size_t, pile->n);
	for (size_t i = 0; i < pile->n; i++)
		pile->family[i] = i;
	for (size_t i = 0; i < pile->n; i++)
		for (size_t k = 0; k < i; k++)
			if (proven(&pile->at[i], &pile->at[k]))
				pile->family[root(pile->family, i)] = root(pile->family, k);
}

static struct str hidden_id(struct pile *pile, size_t i)
{
	return arena_printf(&pile->arena, "%.*s:n%06zu", STR_ARG(pile->at[i].source), i);
}

/* Stores all with their ids hidden; the dossier of each. */
static int store_hidden(struct pile *pile, bool backwards, struct str *dossiers, struct error *err)
{
	char path[] = "/tmp/appariteur-measure-XXXXXX", extra[64];
	CLEANUP(db_closep) struct db *db = NULL;
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int fd = mkstemp(path), r;

	if (fd < 0)
		return error_set(err, ERROR_SYSTEM, "no temporary file");
	close(fd);
	r = store_open(path, DB_CREATE, &db, err);
	if (r == 0)
		r = db_begin(db, err);
	for (size_t i = 0; r >= 0 && i < pile->n; i++) {
		size_t k = backwards ? pile->n - 1 - i : i;
		struct notice notice = pile->at[k];

		notice.procedure_id = notice.notice_uuid = notice.dossier = STR_NONE;
		notice.n_links = 0;
		notice.version = 1;
		notice_set_id(&notice, &pile->arena, notice.source, arena_printf(&pile->arena, "n%06zu", k));
		r = store_notice_put(db, &notice, STR_NONE, 0, &arena, err);
		arena_reset(&arena);
	}
	for (size_t i = 0; r >= 0 && i < pile->n; i++)
		r = store_dossier_find(db, hidden_id(pile, i), &pile->arena, &dossiers[i], err);
	if (r >= 0)
		r = db_commit(db, err);
	db = db_close(db); /* closing takes FILE-gate */
	unlink(path);
	for (const char *const *end = (const char *const[]){ "-wal", "-shm", "-gate", NULL }; *end; end++) {
		snprintf(extra, sizeof(extra), "%s%s", path, *end);
		unlink(extra);
	}
	return r < 0 ? r : 0;
}

static void show_pair(const struct notice *a, const struct notice *b, const char *what)
{
	printf("%s  %.*s %s %.*s\n        %.*s %s %.*s\n", what, STR_ARG(a->id), notice_kind_name(a->kind),
		STR_ARG(str_clip(a->title, 90)), STR_ARG(b->id), notice_kind_name(b->kind),
		STR_ARG(str_clip(b->title, 90)));
}

static void compare(struct pile *pile, const struct str *dossiers, const char *order)
{
	size_t *size = arena_array(&pile->arena, size_t, pile->n);
	size_t families = 0, pairs = 0, found = 0, wrong = 0, unknown = 0;

	for (size_t i = 0; i < pile->n; i++)
		families += ++size[root(pile->family, i)] == 2;
	for (size_t i = 0; i < pile->n; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct notice *a = &pile->at[i], *b = &pile->at[k];
			bool truth = root(pile->family, i) == root(pile->family, k);
			bool linked = str_eq(dossiers[i], dossiers[k]);
			bool known = (a->procedure_id.len > 0 || size[root(pile->family, i)] > 1) &&
				     (b->procedure_id.len > 0 || size[root(pile->family, k)] > 1);

			pairs += truth;
			found += truth && linked;
			wrong += !truth && linked && known;
			unknown += !truth && linked && !known;
			if (pile->show && truth != linked)
				show_pair(a, b, truth ? "missed " : known ? "wrong  " : "unknown");
		}
	}
	printf("%s: %zu notices, %zu proven families, %zu proven pairs; found %zu (recall %.1f %%), "
	       "wrong %zu (precision %.1f %%), %zu more that nothing proves or refutes\n",
		order, pile->n, families, pairs, found, pairs ? 100.0 * (double)found / (double)pairs : 0.0,
		wrong, found + wrong ? 100.0 * (double)found / (double)(found + wrong) : 0.0, unknown);
}

int main(int argc, char **argv)
{
	struct pile pile = { .arena = ARENA_INIT };
	struct error err = ERROR_INIT;
	int r = 0, first = 1;

	if (argc > 1 && strcmp(argv[1], "--show") == 0) {
		pile.show = true;
		first = 2;
	}
	for (int i = first; r >= 0 && i < argc; i++)
		r = file_walk(argv[i], take, &pile, &err);
	if (r >= 0)
		find_families(&pile);
	for (int backwards = 0; r >= 0 && backwards < 2; backwards++) {
		struct str *dossiers = arena_array(&pile.arena, struct str, pile.n);

		r = store_hidden(&pile, backwards, dossiers, &err);
		if (r >= 0)
			compare(&pile, dossiers, backwards ? "last first" : "first first");
	}
	if (r < 0)
		fprintf(stderr, "measure: %s\n", err.text);
	arena_done(&pile.arena);
	return r < 0;
}
