#include "standing.h"

#include "base/fold.h"
#include "object.h"

enum { HEAVY_RARITY = 2, DEEP = 2 };

struct stated_word {
	const struct word *word;
	struct str text;
	bool begins; /* a clause */
};
struct stated_words {
	struct stated_word *at;
	size_t n;
};
struct stated {
	struct lexicon *lexicon;
	struct arena *arena;
	struct stated_words name, description;
};

static bool is_one_of(struct str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqz(word, list[i]))
			return true;
	return false;
}
#define ONE_OF(word, list) is_one_of(word, list, LENGTH(list))

static bool parts(struct str between)
{
	return str_find_char(between, ',') != SIZE_MAX || str_find_char(between, '(') != SIZE_MAX ||
	       object_parted(between);
}

static struct stated_words words_of(struct lexicon *lexicon, struct str text, struct arena *arena)
{
	static const char *const and[] = { "et", "ou", "and", "or" };
	struct folded folded = fold(arena, str_clip(text, PROFILE_TEXT_MAX));
	struct stated_words words = { arena_array(arena, struct stated_word, folded.n_words), folded.n_words };

	for (uint32_t i = 0; i < folded.n_words; i++) {
		struct str word = folded_word(&folded, i);

		words.at[i] = (struct stated_word){ lexicon_word(lexicon, word), word,
			i == 0 || ONE_OF(word, and) ||
				parts(str_sub(text, folded.words[i - 1].raw_end, folded.words[i].raw_start)) };
	}
	return words;
}

struct stated *stated_new(struct lexicon *lexicon, const struct profile *profile, struct arena *arena)
{
	struct stated *stated = arena_new(arena, struct stated);

	stated->lexicon = lexicon;
	stated->arena = arena;
	stated->name = words_of(lexicon, profile->name, arena);
	stated->description = words_of(lexicon, profile->description, arena);
	return stated;
}

/* Do the words that count, from `at` on, begin with those of the keyword? */
static bool spelled_at(const struct stated_words *words, size_t at, const struct stated_words *keyword)
{
	bool some = false;

	for (size_t i = 0; i < keyword->n; i++) {
		if (keyword->at[i].word->stop)
			continue;
		while (at < words->n && words->at[at].word->stop)
			at++;
		if (at == words->n || words->at[at++].word->stem != keyword->at[i].word->stem)
			return false;
		some = true;
	}
	return some;
}

static bool is_infinitive(struct str word)
{
	return str_ends(word, "er") || str_ends(word, "ir") || str_ends(word, "re");
}

/*
 * Is what begins at `at` where, for whom or on what something else is done? "… sur les réseaux d'eau",
 * "… pour EHPAD", "gestion de l'eau des espaces verts"; not "plateforme de covoiturage", nor "télérelève
 * des compteurs", nor what is done "pour mesurer" it.
 */
static bool is_setting(const struct stated_words *words, size_t at)
{
	static const char *const places[] = { "sur", "pour", "dans", "chez", "sans", "for", "in", "on" };
	static const char *const of[] = { "de", "d", "des", "du" };
	static const char *const the[] = { "la", "l", "les", "le" };
	size_t begin = at, depth = 0, last = 0, content = 0;

	while (begin > 0 && !words->at[begin].begins)
		begin--;
	for (size_t i = begin; i < at; i++) {
		struct str word = words->at[i].text;

		if (!words->at[i].word->stop) {
			content++;
			continue;
		}
		if (content == 0)
			continue;
		if (ONE_OF(word, places) && !is_infinitive(words->at[i + 1].text))
			return true;
		if (ONE_OF(word, of)) {
			depth++;
			last = i;
		}
	}
	return depth >= DEEP && words->at[last - 1].word->rarity >= HEAVY_RARITY &&
	       (str_eqz(words->at[last].text, "des") || str_eqz(words->at[last].text, "du") ||
		       ONE_OF(words->at[last + 1].text, the));
}

enum standing stated_of(const struct stated *stated, struct str text)
{
	struct stated_words keyword = words_of(stated->lexicon, text, stated->arena);
	enum standing standing = STANDING_PLAIN;

	for (size_t i = 0; i < stated->name.n; i++)
		if (!stated->name.at[i].word->stop && spelled_at(&stated->name, i, &keyword))
			return STANDING_TRADE;
	for (size_t i = 0; i < stated->description.n; i++) {
		if (stated->description.at[i].word->stop || !spelled_at(&stated->description, i, &keyword))
			continue;
		if (!is_setting(&stated->description, i))
			return STANDING_TRADE;
		standing = STANDING_SETTING;
	}
	return standing;
}
