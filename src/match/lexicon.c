#include "lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "inflection.h"

struct table {
	void **slots; /* entries that begin with their struct str */
	size_t n, size; /* size: a power of two */
};

struct lexicon {
	struct arena arena;
	struct table words, stems;
	uint32_t symbols;
	const struct triggers *triggers; /* NULL: none are looked up */
	const struct lexicon *below;     /* NULL, or of which it knows rarities and function words */
	struct arena scratch;
};

/* `hash`: of the key, which is asked for in more than one table. */
static void **table_slot(const struct table *table, struct str key, uint64_t hash)
{
	size_t i = (size_t)hash & (table->size - 1);

	while (table->slots[i] != NULL && !str_eq(*(struct str *)table->slots[i], key))
		i = (i + 1) & (table->size - 1);
	return &table->slots[i];
}

static void *table_find(const struct table *table, struct str key)
{
	return *table_slot(table, key, str_hash(key));
}

static void table_resize(struct table *table, size_t size)
{
	struct table bigger = { calloc(size, sizeof(void *)), table->n, size };

	if (bigger.slots == NULL)
		die("out of memory");
	for (size_t i = 0; i < table->size; i++) {
		void *entry = table->slots[i];

		if (entry != NULL)
			*table_slot(&bigger, *(struct str *)entry, str_hash(*(struct str *)entry)) = entry;
	}
	free(table->slots);
	*table = bigger;
}

static void table_put(struct table *table, void *entry, uint64_t hash)
{
	if (2 * (table->n + 1) > table->size)
		table_resize(table, 2 * table->size);
	*table_slot(table, *(struct str *)entry, hash) = entry;
	table->n++;
}

/* Words with digits are their own stems: "5G", "B2B". */
struct str lexicon_stem_text(struct str word, struct arena *scratch)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
			return word;
	return inflection_base(word, scratch);
}

/* `below`: NULL, or the same word of a lexicon below, whose texts live as long as this one. */
static struct stem_entry *find_stem(struct lexicon *lexicon, struct str word, const struct word *below)
{
	struct stem_entry *entry;
	struct str text;
	uint64_t hash;

	arena_reset(&lexicon->scratch);
	text = below != NULL ? below->stem->text : lexicon_stem_text(word, &lexicon->scratch);
	hash = str_hash(text);
	entry = *table_slot(&lexicon->stems, text, hash);
	if (entry == NULL) {
		entry = arena_new(&lexicon->arena, struct stem_entry);
		entry->text = below != NULL ? text : arena_dup(&lexicon->arena, text);
		entry->family = (uint32_t)lexicon->stems.n + 1;
		table_put(&lexicon->stems, entry, hash);
	}
	return entry;
}

static int usual_rarity(struct str folded)
{
	return str_digits(folded) ? 1 : RARITY_MAX;
}

static const struct word *find_below(const struct lexicon *lexicon, struct str folded, uint64_t hash)
{
	const struct word *word = NULL;

	while (word == NULL && (lexicon = lexicon->below) != NULL)
		word = *table_slot(&lexicon->words, folded, hash);
	return word;
}

static struct word *add_word(struct lexicon *lexicon, struct str folded, uint64_t hash)
{
	struct word *word = arena_new(&lexicon->arena, struct word);
	const struct word *below = find_below(lexicon, folded, hash);

	word->text = below != NULL ? below->text : arena_dup(&lexicon->arena, folded);
	word->stem = find_stem(lexicon, folded, below);
	word->rarity = below != NULL ? below->rarity : (uint8_t)usual_rarity(folded);
	word->stop = below != NULL && below->stop;
	table_put(&lexicon->words, word, hash);
	return word;
}

struct word *lexicon_word(struct lexicon *lexicon, struct str folded)
{
	uint64_t hash = str_hash(folded);
	struct word *word = *table_slot(&lexicon->words, folded, hash);

	return word != NULL ? word : add_word(lexicon, folded, hash);
}

struct word **lexicon_words(struct lexicon *lexicon, const struct folded *folded, struct arena *arena)
{
	struct word **words = arena_array(arena, struct word *, folded->n_words);

	for (uint32_t i = 0; i < folded->n_words; i++)
		words[i] = lexicon_word(lexicon, folded_word(folded, i));
	return words;
}

struct lexicon *lexicon_new(const struct rules *rules)
{
	struct lexicon *lexicon = calloc(1, sizeof(*lexicon));

	if (lexicon == NULL)
		die("out of memory");
	table_resize(&lexicon->words, 1 << 12);
	table_resize(&lexicon->stems, 1 << 12);
	for (size_t i = 0; i < rules->n_stop_words; i++)
		lexicon_word(lexicon, rules->stop_words[i])->stop = true;
	for (size_t i = 0; i < rules->n_rarities; i++)
		lexicon_word(lexicon, rules->rarities[i].word)->rarity = (uint8_t)rules->rarities[i].rarity;
	return lexicon;
}

struct lexicon *lexicon_over(const struct lexicon *below)
{
	struct lexicon *lexicon = calloc(1, sizeof(*lexicon));

	if (lexicon == NULL)
		die("out of memory");
	table_resize(&lexicon->words, 1 << 6);
	table_resize(&lexicon->stems, 1 << 6);
	lexicon->below = below;
	return lexicon;
}

void *lexicon_free(struct lexicon *lexicon)
{
	if (lexicon == NULL)
		return NULL;
	free(lexicon->words.slots);
	free(lexicon->stems.slots);
	arena_done(&lexicon->scratch);
	arena_done(&lexicon->arena);
	free(lexicon);
	return NULL;
}

void lexicon_watch(struct lexicon *lexicon, const struct triggers *triggers)
{
	lexicon->triggers = triggers;
}

const struct triggers *lexicon_watched(const struct lexicon *lexicon)
{
	return lexicon->triggers;
}

uint32_t lexicon_symbol(struct lexicon *lexicon, struct word *word, bool exact)
{
	uint32_t *symbol = exact ? &word->exact : &word->stem->symbol;

	if (*symbol == 0)
		*symbol = ++lexicon->symbols;
	return *symbol;
}

struct word_look lexicon_look(const struct lexicon *lexicon, struct str folded, struct arena *scratch)
{
	struct word_look look = { .stop = false };
	uint64_t hash = str_hash(folded);
	const struct word *word = *table_slot(&lexicon->words, folded, hash);
	const struct stem_entry *stem = word != NULL ? word->stem
		: table_find(&lexicon->stems, lexicon_stem_text(folded, scratch));

	if (stem != NULL) {
		look.symbols[0] = stem->symbol;
		look.family = stem->family;
	}
	look.symbols[1] = word != NULL ? word->exact : 0;
	if (word == NULL)
		word = find_below(lexicon, folded, hash);
	look.stop = word != NULL && word->stop;
	return look;
}

void lexicon_symbols(const struct lexicon *lexicon, struct str folded,
	struct arena *scratch, uint32_t ret[2], bool *ret_stop)
{
	struct word_look look = lexicon_look(lexicon, folded, scratch);

	ret[0] = look.symbols[0];
	ret[1] = look.symbols[1];
	*ret_stop = look.stop;
}

int lexicon_rarity(const struct lexicon *lexicon, struct str folded)
{
	uint64_t hash = str_hash(folded);
	const struct word *word = *table_slot(&lexicon->words, folded, hash);

	if (word == NULL)
		word = find_below(lexicon, folded, hash);
	if (word == NULL)
		return usual_rarity(folded);
	return word->stop ? 0 : word->rarity;
}

/* Step by step: each needs what the one before it has fetched. */
void lexicon_fetch(const struct lexicon *lexicon, const struct folded *folded)
{
	enum { AT_ONCE = 64 };
	const struct table *table = &lexicon->words;
	void **slots[AT_ONCE];

	for (uint32_t from = 0; from < folded->n_words; from += AT_ONCE) {
		uint32_t n = folded->n_words - from < AT_ONCE ? folded->n_words - from : AT_ONCE;

		for (uint32_t i = 0; i < n; i++) {
			slots[i] = &table->slots[(size_t)str_hash(folded_word(folded, from + i)) & (table->size - 1)];
			__builtin_prefetch(slots[i]);
		}
		for (uint32_t i = 0; i < n; i++)
			__builtin_prefetch(*slots[i]);
		for (uint32_t i = 0; i < n; i++) {
			const struct word *word = *slots[i];

			if (word == NULL)
				continue;
			__builtin_prefetch(word->text.ptr);
			__builtin_prefetch(word->stem);
		}
		for (uint32_t i = 0; i < n; i++) {
			const struct word *word = *slots[i];

			if (word != NULL)
				__builtin_prefetch(word->stem->text.ptr);
		}
	}
}

struct str *lexicon_spell(const struct lexicon *lexicon, struct arena *arena)
{
	struct str *spelled = arena_array(arena, struct str, (size_t)lexicon->symbols + 1);

	for (size_t i = 0; i < lexicon->stems.size; i++) {
		const struct stem_entry *stem = lexicon->stems.slots[i];

		if (stem != NULL)
			spelled[stem->symbol] = stem->text;
	}
	for (size_t i = 0; i < lexicon->words.size; i++) {
		const struct word *word = lexicon->words.slots[i];

		if (word != NULL && word->exact != 0)
			spelled[word->exact] = word->stem->text;
	}
	return spelled;
}

size_t lexicon_texts(const struct lexicon *lexicon)
{
	return lexicon->symbols;
}

void lexicon_each(const struct lexicon *lexicon, void (*each)(void *data, struct str text), void *data)
{
	for (size_t i = 0; i < lexicon->stems.size; i++) {
		const struct stem_entry *stem = lexicon->stems.slots[i];

		if (stem != NULL && stem->symbol != 0)
			each(data, stem->text);
	}
	for (size_t i = 0; i < lexicon->words.size; i++) {
		const struct word *word = lexicon->words.slots[i];

		if (word != NULL && word->exact != 0)
			each(data, word->text);
	}
}
