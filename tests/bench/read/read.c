/*
 * Full reading of files, nothing kept: bytes to items to notices, as import does before it stores. Prints
 * how many documents, bytes and notices there were; the time is measured by who calls it.
 *
 *	bench-read FILE…
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "source/source.h"

enum { FILE_MAX = 64 << 20 };

static long bytes, notices, refused;

static void read_file(const char *path, struct arena *arena, struct arena *inner)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(FILE_MAX);
	struct source_items items = { 0 };
	struct error err = ERROR_INIT;
	FILE *file = fopen(path, "rb");
	char piece[65536];
	size_t got;

	if (!file) {
		perror(path);
		exit(2);
	}
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_adds(&text, str_n(piece, got));
	fclose(file);
	bytes += (long)text.len;
	arena_reset(arena);
	if (source_split(buf_str(&text), arena, &items, &err) < 0) {
		refused++;
		return;
	}
	for (size_t i = 0; i < items.n; i++) {
		struct notice notice;

		arena_reset(inner);
		if (source_read(items.at[i].format, items.at[i].bytes, inner, &notice, &err) < 0)
			refused++;
		else
			notices++;
	}
}

int main(int argc, char **argv)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(arena_done) struct arena inner = ARENA_INIT;

	for (int i = 1; i < argc; i++)
		read_file(argv[i], &arena, &inner);
	printf("%d documents, %ld bytes, %ld notices, %ld refused\n", argc - 1, bytes, notices, refused);
	return 0;
}
