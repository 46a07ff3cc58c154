#include "memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "object.h"
#include "said.h"

enum { SIZE_FIRST = 1 << 12, SHORT = 16, AHEAD = 32, EVERY_FIELD = UINT16_MAX };
_Static_assert((int)SHORT <= (int)FOLD_SLACK, "a short word is read as a whole");

/*
 * A word of up to 16 bytes is its own key, filled up with zeros, which no word holds: found and compared
 * in one look at one cache line. A longer one has its hash for a key, and is compared in full.
 */
struct key {
	uint64_t a, b; /* of a longer one: its hash, and its length with all bits turned, which is no text */
};
struct memo_slot {
	struct key key; /* {0, 0}: a free slot */
	struct word_use use;
};
_Static_assert(sizeof(struct memo_slot) == 32, "two to a cache line");

struct memo_look {
	struct key key;
	uint64_t hash;
};

/* So many bytes to keep, from &kept[SHORT - n] on, and to lose. */
static const char kept[2 * SHORT] = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };

static uint64_t load(const char *at)
{
	uint64_t eight;

	memcpy(&eight, at, sizeof(eight));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	eight = __builtin_bswap64(eight);
#endif
	return eight;
}

/* SHORT bytes may be read at the word's start. */
static inline struct memo_look look_at(struct hash_key key, struct str word)
{
	struct memo_look w;

	if (word.len > SHORT) {
		w.hash = hash_bytes(key, word.ptr, word.len);
		w.key = (struct key){ w.hash, ~(uint64_t)word.len };
		return w;
	}
	w.key.a = load(word.ptr) & load(&kept[SHORT - word.len]);
	w.key.b = load(word.ptr + 8) & load(&kept[SHORT - word.len + 8]);
	w.hash = hash_pair(key, w.key.a, w.key.b);
	return w;
}

static bool is_free(const struct memo_slot *slot)
{
	return (slot->key.a | slot->key.b) == 0;
}

/* A longer word's key is told by its top byte, which is none of UTF-8. */
static uint64_t hash_of(struct hash_key key, const struct memo_slot *slot)
{
	return slot->key.b >> 56 == 0xFF ? slot->key.a : hash_pair(key, slot->key.a, slot->key.b);
}

void memo_init(struct memo *memo, const struct terms *terms, const struct lexicon *lexicon)
{
	*memo = (struct memo){ .lexicon = lexicon, .terms = terms, .key = hash_key() };
	memo->slots = table_new(SIZE_FIRST, sizeof(*memo->slots));
	memo->size = SIZE_FIRST;
	memo->looks = table_new(2 * AHEAD, sizeof(*memo->looks));
}

void memo_done(struct memo *memo)
{
	free(memo->slots);
	free(memo->looks);
	free(memo->facts);
	free(memo->texts);
	free(memo->alone);
	free(memo->calls);
	arena_done(&memo->scratch);
	arena_done(&memo->arena);
}

void memo_forget(struct memo *memo)
{
	arena_reset(&memo->arena);
	memset(memo->slots, 0, memo->size * sizeof(*memo->slots));
	memo->n = memo->n_alone = memo->n_calls = 0;
	memo->times_forgotten++;
}

void memo_make_room(struct memo *memo)
{
	if (memo->n >= MEMO_WORDS_MAX)
		memo_forget(memo);
}

static void grow_slots(struct memo *memo)
{
	size_t size = 2 * memo->size;
	struct memo_slot *slots = table_new(size, sizeof(*slots));

	for (size_t i = 0; i < memo->size; i++) {
		size_t at = (size_t)hash_of(memo->key, &memo->slots[i]) & (size - 1);

		if (is_free(&memo->slots[i]))
			continue;
		while (!is_free(&slots[at]))
			at = (at + 1) & (size - 1);
		slots[at] = memo->slots[i];
	}
	free(memo->slots);
	memo->slots = slots;
	memo->size = size;
}

static void *grown(void *array, size_t capacity, size_t size)
{
	array = realloc(array, capacity * size);
	if (array == NULL)
		die("out of memory");
	return array;
}

static void grow_facts(struct memo *memo)
{
	struct word_facts *facts;

	memo->capacity = memo->capacity ? 2 * memo->capacity : 1024;
	facts = table_new(memo->capacity, sizeof(*facts));
	if (memo->n > 0)
		memcpy(facts, memo->facts, memo->n * sizeof(*facts));
	free(memo->facts);
	memo->facts = facts;
	memo->texts = grown(memo->texts, memo->capacity, sizeof(*memo->texts));
}

static void add_alone(struct memo *memo, struct word_facts *facts, uint32_t term, unsigned fields)
{
	if (memo->n_alone + 2 > memo->alone_capacity) {
		memo->alone_capacity = 2 * memo->alone_capacity + 1024;
		memo->alone = grown(memo->alone, memo->alone_capacity, sizeof(*memo->alone));
	}
	if (facts->alone != 0)
		memo->alone[memo->n_alone].more = 1;
	else
		facts->alone = (uint32_t)memo->n_alone + 1;
	memo->alone[++memo->n_alone] = (struct alone){ 0, term, (uint16_t)fields, 0 };
}

static void add_call(struct memo *memo, struct word_facts *facts, const struct trigger *trigger)
{
	if (memo->n_calls + 2 > memo->calls_capacity) {
		memo->calls_capacity = 2 * memo->calls_capacity + 1024;
		memo->calls = grown(memo->calls, memo->calls_capacity, sizeof(*memo->calls));
	}
	if (facts->calls != 0)
		memo->calls[memo->n_calls].more = true;
	else
		facts->calls = (uint32_t)memo->n_calls + 1;
	memo->calls[++memo->n_calls] = (struct call){ trigger->pattern, trigger->fields, trigger->reach,
		trigger->sides, trigger->spelled, trigger->raw, false };
}

static void keep_triggers(struct memo *memo, struct word_facts *facts, struct str folded)
{
	struct trigger *triggers;
	size_t n = 0;

	if (lexicon_watched(memo->lexicon) != NULL)
		n = triggers_of(lexicon_watched(memo->lexicon), folded, &memo->scratch, &triggers);
	for (size_t i = 0; i < n; i++) {
		if (triggers[i].decided)
			add_alone(memo, facts, triggers[i].term, triggers[i].fields);
		else
			add_call(memo, facts, &triggers[i]);
	}
}

/* All there is to know of a word, worked out once. */
static uint32_t learn(struct memo *memo, struct str folded)
{
	struct word_facts facts = { .id = (uint32_t)memo->n };
	int rarity = lexicon_rarity(memo->lexicon, folded);
	struct word_look look;

	arena_reset(&memo->scratch);
	look = lexicon_look(memo->lexicon, folded, &memo->scratch);
	memcpy(facts.symbols, look.symbols, sizeof(facts.symbols));
	facts.stop = look.stop;
	facts.weight = said_weight(folded, look.stop, rarity) & 7;
	facts.family = look.family & (UINT32_MAX >> 7);
	facts.light = object_behind(folded, rarity);
	facts.heavy = object_governs(folded, rarity);
	facts.joins = object_joins(folded);
	for (int form = 0; form < FORMS; form++) {
		struct trie_root root = trie_first(terms_trie(memo->terms), facts.symbols[form]);

		if (root.term != 0)
			add_alone(memo, &facts, root.term, EVERY_FIELD);
		facts.leads[form] = root.mask;
	}
	keep_triggers(memo, &facts, folded);
	if (memo->n == memo->capacity)
		grow_facts(memo);
	memo->facts[memo->n] = facts;
	memo->texts[memo->n] = arena_dup(&memo->arena, folded);
	return (uint32_t)memo->n++;
}

static inline bool same_key(const struct memo_slot *slot, const struct memo_look *w)
{
	return ((slot->key.a ^ w->key.a) | (slot->key.b ^ w->key.b)) == 0;
}

static const struct memo_slot *add(struct memo *memo, const struct memo_look *w, struct str word)
{
	uint32_t id = learn(memo, word);
	size_t at;

	if (2 * memo->n > memo->size)
		grow_slots(memo);
	at = (size_t)w->hash & (memo->size - 1);
	while (!is_free(&memo->slots[at]))
		at = (at + 1) & (memo->size - 1);
	memo->slots[at] = (struct memo_slot){ w->key, word_use(&memo->facts[id]) };
	return &memo->slots[at];
}

static const struct memo_slot *find(struct memo *memo, const struct memo_look *w, struct str word)
{
	const struct memo_slot *slots = memo->slots;
	size_t mask = memo->size - 1;

	for (size_t at = (size_t)w->hash & mask;; at = (at + 1) & mask) {
		if (same_key(&slots[at], w) && (word.len <= SHORT || str_eq(memo->texts[slots[at].use.id], word)))
			return &slots[at];
		if (is_free(&slots[at]))
			return add(memo, w, word);
	}
}

uint32_t memo_word(struct memo *memo, struct str word)
{
	char bytes[SHORT] = { 0 };
	struct memo_look w;

	if (word.len <= SHORT) {
		memcpy(bytes, word.ptr, word.len);
		word.ptr = bytes;
	}
	w = look_at(memo->key, word);
	return find(memo, &w, word)->use.id;
}

void memo_forget_texts(struct memo *memo)
{
	for (size_t i = 1; i <= memo->n_alone; i++)
		memo->alone[i].text = 0;
}

/* The words are looked at and announced. */
static void announce(const struct memo *memo, const char *text, const struct fold_word *words, uint32_t n,
	struct memo_look *ret)
{
	const struct memo_slot *slots = memo->slots;
	size_t mask = memo->size - 1;
	struct hash_key key = memo->key;

	for (uint32_t i = 0; i < n; i++) {
		ret[i] = look_at(key, (struct str){ text + words[i].start, words[i].len });
		__builtin_prefetch(&slots[(size_t)ret[i].hash & mask]);
	}
}

/* Those announced. Nearly every word is short, known, and in the slot that is asked first. */
static void find_all(struct memo *memo, const struct memo_look *looks, const char *text,
	const struct fold_word *words, uint32_t n, uint32_t *ids, struct word_use *uses)
{
	const struct memo_slot *slots = memo->slots;
	size_t mask = memo->size - 1;

	for (uint32_t i = 0; i < n; i++) {
		const struct memo_slot *slot = &slots[(size_t)looks[i].hash & mask];

		if (!same_key(slot, &looks[i]) || words[i].len > SHORT) {
			slot = find(memo, &looks[i], (struct str){ text + words[i].start, words[i].len });
			slots = memo->slots;
			mask = memo->size - 1;
		}
		uses[i] = slot->use;
		ids[i] = slot->use.id;
	}
}

void memo_words(struct memo *memo, const struct folded *folded, uint32_t *ids, struct word_use *uses)
{
	struct memo_look *at_hand = memo->looks, *announced = memo->looks + AHEAD, *free;
	const struct fold_word *words = folded->words;
	const char *text = folded->text.ptr;
	uint32_t left = folded->n_words, n = left < AHEAD ? left : AHEAD, next;

	announce(memo, text, words, n, at_hand);
	for (; n > 0; words += n, ids += n, uses += n, n = next) {
		left -= n;
		next = left < AHEAD ? left : AHEAD;
		announce(memo, text, words + n, next, announced);
		find_all(memo, at_hand, text, words, n, ids, uses);
		free = at_hand;
		at_hand = announced;
		announced = free;
	}
}
