#include "gate_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "gates.h"
#include "interned.h"
#include "tender/place.h"

struct row {
	_Alignas(64) struct str id; /* the row is one cache line */
	int64_t value_min, value_max;
	struct divisions divisions; /* of its CPV branches */
	uint64_t fields;   /* a bit for each field of activity it names, which others may share */
	uint32_t places;   /* where its codes begin in `places` */
	uint16_t n_places;
	uint8_t natures;   /* bits of enum notice_nature; 0: all */
	bool any;          /* it has some gate */
};
_Static_assert(sizeof(struct row) == 64, "see above");
_Static_assert(NATURES <= 8 && PROFILE_CODES_MAX <= UINT16_MAX, "they fit into a row");

struct gate_table {
	struct row *rows;
	size_t n;
	struct arena arena;
	struct interned codes; /* places */
	uint32_t *places;      /* their numbers */
	size_t n_places, places_capacity;
};

enum { DIVISION_ODD = 127 };

static struct divisions divisions_of(const struct codes *codes)
{
	struct divisions divisions = { { 0, 0 } };

	for (size_t i = 0; i < codes->n; i++) {
		unsigned division;

		if (codes->at[i].len < 2 || !str_to_uint(str_sub(codes->at[i], 0, 2), 99, &division))
			division = DIVISION_ODD;
		divisions.bits[division / 64] |= UINT64_C(1) << division % 64;
	}
	return divisions;
}

static uint64_t field_bit(struct str slug)
{
	uint64_t hash = str_hash(slug);

	return UINT64_C(1) << (hash ^ hash >> 32) % 64;
}

static struct row row_of(struct gate_table *table, const struct profile *profile)
{
	struct row row = { .id = profile->id, .value_min = profile->value_min,
		.value_max = profile->value_max, .places = (uint32_t)table->n_places,
		.n_places = (uint16_t)profile->places.n, .any = gate_any(profile),
		.divisions = divisions_of(&profile->cpv) };

	for (unsigned nature = NATURE_NONE + 1; nature < NATURES; nature++)
		if (profile->natures[nature])
			row.natures |= (uint8_t)(1u << nature);
	for (size_t i = 0; i < profile->fields.n; i++)
		row.fields |= field_bit(profile->fields.at[i]);
	for (size_t i = 0; i < profile->places.n; i++) {
		uint32_t code = interned_number(&table->codes, profile->places.at[i]);

		arena_grow(&table->arena, table->places, table->n_places, &table->places_capacity);
		table->places[table->n_places++] = code;
	}
	return row;
}

struct gate_table *gate_table_new(const struct profile *const *profiles, size_t n)
{
	struct gate_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		die("out of memory");
	table->rows = table_new(n, sizeof(*table->rows));
	table->n = n;
	for (size_t i = 0; i < n; i++)
		table->rows[i] = row_of(table, profiles[i]);
	return table;
}

void *gate_table_free(struct gate_table *table)
{
	if (table != NULL) {
		free(table->rows);
		interned_done(&table->codes);
		arena_done(&table->arena);
	}
	free(table);
	return NULL;
}

struct str gate_table_id(const struct gate_table *table, uint32_t profile)
{
	return table->rows[profile].id;
}

void gate_table_fetch(const struct gate_table *table, uint32_t profile)
{
	__builtin_prefetch(&table->rows[profile]);
}

enum { NOT_ASKED, NO, YES };

/* As gates.c has it, told by what the notice would let pass. */
void gate_visit_begin(struct gate_visit *visit, const struct gate_table *table,
	const struct notice *notice)
{
	size_t codes = table->codes.n + 1;

	if (visit->n_places < codes) {
		free(visit->places);
		visit->places = malloc(codes);
		if (visit->places == NULL)
			die("out of memory");
		visit->n_places = codes;
	}
	memset(visit->places, NOT_ASKED, codes);
	visit->notice = notice;
	visit->divisions = divisions_of(&notice->cpv);
	visit->natures = 0;
	visit->stated = notice->places.n > 0;
	if (notice->nature != NATURE_NONE)
		visit->natures = 1u << notice->nature;
	for (size_t i = 0; i < notice->n_lots; i++) {
		if (visit->natures != 0)
			visit->natures |= 1u << notice->lots[i].nature;
		visit->stated |= notice->lots[i].places.n > 0;
	}
	visit->anywhere = !visit->stated && !str_given(notice->buyer.department) &&
			  !str_given(notice->buyer.nuts);
}

void gate_visit_done(struct gate_visit *visit)
{
	free(visit->places);
}

static bool meets_some(struct str wanted, const struct codes *places)
{
	for (size_t i = 0; i < places->n; i++)
		if (place_meets(wanted, places->at[i]))
			return true;
	return false;
}

static bool meets(const struct gate_visit *visit, struct str wanted)
{
	const struct notice *notice = visit->notice;

	if (!visit->stated)
		return place_meets(wanted, str_given(notice->buyer.department) ? notice->buyer.department
									       : notice->buyer.nuts);
	if (meets_some(wanted, &notice->places))
		return true;
	for (size_t i = 0; i < notice->n_lots; i++)
		if (meets_some(wanted, &notice->lots[i].places))
			return true;
	return false;
}

static bool place_passes(struct gate_visit *visit, const struct gate_table *table, const struct row *row)
{
	if (row->n_places == 0 || visit->anywhere)
		return true;
	for (size_t i = 0; i < row->n_places; i++) {
		uint32_t code = table->places[row->places + i];

		if (visit->places[code] == NOT_ASKED)
			visit->places[code] = meets(visit, interned_text(&table->codes, code)) ? YES : NO;
		if (visit->places[code] == YES)
			return true;
	}
	return false;
}

bool gate_visit_passes(struct gate_visit *visit, const struct gate_table *table, uint32_t profile)
{
	const struct row *row = &table->rows[profile];

	if (!row->any)
		return true;
	if (row->natures != 0 && visit->natures != 0 && (row->natures & visit->natures) == 0)
		return false;
	return place_passes(visit, table, row) &&
	       gate_value_passes(row->value_min, row->value_max, visit->notice);
}

/* Of two that are not empty; what does not begin with digits is to be looked at. */
static enum division compare(const struct divisions *x, const struct divisions *y)
{
	uint64_t odd = UINT64_C(1) << DIVISION_ODD % 64;

	if (((x->bits[0] & y->bits[0]) | (x->bits[1] & y->bits[1] & ~odd)) != 0)
		return DIVISION_SHARED;
	return (x->bits[1] & y->bits[1] & odd) != 0 ? DIVISION_UNKNOWN : DIVISION_OTHER;
}

static bool has_none(const struct divisions *divisions)
{
	return (divisions->bits[0] | divisions->bits[1]) == 0;
}

enum division gate_visit_meets(const struct gate_visit *visit, const struct gate_table *table, uint32_t profile)
{
	return compare(&visit->divisions, &table->rows[profile].divisions);
}

bool gate_table_field(const struct gate_table *table, uint32_t profile, struct str slug)
{
	return (table->rows[profile].fields & field_bit(slug)) != 0;
}

enum division gate_visit_division(const struct gate_visit *visit, const struct gate_table *table,
	uint32_t profile)
{
	const struct divisions *own = &table->rows[profile].divisions;

	return has_none(&visit->divisions) || has_none(own) ? DIVISION_SHARED : compare(&visit->divisions, own);
}
