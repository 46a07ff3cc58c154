#include "own_words.h"

#include <string.h>

#include "base/fold.h"

/* A word that nobody has stands between two keywords, so that no phrase runs from one into the next. */
#define BETWEEN_KEYWORDS " ; zqzq ; "

static char *add(char *to, struct str text)
{
	return text.len == 0 ? to : (char *)memcpy(to, text.ptr, text.len) + text.len;
}

struct own_words own_words_of(const struct profile *profile, struct arena *arena)
{
	const struct codes *keywords = &profile->keywords;
	struct own_words own = { .profile = profile };
	char *text, *to;

	for (size_t i = 0; i < keywords->n; i++)
		own.keywords += keywords->at[i].len + strlen(BETWEEN_KEYWORDS);
	own.text.len = own.keywords + profile->description.len;
	to = text = arena_reserve(arena, own.text.len + 1);
	for (size_t i = 0; i < keywords->n; i++)
		to = add(add(to, keywords->at[i]), STR(BETWEEN_KEYWORDS));
	*add(to, profile->description) = '\0';
	arena_commit(arena, text, own.text.len + 1);
	own.text.ptr = text;
	return own;
}

static struct own_span span_of(const struct own_words *own, const struct lexicon *lexicon, struct str keyword,
	size_t at, struct arena *arena)
{
	struct own_span span = { at, at + keyword.len, stated_as_setting(own->stated, keyword) };
	struct folded folded = fold(arena, keyword);
	bool some = false;

	for (uint32_t i = 0; i < folded.n_words; i++) {
		uint32_t symbols[2];
		bool stop;

		lexicon_symbols(lexicon, folded_word(&folded, i), arena, symbols, &stop);
		if (stop)
			continue;
		if (!some)
			span.start = at + folded.words[i].raw_start;
		span.end = at + folded.words[i].raw_end;
		some = true;
	}
	return span;
}

void own_words_settle(struct own_words *own, const struct lexicon *lexicon, struct arena *arena)
{
	const struct codes *keywords = &own->profile->keywords;
	size_t at = 0;

	own->stated = stated_new(lexicon, own->profile, arena);
	own->spans = arena_array(arena, struct own_span, keywords->n);
	for (size_t i = 0; i < keywords->n; i++) {
		own->spans[i] = span_of(own, lexicon, keywords->at[i], at, arena);
		at += keywords->at[i].len + strlen(BETWEEN_KEYWORDS);
	}
}

/* How a word of a keyword is known: it is the first, or the last. */
enum { WORD_OF_KEYWORD = 4, WORD_FIRST = 1, WORD_LAST = 2 };
_Static_assert((int)OWN_DESCRIPTION < (int)WORD_OF_KEYWORD, "what is less is known as it is");

uint8_t own_word(const struct own_words *own, size_t start, size_t end)
{
	const struct codes *keywords = &own->profile->keywords;

	for (size_t i = 0; i < keywords->n && start < own->keywords; i++) {
		const struct own_span *span = &own->spans[i];

		if (start >= span->end && i + 1 < keywords->n)
			continue;
		if (span->setting)
			return OWN_SETTING;
		return (uint8_t)(WORD_OF_KEYWORD | (start <= span->start ? WORD_FIRST : 0) |
				 (end >= span->end ? WORD_LAST : 0));
	}
	if (stated_as_setting_at(own->stated, start - own->keywords))
		return OWN_SETTING;
	/* without keywords the description says it all */
	return keywords->n == 0 ? WORD_OF_KEYWORD | WORD_FIRST | WORD_LAST : OWN_DESCRIPTION;
}

enum own own_words_at(const struct own_words *own, size_t start, size_t end)
{
	uint8_t first = own->known != NULL ? own->known[start] : own_word(own, start, end);
	uint8_t last = own->known != NULL ? own->known[end] : first;

	if (first < WORD_OF_KEYWORD)
		return (enum own)first;
	return (first & WORD_FIRST) != 0 && (last & WORD_LAST) != 0 ? OWN_KEYWORD : OWN_PART;
}
