#include "gate/stem.h"

#include <stdlib.h>
#include <string.h>

#include <libstemmer.h>

#include "base/error.h"

/* No word of ours is longer; what is, an address or a blob, is its own stem. */
enum { WORD_MAX = 100 };

struct stem {
	struct sb_stemmer *stemmer;
};

struct stem *stem_new(const char *language)
{
	struct stem *stem;
	struct sb_stemmer *stemmer;

	/* libstemmer knows more, and other names for these; what a profile may say is these two. */
	if (!language || (strcmp(language, "fr") != 0 && strcmp(language, "en") != 0))
		return NULL;
	stemmer = sb_stemmer_new(language, "UTF_8");
	if (!stemmer)
		return NULL;
	stem = calloc(1, sizeof(*stem));
	if (!stem)
		die("out of memory (a stemmer)");
	stem->stemmer = stemmer;
	return stem;
}

void *stem_free(struct stem *stem)
{
	if (stem)
		sb_stemmer_delete(stem->stemmer);
	free(stem);
	return NULL;
}

struct str stem_word(struct stem *stem, struct str word, struct arena *arena)
{
	const sb_symbol *symbols;

	if (word.len == 0 || word.len > WORD_MAX)
		return arena_dup(arena, word);
	symbols = sb_stemmer_stem(stem->stemmer, (const sb_symbol *)word.ptr, (int)word.len);
	if (!symbols)
		die("out of memory (a stem)");
	return arena_dup(
		arena, str_n((const char *)symbols, (size_t)sb_stemmer_length(stem->stemmer)));
}
