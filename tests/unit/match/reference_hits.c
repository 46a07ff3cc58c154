#include "reference_parts.h"

#include "../../../src/match/query.h"
#include "tender/cpv.h"

struct query { /* what is looked for: words, or a pattern */
	struct ref_words words;
	bool exact, gapped;
	const struct rule_term *pattern;
};

static bool find_words(const struct reference *r, const struct query *query, struct str text,
	uint32_t *start, uint32_t *end)
{
	struct ref_words words = ref_words_of(r, text);

	for (size_t i = 0; query->words.n > 0 && i + query->words.n <= words.n; i++) {
		size_t n = 0;

		while (n < query->words.n &&
			(query->exact ? str_eq(words.at[i + n].text, query->words.at[n].text)
				      : str_eq(words.at[i + n].stem, query->words.at[n].stem)))
			n++;
		if (n == query->words.n) {
			*start = words.at[i].start;
			*end = words.at[i + n - 1].end;
			return true;
		}
	}
	return false;
}

/* The first place in the field counts; of subjects, one that begins with the words says what they are, too. */
static void look(const struct reference *r, const struct query *query, struct str text, uint32_t base,
	uint32_t scope, enum match_field field, struct ref_hits *hits)
{
	struct hit *hit = NULL;
	uint32_t start, end;

	for (size_t i = 0; i < hits->n; i++)
		if (hits->at[i].scope == scope && hits->at[i].field == (uint8_t)field)
			hit = &hits->at[i];
	if (query->gapped && field != FIELD_TITLE && field != FIELD_LOT_TITLE)
		return;
	if (text.len == 0 || (hit != NULL && (field != FIELD_SUBJECTS || query->pattern != NULL)))
		return;
	if (query->pattern != NULL ? !ref_find_pattern(r, query->pattern, text, &start, &end)
	    : query->gapped	   ? !ref_find_gapped(r, &query->words, text, &start, &end)
				   : !find_words(r, query, text, &start, &end))
		return;
	if (hit == NULL) {
		arena_grow(r->arena, hits->at, hits->n, &hits->capacity);
		hit = &hits->at[hits->n++];
		*hit = (struct hit){ .scope = scope, .start = base + start, .end = base + end,
			.field = (uint8_t)field };
	}
	if (query->pattern == NULL && (field == FIELD_TITLE || field == FIELD_LOT_TITLE || field == FIELD_SUBJECTS))
		ref_stands(r, text, start, query->words.n, hit);
}

static struct ref_hits find(const struct reference *r, const struct query *query)
{
	const struct notice *n = r->notice;
	struct ref_hits hits = { NULL, 0, 0 };
	uint32_t base = 0;

	look(r, query, n->title, 0, 0, FIELD_TITLE, &hits);
	for (size_t i = 0; i < n->subjects.n; i++) {
		look(r, query, n->subjects.at[i], base, 0, FIELD_SUBJECTS, &hits);
		base += (uint32_t)n->subjects.at[i].len + 1;
	}
	look(r, query, n->description, 0, 0, FIELD_DESCRIPTION, &hits);
	look(r, query, n->criteria, 0, 0, FIELD_CRITERIA, &hits);
	look(r, query, n->buyer.name, 0, 0, FIELD_BUYER, &hits);
	for (uint32_t lot = 0; lot < n->n_lots; lot++) {
		look(r, query, n->lots[lot].title, 0, lot + 1, FIELD_LOT_TITLE, &hits);
		look(r, query, n->lots[lot].description, 0, lot + 1, FIELD_LOT_DESCRIPTION, &hits);
	}
	return hits;
}

struct ref_hits ref_find_text(const struct reference *r, struct str text, bool gapped)
{
	struct query query = { .words = ref_words_of(r, text), .exact = str_starts(text, "="), .gapped = gapped };

	if (query.words.n > PHRASE_WORDS_MAX)
		query.words.n = PHRASE_WORDS_MAX;
	return find(r, &query);
}

/* Codes of the branch, or its very own code. A lot's codes speak for the lot, but for the main one. */
struct ref_hits ref_find_cpv(const struct reference *r, struct str branch, bool own)
{
	const struct notice *n = r->notice;
	struct ref_hits hits = { NULL, 0, 0 };
	uint32_t start = 0;

	for (size_t i = 0; i < n->cpv.n; i++) {
		struct str code = n->cpv.at[i], digits = cpv_significant(code);
		bool meets = own ? str_eq(digits, branch)
				 : digits.len >= branch.len &&
					   str_eq(str_sub(digits, 0, branch.len), branch);
		bool in_lot = false;

		for (uint32_t scope = (uint32_t)n->n_lots + 1; meets && scope-- > 0;) {
			bool here = scope > 0 ? codes_has(&n->lots[scope - 1].cpv, code)
					      : i == 0 || !in_lot;

			in_lot |= scope > 0 && here;
			if (!here)
				continue;
			arena_grow(r->arena, hits.at, hits.n, &hits.capacity);
			hits.at[hits.n++] = (struct hit){ .scope = scope, .start = start,
				.end = start + (uint32_t)code.len, .field = FIELD_CPV };
		}
		start += (uint32_t)code.len + 1;
	}
	return hits;
}

/* Highest factor, then the notice before the lot, then the field's order; of two CPV codes the first. */
const struct hit *ref_best_of(const struct ref_hits *hits, unsigned fields, uint32_t scope)
{
	const struct hit *best = NULL;

	for (size_t i = 0; i < hits->n; i++) {
		const struct hit *hit = &hits->at[i];

		if ((hit->scope != 0 && hit->scope != scope) || (fields & 1u << hit->field) == 0)
			continue;
		if (best == NULL || field_factor(hit->field) > field_factor(best->field) ||
			(field_factor(hit->field) == field_factor(best->field) &&
				(hit->scope < best->scope ||
					(hit->scope == best->scope && hit->field < best->field))))
			best = hit;
	}
	return best;
}

struct ref_hits ref_term_hits(const struct reference *r, const struct rule_line *line, size_t i)
{
	struct query query = { .pattern = NULL };

	if (line->terms[i].kind == TERM_PATTERN) {
		query.pattern = &line->terms[i];
	} else {
		query.words = ref_words_of(r, line->terms[i].text);
		query.exact = line->terms[i].kind == TERM_EXACT;
	}
	return find(r, &query);
}
