/*
 * From the outbox to files. The states are those of a relay, but many messages go through them at once:
 *
 *	1. end those before, and claim as many as a batch holds, in one transaction
 *	2. look again which may still be sent
 *	3. write them under names that nobody looks at
 *	4. `handing` is committed before the first has its name
 *	5. rename them all
 *
 * A name is made from the message id: a copy takes the place of what nobody has taken away yet.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "deliver.h"
#include "gate/file.h"

enum {
	BATCH = 64,
	BATCH_BYTES = 4 << 20, /* claiming ends beyond */
	PATH_BYTES = 8192,
};

struct batch {
	struct arena arena;
	struct outbox_row rows[BATCH];
	struct ending endings[BATCH];
	size_t n;
	size_t wanted[BATCH];         /* of rows */
	struct file_new files[BATCH]; /* of these */
	size_t n_files;
};

/* claiming */

static int end_all(struct worker *w, const struct batch *done, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < done->n; i++)
		r = store_outbox_end(w->db, done->rows[i].id, str_of(w->lease), done->endings[i].state,
			done->endings[i].next_at, done->endings[i].reply, deliver_now(w->d), err);
	return r;
}

static int claim_some(struct worker *w, struct batch *next, struct error *err)
{
	size_t bytes = 0;
	int r = 0;

	while (r == 0 && next->n < BATCH && bytes < BATCH_BYTES) {
		struct outbox_row *row = &next->rows[next->n];

		r = store_outbox_claim(w->db, deliver_now(w->d), str_of(w->lease), &next->arena, row, err);
		if (r == 0) {
			bytes += row->message.len;
			next->n++;
		}
	}
	return r < 0 ? r : 0;
}

/* `next` is empty when nothing is due, or the run is to end. */
static int end_and_claim(struct worker *w, const struct batch *done, struct batch *next, struct error *err)
{
	int r = db_begin(w->db, err);

	arena_reset(&next->arena);
	next->n = next->n_files = 0;
	if (r >= 0)
		r = end_all(w, done, err);
	if (r >= 0 && deliver_may_go_on(w->d))
		r = claim_some(w, next, err);
	if (r >= 0)
		r = db_commit(w->db, err);
	db_rollback(w->db);
	return r < 0 ? r : 0;
}

/* writing */

/* As the readers of a Maildir expect it. */
static struct str with_lf(struct str message, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(SMTP_MESSAGE_MAX);
	struct str rest = message, line;

	while (str_given(rest) && str_cut(&rest, '\n', &line)) {
		buf_adds(&text, str_ends(line, "\r") ? str_sub(line, 0, line.len - 1) : line);
		if (str_given(rest))
			buf_addc(&text, '\n');
	}
	return arena_dup(arena, buf_str(&text));
}

/* Beside it and hidden; in a Maildir from tmp into new. */
static struct file_new file_of(const struct delivery *d, const struct outbox_row *row, struct arena *arena)
{
	struct str id = row->message_id;

	return (struct file_new){
		.made = arena_printf(arena, "%s/%s%.*s", d->dir, d->maildir ? "tmp/" : ".new-", STR_ARG(id)).ptr,
		.path = arena_printf(arena, "%s/%s%.*s%s", d->dir, d->maildir ? "new/" : "", STR_ARG(id),
			d->maildir ? "" : ".eml").ptr,
		.bytes = d->maildir ? with_lf(row->message, arena) : row->message,
	};
}

static int choose(struct worker *w, struct batch *b, struct error *err)
{
	for (size_t i = 0; i < b->n; i++) {
		bool wanted;
		int r;

		w->row = &b->rows[i];
		r = deliver_wanted(w, &b->arena, &wanted, err);
		if (r < 0)
			return r;
		if (!wanted) {
			b->endings[i] = deliver_suppressed(w);
			continue;
		}
		b->wanted[b->n_files] = i;
		b->files[b->n_files++] = file_of(w->d, w->row, &b->arena);
	}
	return 0;
}

static int hand_over(struct worker *w, const struct batch *b, struct error *err)
{
	int r = db_begin(w->db, err);

	for (size_t k = 0; r == 0 && k < b->n_files; k++) {
		r = store_outbox_handing(w->db, b->rows[b->wanted[k]].id, str_of(w->lease), deliver_now(w->d), err);
		if (r > 0)
			r = error_set(err, ERROR_STORE, "message %lld is not ours any more",
				(long long)b->rows[b->wanted[k]].id);
	}
	if (r >= 0)
		r = db_commit(w->db, err);
	db_rollback(w->db);
	return r;
}

static void end_file(struct worker *w, struct batch *b, size_t k, int outcome, const struct error *why)
{
	struct ending *ending = &b->endings[b->wanted[k]];

	w->row = &b->rows[b->wanted[k]];
	*ending = deliver_ending(w, outcome, why);
	ending->reply = arena_dup(&b->arena, ending->reply);
}

/* After not all could be written: which of them cannot. What is not tried any more is as it was. */
static void write_each(struct worker *w, struct batch *b, unsigned mode)
{
	for (size_t k = 0; k < b->n_files; k++) {
		struct error why = ERROR_INIT;
		int r = 0;

		if (!deliver_may_go_on(w->d)) {
			b->endings[b->wanted[k]] = (struct ending){ OUTBOX_READY, deliver_now(w->d), STR_NONE,
				STR_NONE };
			continue;
		}
		r = file_prepare(&b->files[k], 1, mode, &why);
		if (r >= 0)
			r = file_reveal(&b->files[k], 1, &why);
		end_file(w, b, k, r < 0 ? SMTP_LATER : SMTP_SENT, &why);
	}
}

static int write_all(struct worker *w, struct batch *b, struct error *err)
{
	const unsigned mode = w->d->maildir ? 0600 : 0644;
	struct error why = ERROR_INIT;
	int written = file_prepare(b->files, b->n_files, mode, &why);
	int r = hand_over(w, b, err);

	if (r < 0)
		return r;
	if (written >= 0)
		written = file_reveal(b->files, b->n_files, &why);
	for (size_t k = 0; written >= 0 && k < b->n_files; k++)
		end_file(w, b, k, SMTP_SENT, &why);
	if (written < 0)
		write_each(w, b, mode);
	return 0;
}

int deliver_folder(struct worker *w, struct error *err)
{
	struct batch *batches = calloc(2, sizeof(*batches)), *done, *next;
	int at = 0, r;

	if (batches == NULL)
		die("out of memory (messages for a folder)");
	do {
		done = &batches[at];
		next = &batches[at = 1 - at];
		r = end_and_claim(w, done, next, err);
		if (r >= 0)
			r = choose(w, next, err);
		if (r >= 0 && next->n_files > 0)
			r = write_all(w, next, err);
	} while (r >= 0 && next->n > 0);
	arena_done(&batches[0].arena);
	arena_done(&batches[1].arena);
	free(batches);
	return r;
}

/* It has the three folders. */
static bool is_maildir(const char *dir)
{
	static const char *const parts[] = { "tmp", "new", "cur" };
	bool all = true;

	for (size_t i = 0; i < LENGTH(parts); i++) {
		CLEANUP(buf_done) struct buf path = BUF_INIT(PATH_BYTES);
		struct stat st;

		buf_addf(&path, "%s/%s", dir, parts[i]);
		all = all && !path.overflow && stat(path.ptr, &st) == 0 && S_ISDIR(st.st_mode);
	}
	return all;
}

int deliver_dir(struct db *db, const char *dir, const struct delivery_limits *limits, int64_t now,
	struct delivery_count *ret, struct error *err)
{
	struct delivery d = { .dir = dir, .maildir = is_maildir(dir), .limits = limits, .fixed_now = now };
	int r = file_mkdir(dir, err);

	return r < 0 ? r : deliver_all(&d, db, ret, err);
}
