#include "own_words.h"

#include <string.h>

#include "base/buf.h"

#define BETWEEN_KEYWORDS " ; "

struct own_words own_words_of(const struct profile *profile, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(PROFILE_TEXT_MAX + PROFILE_TERMS_MAX * 4 * PROFILE_TERM_MAX);
	struct own_words own = { .profile = profile };

	for (size_t i = 0; i < profile->keywords.n; i++) {
		buf_adds(&out, profile->keywords.at[i]);
		buf_addz(&out, BETWEEN_KEYWORDS);
	}
	own.keywords = buf_str(&out).len;
	buf_adds(&out, profile->description);
	own.text = arena_dup(arena, buf_str(&out));
	return own;
}

void own_words_settle(struct own_words *own, const struct lexicon *lexicon, struct arena *arena)
{
	own->stated = stated_new(lexicon, own->profile, arena);
}

enum own own_words_at(const struct own_words *own, size_t start)
{
	const struct codes *keywords;
	size_t end = 0;

	if (own->known != NULL)
		return (enum own)own->known[start];
	keywords = &own->profile->keywords;
	for (size_t i = 0; i < keywords->n && start < own->keywords; i++) {
		end += keywords->at[i].len + strlen(BETWEEN_KEYWORDS);
		if (start < end)
			return stated_as_setting(own->stated, keywords->at[i]) ? OWN_SETTING : OWN_KEYWORD;
	}
	if (stated_as_setting_at(own->stated, start - own->keywords))
		return OWN_SETTING;
	return keywords->n == 0 ? OWN_KEYWORD : OWN_DESCRIPTION; /* without keywords the description says it all */
}
