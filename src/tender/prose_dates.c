#include "prose.h"

/* What stands in the original between the words i and i + 1, trimmed. */
static struct str gap(const struct prose *p, uint32_t i)
{
	if (i + 1 >= p->folded.n_words)
		return STR("");
	return str_trim(
		str_sub(p->raw, p->folded.words[i].raw_end, p->folded.words[i + 1].raw_start));
}

static bool number(struct str text, size_t digits_max, unsigned max, int *ret)
{
	unsigned value;

	if (text.len > digits_max || !str_digits(text) || !str_to_uint(text, max, &value))
		return false;
	*ret = (int)value;
	return true;
}

/* dates */

static int month_number(struct str name)
{
	static const struct {
		const char *name;
		int month;
	} months[] = { { "janvier", 1 }, { "janv", 1 }, { "fevrier", 2 }, { "fevr", 2 },
		{ "fev", 2 }, { "mars", 3 }, { "avril", 4 }, { "avr", 4 }, { "mai", 5 },
		{ "juin", 6 }, { "juillet", 7 }, { "juil", 7 }, { "aout", 8 }, { "septembre", 9 },
		{ "sept", 9 }, { "octobre", 10 }, { "oct", 10 }, { "novembre", 11 }, { "nov", 11 },
		{ "decembre", 12 }, { "dec", 12 } };

	for (size_t i = 0; i < LENGTH(months); i++)
		if (str_eqz(name, months[i].name))
			return months[i].month;
	return 0;
}

static bool is_separator(struct str text)
{
	return text.len == 1 && (text.ptr[0] == '/' || text.ptr[0] == '-' || text.ptr[0] == '.');
}

/* 13/11/2026, 13-11-26, 2026-11-13: the words i, i + 1, i + 2. */
static bool numeric_date(const struct prose *p, uint32_t i, struct civil *c)
{
	struct str first = prose_word(p, i), third = prose_word(p, i + 2);

	if (!is_separator(gap(p, i)) || !str_eq(gap(p, i), gap(p, i + 1)))
		return false;
	/* A fourth number in the same row: a telephone, an article. */
	if (str_eq(gap(p, i + 2), gap(p, i)) || (i > 0 && str_eq(gap(p, i - 1), gap(p, i))))
		return false;
	if (first.len == 4)
		return number(first, 4, 9999, &c->year) &&
		       number(prose_word(p, i + 1), 2, 12, &c->month) &&
		       number(third, 2, 31, &c->day);
	if (!number(first, 2, 31, &c->day) || !number(prose_word(p, i + 1), 2, 12, &c->month))
		return false;
	if (third.len == 4)
		return number(third, 4, 9999, &c->year);
	if (third.len != 2 || !number(third, 2, 99, &c->year))
		return false;
	c->year += 2000;
	return true;
}

/* 13 novembre 2026, 1er décembre 2026. */
static bool named_date(const struct prose *p, uint32_t i, struct civil *c)
{
	struct str day = prose_word(p, i);

	if (str_eq(day, STR("1er")))
		c->day = 1;
	else if (!number(day, 2, 31, &c->day))
		return false;
	c->month = month_number(prose_word(p, i + 1));
	return c->month && prose_word(p, i + 2).len == 4 &&
	       number(prose_word(p, i + 2), 4, 9999, &c->year);
}

static bool date_at(const struct prose *p, uint32_t i, struct civil *c)
{
	*c = (struct civil){ 0 };
	if (!numeric_date(p, i, c) && !named_date(p, i, c))
		return false;
	/* Purchases are announced in this century. */
	return c->year >= 2000 && c->year < 2100 &&
	       day_from_civil(c->year, c->month, c->day) != DAY_NONE;
}

/* hours */

/* "12h00", "12h", "12h00mn", in one word. */
static bool glued_hour(struct str text, struct civil *c, bool *ret_minutes)
{
	struct str hour, rest = text;

	if (!str_cut(&rest, 'h', &hour) || !str_given(rest) || !number(hour, 2, 24, &c->hour))
		return false;
	if (str_ends(rest, "min"))
		rest = str_sub(rest, 0, rest.len - 3);
	else if (str_ends(rest, "mn"))
		rest = str_sub(rest, 0, rest.len - 2);
	*ret_minutes = rest.len > 0;
	return rest.len == 0 || number(rest, 2, 59, &c->minute);
}

static const char *const hour_words[] = { "h", "hr", "hrs", "heure", "heures" };

/* An hour at word i; *ret_end is the word behind it. `loose`: "12.00" and a bare "12" count too. */
static bool hour_at(
	const struct prose *p, uint32_t i, bool loose, struct civil *c, uint32_t *ret_end)
{
	struct str text = prose_word(p, i);
	bool minutes = false;

	c->minute = 0;
	*ret_end = i + 1;
	if (str_eq(text, STR("midi")) || str_eq(text, STR("minuit"))) {
		c->hour = text.len == 4 ? 12 : 24;
		return true;
	}
	if (glued_hour(text, c, &minutes)) {
		/* "12h 00" */
		if (!minutes && prose_word(p, i + 1).len == 2 && gap(p, i).len == 0 &&
			number(prose_word(p, i + 1), 2, 59, &c->minute))
			*ret_end = i + 2;
		return true;
	}
	if (!number(text, 2, 24, &c->hour))
		return false;
	if (IN_LIST(prose_word(p, i + 1), hour_words) && gap(p, i).len == 0) {
		*ret_end = i + 2;
		if (prose_word(p, i + 2).len == 2 && gap(p, i + 1).len == 0 &&
			number(prose_word(p, i + 2), 2, 59, &c->minute))
			*ret_end = i + 3;
		return true;
	}
	/* "12 h00" */
	if (prose_word(p, i + 1).len == 3 && str_starts(prose_word(p, i + 1), "h") &&
		gap(p, i).len == 0 &&
		number(str_from(prose_word(p, i + 1), 1), 2, 59, &c->minute)) {
		*ret_end = i + 2;
		return true;
	}
	if (prose_word(p, i + 1).len == 2 && number(prose_word(p, i + 1), 2, 59, &c->minute) &&
		(str_eq(gap(p, i), STR(":")) || (loose && str_eq(gap(p, i), STR("."))))) {
		*ret_end = i + 2;
		/* Seconds add nothing that a person wrote on purpose. */
		if (str_eq(gap(p, i + 1), STR(":")) && prose_word(p, i + 2).len == 2 &&
			str_digits(prose_word(p, i + 2)))
			*ret_end = i + 3;
		return true;
	}
	return false;
}

/* The hour behind a date: "à 12h00", "avant 12:00", "heure : 12 h". */
static void hour_after(const struct prose *p, struct prose_date *m)
{
	static const char *const joints[] = { "a", "avant", "au", "plus", "tard", "le", "l",
		"heure", "heures", "et", "horaire", "jusqu", "de", "limite", "d", "t", "soit",
		"lundi", "mardi", "mercredi", "jeudi", "vendredi" };
	enum { JOINTS_MAX = 5 };
	bool loose = false;

	for (uint32_t i = m->end; i < p->folded.n_words && i <= m->end + JOINTS_MAX; i++) {
		uint32_t end;

		if (hour_at(p, i, loose, &m->civil, &end)) {
			m->has_time = true;
			m->end = end;
			return;
		}
		if (!IN_LIST(prose_word(p, i), joints))
			return;
		loose = str_eqz(prose_word(p, i), "a");
	}
}

/* The hour before a date: "12h00 le vendredi 13/11/2026". */
static void hour_before(const struct prose *p, uint32_t from, struct prose_date *m)
{
	static const char *const joints[] = { "le", "du", "au", "lundi", "mardi", "mercredi",
		"jeudi", "vendredi", "samedi", "dimanche" };
	enum { WORDS_MAX = 6 };
	uint32_t joint = m->first;

	while (joint > from && IN_LIST(prose_word(p, joint - 1), joints))
		joint--;
	if (joint == m->first)
		return;
	for (uint32_t i = joint; i-- > from && joint - i <= WORDS_MAX;) {
		struct civil c = m->civil;
		uint32_t end;

		if (hour_at(p, i, false, &c, &end) && end == joint) {
			m->civil = c;
			m->has_time = true;
		}
	}
}

void prose_find_dates(struct prose *p)
{
	uint32_t from = 0;

	for (uint32_t i = 0; i < p->folded.n_words && p->n < PROSE_DATES_MAX; i++) {
		struct prose_date m = { .first = i, .end = i + 3 };

		if (!date_at(p, i, &m.civil))
			continue;
		hour_after(p, &m);
		if (!m.has_time)
			hour_before(p, from, &m);
		p->at[p->n++] = m;
		from = m.end;
		i = m.end - 1;
	}
}
