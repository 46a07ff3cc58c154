#include "spelling.h"

#include <string.h>

#include "base/fold.h"
#include "one_of.h"

enum { REST_MIN = 4 }; /* letters behind a prefix: "auto" is none of "autour" */

/*
 * What French writes with a hyphen or without, as it likes, by its first letter: most words begin with none of them.
 * None is a function word, which phrases pass over.
 */
enum { LETTERS = 26, PREFIXES_MAX = 5 };
static const char *const prefixes[LETTERS][PREFIXES_MAX + 1] = {
	['a' - 'a'] = { "aero", "agro", "anti", "auto" },
	['b' - 'a'] = { "bio" },
	['c' - 'a'] = { "co", "cyber" },
	['e' - 'a'] = { "e", "eco", "electro" },
	['g' - 'a'] = { "geo" },
	['h' - 'a'] = { "hydro" },
	['i' - 'a'] = { "inter" },
	['m' - 'a'] = { "micro", "mini", "mono", "multi" },
	['n' - 'a'] = { "nano" },
	['p' - 'a'] = { "photo", "plate", "pluri", "pre" },
	['s' - 'a'] = { "semi", "socio", "start" },
	['t' - 'a'] = { "tele", "thermo" },
	['v' - 'a'] = { "video", "visio" },
	['w' - 'a'] = { "web" },
};

/* Too many words begin with an e: what stands behind one that is a prefix. */
static const char *const behind_e[] = { "administration", "commerce", "inclusion", "learning", "mobilite",
	"reputation", "sante", "service", "services", "sport" };

/* Letters of the word that are the prefix, with enough behind them; 0: it does not begin so. */
static size_t begins_with(struct str word, const char *prefix)
{
	struct str rest;

	if (!str_starts(word, prefix))
		return 0;
	rest = str_from(word, strlen(prefix));
	return rest.len >= REST_MIN && (strcmp(prefix, "e") != 0 || ONE_OF(rest, behind_e)) ? strlen(prefix) : 0;
}

/* The folded text with `sign` in the place of what stands from byte `at` up to `end`; without its outer blanks. */
static struct str spliced(const struct folded *folded, size_t at, size_t end, const char *sign, struct arena *arena)
{
	struct str text = folded->text;

	return str_trim(arena_printf(arena, "%.*s%s%.*s", (int)at, text.ptr, sign, (int)(text.len - end), text.ptr + end));
}

static const char *const *prefixes_of(struct str word)
{
	static const char *const none[] = { NULL };

	return word.ptr[0] >= 'a' && word.ptr[0] <= 'z' ? prefixes[word.ptr[0] - 'a'] : none;
}

static bool is_prefix(struct str word)
{
	for (const char *const *prefix = prefixes_of(word); *prefix != NULL; prefix++)
		if (str_eqz(word, *prefix))
			return true;
	return false;
}

size_t spelling_others(const struct folded *text, struct arena *arena, struct str ret[SPELLINGS_MAX])
{
	size_t n = 0;

	for (uint32_t i = 0; i < text->n_words; i++) {
		struct str word = folded_word(text, i);
		size_t start = text->words[i].start, behind = start + word.len;

		if (n < SPELLINGS_MAX && i + 1 < text->n_words && text->words[i + 1].len >= REST_MIN && is_prefix(word))
			ret[n++] = spliced(text, behind, text->words[i + 1].start, "", arena);
		for (const char *const *prefix = prefixes_of(word); *prefix != NULL && n < SPELLINGS_MAX; prefix++) {
			size_t cut = begins_with(word, *prefix);

			if (cut > 0)
				ret[n++] = spliced(text, start + cut, start + cut, " ", arena);
		}
	}
	return n;
}
