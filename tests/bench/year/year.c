#include "year.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fold.h"
#include "store/notice.h"

enum { TEXT_MAX = 200 << 10, FRESH_PERCENT = 15, BODY_MIN = 300, JUMP_PERCENT = 20, BODY_PERCENT = 8, CODES_MAX = 4, RARE_SHARE = 2000, BATCH = 1000, DAY_S = 86400, STORED_AT = 1767225600 };

static struct str any(struct random *random, const struct texts *texts)
{
	return texts->at[random_below(random, texts->n)];
}

static void add_fresh(struct random *random, struct buf *out)
{
	static const char *const syllables[] = { "ba", "rel", "ni", "tor", "mi", "sa", "que", "lon", "vi",
		"dra", "pe", "chau", "mer", "gi", "os", "tan" };

	if (random_percent(random, 50)) {
		buf_addf(out, " 2025M%04zu.", random_below(random, 10000));
		return;
	}
	buf_addc(out, ' ');
	for (size_t i = 3 + random_below(random, 2); i > 0; i--)
		buf_addz(out, syllables[random_below(random, LENGTH(syllables))]);
}

/*
 * About as long as the text it stands for. Titles tell of all that is bought, in the shares in which it is;
 * the bodies we have are mostly of few trades, so that only some notices are made of those: then what
 * stands together in one notice mostly stays so.
 */
static struct str text_like(const struct corpus *corpus, const struct texts *texts, struct random *random,
	struct str text, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(2 * TEXT_MAX);
	bool loose = texts == &corpus->titles;
	size_t at = random_below(random, texts->n);

	if (text.len == 0)
		return text;
	while (out.len < text.len && out.len < TEXT_MAX) {
		struct str piece = texts->at[at++ % texts->n];

		if (loose || random_percent(random, JUMP_PERCENT))
			at = random_below(random, texts->n);
		buf_adds(&out, str_clip(piece, text.len - out.len + 40));
		if (random_percent(random, FRESH_PERCENT))
			add_fresh(random, &out);
		buf_addz(&out, loose ? ". " : "\n");
	}
	return str_trim(arena_dup(arena, buf_str(&out)));
}

static struct codes codes_like(const struct corpus *corpus, struct random *random,
	const struct codes *codes, struct arena *arena)
{
	struct codes made = { NULL, 0, 0 };

	for (size_t n = codes->n < CODES_MAX ? codes->n : CODES_MAX; n > 0; n--)
		codes_add(&made, arena, any(random, &corpus->codes));
	return made;
}

static struct random random_of(uint64_t seed, size_t number)
{
	return (struct random){ random_mix(seed * UINT64_C(0x9E3779B97F4A7C15) + number) };
}

/* Many records come without their body; those of a year that is matched have one. */
static const struct notice *model(const struct corpus *corpus, struct random *random)
{
	const struct notice *notice = NULL;

	for (int tries = 0; tries < 1000; tries++) {
		size_t bytes;

		notice = &corpus->notices.at[random_below(random, corpus->notices.n)];
		bytes = notice->description.len + notice->criteria.len;
		for (size_t i = 0; i < notice->n_lots; i++)
			bytes += notice->lots[i].title.len + notice->lots[i].description.len;
		if (bytes >= BODY_MIN)
			break;
	}
	return notice;
}

struct notice year_notice(const struct corpus *corpus, uint64_t seed, size_t number, struct arena *arena)
{
	struct random random = random_of(seed, number);
	struct notice notice = *model(corpus, &random);
	struct lot *lots = arena_array(arena, struct lot, notice.n_lots);
	const struct texts *texts =
		random_percent(&random, BODY_PERCENT) ? &corpus->pieces : &corpus->titles;

	notice_set_id(&notice, arena, STR("boamp"), arena_printf(arena, "25-%zu", number));
	notice.dossier = notice.id;
	notice.version = 1;
	notice.published = YEAR_FIRST_DAY + (day_t)(number % YEAR_DAYS);
	if (notice.deadline.at != TIME_NONE)
		notice.deadline.at = ((int64_t)notice.published + 10 + (int64_t)random_below(&random, 40)) *
				     DAY_S + 39600;
	notice.procedure_id = notice.notice_uuid = notice.reference = STR_NONE;
	notice.links = NULL;
	notice.n_links = 0;
	notice.awards = NULL;
	notice.n_awards = 0;
	notice.title = any(&random, &corpus->titles);
	notice.cpv = codes_like(corpus, &random, &notice.cpv, arena);
	notice.description = text_like(corpus, texts, &random, notice.description, arena);
	notice.criteria = text_like(corpus, texts, &random, notice.criteria, arena);
	for (size_t i = 0; i < notice.n_lots; i++) {
		lots[i] = notice.lots[i];
		lots[i].title = any(&random, &corpus->titles);
		lots[i].description = text_like(corpus, texts, &random, lots[i].description, arena);
		lots[i].cpv = codes_like(corpus, &random, &lots[i].cpv, arena);
		for (size_t j = 0; j < lots[i].cpv.n; j++)
			codes_add(&notice.cpv, arena, lots[i].cpv.at[j]);
		lots[i].deadline = notice.deadline;
	}
	notice.lots = lots;
	return notice;
}

int year_fill(struct db *db, const struct corpus *corpus, uint64_t seed, size_t n, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int r = 0;

	for (size_t from = 0; r >= 0 && from < n; from += BATCH) {
		r = db_begin(db, err);
		for (size_t i = from; r >= 0 && i < n && i < from + BATCH; i++) {
			struct notice notice;

			arena_reset(&arena);
			notice = year_notice(corpus, seed, i, &arena);
			r = store_notice_put(db, &notice, STR_NONE, STORED_AT, &arena, err);
		}
		if (r >= 0)
			r = db_commit(db, err);
		db_rollback(db);
	}
	return r < 0 ? r : 0;
}

/* How many titles have each word. */
void year_words_init(struct year_words *words, const struct corpus *corpus)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	size_t size = 1 << 20;

	*words = (struct year_words){ dictionary_new(), calloc(size, sizeof(*words->titles)) };
	if (words->titles == NULL)
		die("out of memory");
	for (size_t i = 0; i < corpus->titles.n; i++) {
		struct folded folded = fold(&arena, corpus->titles.at[i]);

		for (uint32_t j = 0; j < folded.n_words; j++) {
			struct str word = folded_word(&folded, j);
			uint32_t number = dictionary_add(words->dictionary, word, word);

			if (number < size)
				words->titles[number]++;
		}
		arena_reset(&arena);
	}
}

void year_words_done(struct year_words *words)
{
	dictionary_free(words->dictionary);
	free(words->titles);
}

/* A word is good to be asked for when few titles have it, as people choose theirs. */
static bool telling(const struct year_words *words, const struct corpus *corpus, struct str word)
{
	uint32_t number = dictionary_add(words->dictionary, word, word);

	return word.len > 4 && words->titles[number] * RARE_SHARE < corpus->titles.n + RARE_SHARE;
}

static struct str keyword(const struct corpus *corpus, const struct year_words *words,
	struct random *random, struct arena *arena)
{
	for (int tries = 0; tries < 200; tries++) {
		struct folded folded = fold(arena, any(random, &corpus->titles));
		uint32_t first, last;
		struct str found;

		if (folded.n_words < 4)
			continue;
		first = (uint32_t)random_below(random, folded.n_words - 3);
		last = first + (uint32_t)random_below(random, 3);
		found = str_sub(folded.text, folded.words[first].start,
			folded.words[last].start + folded.words[last].len);
		if (telling(words, corpus, folded_word(&folded, first)) && folded.words[last].len > 4 &&
			found.len < PROFILE_TERM_MAX)
			return found;
	}
	return STR("capteurs connectes");
}

struct profile year_profile(const struct corpus *corpus, const struct year_words *words, uint64_t seed,
	size_t number, const struct str *fields, size_t n_fields, struct arena *arena)
{
	struct random random = random_of(seed + 1, number);
	struct profile profile;

	profile_init(&profile);
	profile.id = profile.name = arena_printf(arena, "p%05zu", number);
	profile.description = str_clip(any(&random, &corpus->titles), 300);
	for (size_t n = 3 + random_below(&random, 4); n > 0; n--)
		codes_add(&profile.keywords, arena, keyword(corpus, words, &random, arena));
	for (size_t n = random_below(&random, 3); n > 0; n--)
		codes_add(&profile.cpv, arena, str_sub(any(&random, &corpus->codes), 0, 5));
	if (n_fields > 0 && random_percent(&random, 60))
		codes_add(&profile.fields, arena, fields[random_below(&random, n_fields)]);
	if (random_percent(&random, 50))
		profile.natures[NATURE_SERVICES] = profile.natures[NATURE_SUPPLIES] = true;
	return profile;
}
