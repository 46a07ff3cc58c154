#include "spelling.h"

#include <string.h>

#include "base/fold.h"
#include "one_of.h"

enum { REST_MIN = 4 }; /* letters behind a prefix: "auto" is none of "autour" */

/* What French writes with a hyphen or without, as it likes. None is a function word, which phrases pass over. */
static const char *const prefixes[] = { "aero", "agro", "anti", "auto", "bio", "co", "cyber", "e", "eco",
	"electro", "geo", "hydro", "inter", "micro", "mini", "mono", "multi", "nano", "photo", "plate",
	"pluri", "pre", "semi", "socio", "start", "tele", "thermo", "video", "visio", "web" };

/* Too many words begin with an e: what stands behind one that is a prefix. */
static const char *const behind_e[] = { "administration", "commerce", "inclusion", "learning", "mobilite",
	"reputation", "sante", "service", "services", "sport" };

static bool begins_with(struct str word, const char *prefix)
{
	struct str rest;

	if (word.ptr[0] != prefix[0] || !str_starts(word, prefix)) /* no word is empty */
		return false;
	rest = str_from(word, strlen(prefix));
	return rest.len >= REST_MIN && (strcmp(prefix, "e") != 0 || ONE_OF(rest, behind_e));
}

/* The folded text with `sign` in the place of what stands from byte `at` up to `end`; without its outer blanks. */
static struct str spliced(const struct folded *folded, size_t at, size_t end, const char *sign, struct arena *arena)
{
	struct str text = folded->text;

	return str_trim(arena_printf(arena, "%.*s%s%.*s", (int)at, text.ptr, sign, (int)(text.len - end), text.ptr + end));
}

size_t spelling_others(struct str text, struct arena *arena, struct str ret[SPELLINGS_MAX])
{
	struct folded folded;
	size_t n = 0;

	if (str_starts(text, "="))
		return 0;
	folded = fold(arena, text);
	for (uint32_t i = 0; i < folded.n_words; i++) {
		struct str word = folded_word(&folded, i);
		size_t start = folded.words[i].start, behind = start + word.len;

		if (n < SPELLINGS_MAX && i + 1 < folded.n_words && ONE_OF(word, prefixes) &&
			folded.words[i + 1].len >= REST_MIN)
			ret[n++] = spliced(&folded, behind, folded.words[i + 1].start, "", arena);
		for (size_t j = 0; j < LENGTH(prefixes) && n < SPELLINGS_MAX; j++) {
			if (begins_with(word, prefixes[j])) {
				size_t cut = start + strlen(prefixes[j]);

				ret[n++] = spliced(&folded, cut, cut, " ", arena);
			}
		}
	}
	return n;
}
