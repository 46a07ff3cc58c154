#include "setting.h"

#include "base/fold.h"
#include "object.h"
#include "one_of.h"

enum { HEAVY_RARITY = 2, DEEP = 2 };

struct stated_word {
	struct str text, stem;
	int rarity;
	bool stop;
	uint32_t start; /* in the text as written */
	bool begins;    /* a clause */
};
struct stated_words {
	struct stated_word *at;
	size_t n;
};
struct stated {
	const struct lexicon *lexicon;
	struct arena *arena;
	struct stated_words name, description;
	bool some; /* words of the description are a setting: most have none, and need no further look */
};

static bool parts(struct str between)
{
	return str_find_char(between, ',') != SIZE_MAX || str_find_char(between, '(') != SIZE_MAX ||
	       object_parted(between);
}

static struct stated_words words_of(const struct lexicon *lexicon, struct str text, struct arena *arena)
{
	static const char *const and[] = { "et", "ou", "and", "or" };
	struct folded folded = fold(arena, str_clip(text, PROFILE_TEXT_MAX));
	struct stated_words words = { arena_array(arena, struct stated_word, folded.n_words), folded.n_words };

	for (uint32_t i = 0; i < folded.n_words; i++) {
		struct str word = folded_word(&folded, i);

		uint32_t symbols[2];
		bool stop;

		lexicon_symbols(lexicon, word, arena, symbols, &stop);
		words.at[i] = (struct stated_word){
			.text = word,
			.stem = lexicon_stem_text(word, arena),
			.rarity = lexicon_rarity(lexicon, word),
			.stop = stop,
			.start = folded.words[i].raw_start,
			.begins = i == 0 || ONE_OF(word, and) ||
				  parts(str_sub(text, folded.words[i - 1].raw_end, folded.words[i].raw_start)),
		};
	}
	return words;
}

/* Do the words that count, from `at` on, begin with those of the keyword? */
static bool spelled_at(const struct stated_words *words, size_t at, const struct stated_words *keyword)
{
	bool some = false;

	for (size_t i = 0; i < keyword->n; i++) {
		if (keyword->at[i].stop)
			continue;
		while (at < words->n && words->at[at].stop)
			at++;
		if (at == words->n || !str_eq(words->at[at++].stem, keyword->at[i].stem))
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
 * des compteurs", nor what is done "pour mesurer" it, nor what one is helped with: "dans leur projet alimentaire".
 */
static bool is_setting(const struct stated_words *words, size_t at)
{
	static const char *const places[] = { "sur", "pour", "dans", "chez", "sans", "for", "in", "on" };
	static const char *const whose[] = { "leur", "leurs", "votre", "vos", "son", "sa", "ses" };
	static const char *const of[] = { "de", "d", "des", "du" };
	static const char *const the[] = { "la", "l", "les", "le" };
	size_t begin = at, depth = 0, last = 0, content = 0;

	while (begin > 0 && !words->at[begin].begins)
		begin--;
	for (size_t i = begin; i < at; i++) {
		struct str word = words->at[i].text;

		if (!words->at[i].stop) {
			content++;
			continue;
		}
		if (content == 0)
			continue;
		if (ONE_OF(word, places) && !is_infinitive(words->at[i + 1].text) &&
			!(str_eqz(word, "dans") && ONE_OF(words->at[i + 1].text, whose)))
			return true;
		if (ONE_OF(word, of)) {
			depth++;
			last = i;
		}
	}
	return depth >= DEEP && words->at[last - 1].rarity >= HEAVY_RARITY &&
	       (str_eqz(words->at[last].text, "des") || str_eqz(words->at[last].text, "du") ||
		       ONE_OF(words->at[last + 1].text, the));
}

struct stated *stated_new(const struct lexicon *lexicon, const struct profile *profile, struct arena *arena)
{
	struct stated *stated = arena_new(arena, struct stated);

	stated->lexicon = lexicon;
	stated->arena = arena;
	stated->name = words_of(lexicon, profile->name, arena);
	stated->description = words_of(lexicon, profile->description, arena);
	for (size_t i = 0; i < stated->description.n && !stated->some; i++)
		stated->some = !stated->description.at[i].stop && is_setting(&stated->description, i);
	return stated;
}

bool stated_as_setting(const struct stated *stated, struct str text)
{
	struct stated_words keyword;
	bool setting = false;

	if (!stated->some)
		return false;
	keyword = words_of(stated->lexicon, text, stated->arena);
	for (size_t i = 0; i < stated->name.n; i++)
		if (!stated->name.at[i].stop && spelled_at(&stated->name, i, &keyword))
			return false;
	for (size_t i = 0; i < stated->description.n; i++) {
		if (stated->description.at[i].stop || !spelled_at(&stated->description, i, &keyword))
			continue;
		if (!is_setting(&stated->description, i))
			return false;
		setting = true;
	}
	return setting;
}

bool stated_as_setting_at(const struct stated *stated, size_t start)
{
	const struct stated_words *words = &stated->description;
	size_t at = 0;

	if (!stated->some)
		return false;
	while (at < words->n && words->at[at].start < start)
		at++;
	return at < words->n && is_setting(words, at);
}
