#include "scan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "called.h"
#include "tender/cpv.h"

void scan_init(struct scan *scan, const struct terms *terms, const struct lexicon *lexicon)
{
	*scan = (struct scan){ .terms = terms, .room = FOLD_ROOM_INIT };
	memo_init(&scan->memo, terms, lexicon);
}

void scan_done(struct scan *scan)
{
	free(scan->hits);
	free(scan->seen);
	free(scan->touched);
	free(scan->called);
	free(scan->dues);
	free(scan->purses);
	free(scan->ids);
	free(scan->uses);
	free(scan->alone);
	free(scan->callers);
	free(scan->followers);
	free(scan->begun);
	free(scan->pairs);
	free(scan->finds);
	memo_done(&scan->memo);
	fold_room_done(&scan->room);
}

static void *grown(void *array, size_t size)
{
	array = realloc(array, size);
	if (array == NULL)
		die("out of memory");
	return array;
}

void scan_room_for_hits(struct scan *scan, size_t n)
{
	if (scan->n_hits + n <= scan->hits_capacity)
		return;
	scan->hits_capacity = 2 * (scan->n_hits + n) + 256;
	scan->hits = grown(scan->hits, scan->hits_capacity * sizeof(*scan->hits));
	scan->touched = grown(scan->touched, scan->hits_capacity * sizeof(*scan->touched));
}

void scan_hit(struct scan *scan, uint32_t term, uint32_t scope, enum match_field field, uint32_t start,
	uint32_t end)
{
	scan_room_for_hits(scan, 1);
	scan_put_hit(scan, term, scope, field, (struct span){ start, end });
}

struct words scan_read(struct scan *scan, struct str text)
{
	struct folded folded = fold_again(&scan->room, str_clip(text, SCAN_TEXT_MAX));

	if (folded.n_words > scan->ids_capacity) {
		free(scan->ids);
		free(scan->uses);
		scan->ids_capacity = 2 * (size_t)folded.n_words;
		scan->ids = malloc(scan->ids_capacity * sizeof(*scan->ids));
		scan->uses = malloc(scan->ids_capacity * sizeof(*scan->uses));
		if (scan->ids == NULL || scan->uses == NULL)
			die("out of memory");
	}
	memo_words(&scan->memo, &folded, scan->ids, scan->uses);
	return (struct words){ .ids = scan->ids, .n = folded.n_words, .places = folded.words,
		.folded = folded.text, .raw = str_clip(text, SCAN_TEXT_MAX) };
}

static void scan_text(struct scan *scan, struct str text, uint32_t scope, enum match_field field)
{
	struct words words;

	if (text.len == 0)
		return;
	words = scan_read(scan, text);
	if (words.n == 0)
		return;
	scan_used_words(scan, &words, scan->uses, scope, field);
	if (scan->also != NULL)
		scan->also(scan->also_data, &words, scope, field);
}

/* One by one, so that no phrase runs from one subject into the next; bytes count in the joined list. */
static void scan_subjects(struct scan *scan, const struct codes *subjects)
{
	for (size_t i = 0; i < subjects->n; i++) {
		scan_text(scan, subjects->at[i], 0, FIELD_SUBJECTS);
		scan->base += (uint32_t)subjects->at[i].len + 1;
	}
	scan->base = 0;
}

enum { CPV_DIGITS = 8 };

/* Terms of a code: those of its branches, and its own. */
struct code_terms {
	uint32_t at[CPV_DIGITS];
	size_t n;
};

static struct code_terms terms_of(const struct scan *scan, struct str code)
{
	struct str branch = cpv_significant(code);
	struct code_terms ret = { .n = 0 };

	for (size_t len = 2; len <= branch.len && len <= CPV_DIGITS; len++) {
		ret.at[ret.n] = terms_find_cpv(scan->terms, str_sub(branch, 0, len), false);
		ret.n += ret.at[ret.n] != 0;
	}
	ret.at[ret.n] = terms_find_cpv(scan->terms, branch, true);
	ret.n += ret.at[ret.n] != 0;
	return ret;
}

/* `start`, `end`: where the code stands in the blank-joined list of the notice's codes. */
static void scan_code(struct scan *scan, const struct code_terms *terms, uint32_t scope, uint32_t start,
	uint32_t end)
{
	for (size_t i = 0; i < terms->n; i++)
		scan_hit(scan, terms->at[i], scope, FIELD_CPV, start, end);
}

static bool in_some_lot(const struct notice *notice, struct str code)
{
	for (size_t i = 0; i < notice->n_lots; i++)
		if (codes_has(&notice->lots[i].cpv, code))
			return true;
	return false;
}

/*
 * The notice's list holds the codes of its lots too: those speak for their lot alone, unless it is
 * the main code, which stands first.
 */
bool scan_cpv_of_notice(const struct notice *notice, size_t code)
{
	return code == 0 || !in_some_lot(notice, notice->cpv.at[code]);
}

void scan_cpv(struct scan *scan, const struct notice *notice)
{
	uint32_t start = 0, end;

	for (size_t i = 0; i < notice->cpv.n; i++, start = end + 1) {
		struct str code = notice->cpv.at[i];
		struct code_terms terms = terms_of(scan, code);

		end = start + (uint32_t)code.len;
		if (terms.n == 0)
			continue;
		if (scan_cpv_of_notice(notice, i))
			scan_code(scan, &terms, 0, start, end);
		for (size_t lot = 0; lot < notice->n_lots; lot++)
			if (codes_has(&notice->lots[lot].cpv, code))
				scan_code(scan, &terms, (uint32_t)lot + 1, start, end);
	}
}

static void forget(struct scan *scan)
{
	size_t size = (size_t)terms_count(scan->terms) + 1;

	for (size_t i = 0; i < scan->n_touched; i++)
		scan->seen[scan->touched[i]] = (struct seen_term){ 0, 0 };
	if (size > scan->seen_size) {
		free(scan->seen);
		scan->seen_size = size + size / 8; /* each thread has one, and terms are added one by one */
		scan->seen = table_new(scan->seen_size, sizeof(*scan->seen));
	}
	scan->n_hits = scan->n_touched = 0;
	scan->overspent = 0;
	scan->one_subject = false;
}

void scan_forget_called(struct scan *scan)
{
	memset(scan->called, 0, scan->called_size * sizeof(*scan->called));
	memo_forget_texts(&scan->memo);
	scan->text = 1;
}

static void make_room_for_patterns(struct scan *scan)
{
	size_t n;

	terms_patterns(scan->terms, &n);
	if (n < scan->called_size)
		return;
	free(scan->called);
	free(scan->purses);
	scan->called_size = 2 * n + 1;
	scan->called = calloc(scan->called_size, sizeof(*scan->called));
	scan->purses = calloc(scan->called_size, sizeof(*scan->purses));
	if (scan->called == NULL || scan->purses == NULL)
		die("out of memory");
}

void scan_begin(struct scan *scan)
{
	assert(terms_waiting(scan->terms)->count == terms_count(scan->terms)); /* else terms_pack() is missing */
	forget(scan);
	scan->notice++;
	memo_make_room(&scan->memo);
	make_room_for_patterns(scan);
}

void scan_notice(struct scan *scan, const struct notice *notice)
{
	scan_begin(scan);
	scan->one_subject = notice->subjects.n == 1;
	scan_text(scan, notice->title, 0, FIELD_TITLE);
	scan_subjects(scan, &notice->subjects);
	scan_text(scan, notice->description, 0, FIELD_DESCRIPTION);
	scan_text(scan, notice->criteria, 0, FIELD_CRITERIA);
	scan_text(scan, notice->buyer.name, 0, FIELD_BUYER);
	for (uint32_t lot = 0; lot < notice->n_lots; lot++) {
		scan_text(scan, notice->lots[lot].title, lot + 1, FIELD_LOT_TITLE);
		scan_text(scan, notice->lots[lot].description, lot + 1, FIELD_LOT_DESCRIPTION);
	}
	scan_cpv(scan, notice);
}
