#include "corpus.h"

#include "gate/file.h"
#include "source/source.h"

enum { FILE_MAX = 64 << 20, PIECE_MIN = 40, PIECE_MAX = 600, NOTICES_MIN = 10 };

static void add_text(struct corpus *corpus, struct texts *texts, struct str text)
{
	if (text.len == 0)
		return;
	arena_grow(&corpus->arena, texts->at, texts->n, &texts->capacity);
	texts->at[texts->n++] = text;
}

/* Behind a full stop and a blank, or a new line, once the piece is long enough. */
static bool ends_piece(struct str text, size_t start, size_t at)
{
	char c = text.ptr[at];

	if (at + 1 - start < PIECE_MIN)
		return false;
	if (at + 1 - start >= PIECE_MAX)
		return c == ' ' || c == '\n';
	return c == '\n' || (c == ' ' && text.ptr[at - 1] == '.');
}

static void add_pieces(struct corpus *corpus, struct str text)
{
	size_t start = 0;

	for (size_t at = 0; at < text.len; at++) {
		if (!ends_piece(text, start, at))
			continue;
		add_text(corpus, &corpus->pieces, str_trim(str_sub(text, start, at)));
		start = at + 1;
	}
	add_text(corpus, &corpus->pieces, str_trim(str_from(text, start)));
}

static void add_notice(struct corpus *corpus, const struct notice *notice)
{
	if (notice->title.len == 0 || (str_given(notice->language) && !str_eqz(notice->language, "fr")))
		return;
	arena_grow(&corpus->arena, corpus->notices.at, corpus->notices.n, &corpus->notices.capacity);
	corpus->notices.at[corpus->notices.n++] = *notice;
	add_text(corpus, &corpus->titles, notice->title);
	add_pieces(corpus, notice->description);
	add_pieces(corpus, notice->criteria);
	for (size_t i = 0; i < notice->n_lots; i++) {
		add_text(corpus, &corpus->titles, notice->lots[i].title);
		add_pieces(corpus, notice->lots[i].description);
	}
	for (size_t i = 0; i < notice->cpv.n; i++)
		add_text(corpus, &corpus->codes, notice->cpv.at[i]);
}

/* What is no notice is counted and passed over: the folder may hold other things. */
static int read_file(void *data, const char *path, struct error *err)
{
	struct corpus *corpus = data;
	struct error unread = ERROR_INIT;
	struct source_items items = { NULL, 0, 0 };
	struct str document;
	int r = file_read(path, FILE_MAX, &corpus->arena, &document, err);

	if (r < 0)
		return r;
	if (source_split(document, &corpus->arena, &items, &unread) < 0) {
		corpus->unread++;
		return 0;
	}
	for (size_t i = 0; i < items.n; i++) {
		struct notice notice;

		if (source_read(items.at[i].format, items.at[i].bytes, &corpus->arena, &notice, &unread) < 0)
			corpus->unread++;
		else
			add_notice(corpus, &notice);
	}
	return 0;
}

int corpus_read(const char *folder, struct corpus *ret, struct error *err)
{
	int r;

	*ret = (struct corpus){ .arena = ARENA_INIT };
	r = file_walk(folder, read_file, ret, err);
	if (r == 0 && (ret->notices.n < NOTICES_MIN || ret->pieces.n < NOTICES_MIN || ret->codes.n == 0))
		r = error_set(err, ERROR_INPUT, "%s: %zu notices with text are too few to make a workload of",
			folder, ret->notices.n);
	if (r < 0)
		corpus_done(ret);
	return r;
}

void corpus_done(struct corpus *corpus)
{
	arena_done(&corpus->arena);
}
