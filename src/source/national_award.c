/*
 * Who won, in the national formats of BOAMP. MAPA, DSP and DIVERS have elements for it:
 *
 *   attribution/attribution[/lotMarche]/{numLot, resultat/attribue/{titulaire, montant/valeur}}
 *
 * FNSimple has one text (attribution/attributionMarche), which the platforms fill line by line in much
 * the same way: "Lot N° 1 - …", "Nombre d'offres reçues : 3", "Date d'attribution : 01/10/26",
 * "Marché n° : 2026-07" with the company on the next line, "Montant Ht : 12 000,00 Euros". What stands
 * there in other words stays text.
 *
 * All of them, and schema 2.3, are completed by the management block (TITULAIRES) and the flat field
 * `titulaire`: names alone, without saying for which lot. They count where the body names nobody.
 */
#include "base/fold.h"
#include "national.h"
#include "node.h"
#include "tender/ident.h"

struct list {
	struct notice *n;
	struct arena *arena;
	size_t capacity;
};

static struct award *add_award(struct list *list)
{
	return notice_award_add(list->n, list->arena, &list->capacity);
}

static struct party *add_winner(struct award *award, size_t *capacity, struct arena *arena)
{
	struct winner *winner = award_winner_add(award, arena, capacity);

	if (!winner)
		return NULL;
	award->outcome = AWARD_GIVEN;
	return &winner->party;
}

/* days and counts */

day_t national_day(struct str text)
{
	struct str rest = str_trim(text), day, month;
	unsigned d, m, y;

	if (day_parse(rest) != DAY_NONE)
		return day_parse(rest);
	if (!str_cut(&rest, '/', &day) || !str_cut(&rest, '/', &month))
		return DAY_NONE;
	if (!str_to_uint(day, 31, &d) || !str_to_uint(month, 12, &m) ||
		!str_to_uint(str_trim(rest), 9999, &y) || (y > 99 && y < 1900))
		return DAY_NONE;
	return day_from_civil((int)(y < 100 ? y + 2000 : y), (int)m, (int)d);
}

static void set_count(struct award *award, struct str text)
{
	unsigned count;

	if (str_to_uint(str_trim(text), 1000000, &count))
		award->tenders = (int)count;
}

/* elements: MAPA, DSP, DIVERS */

static struct str first_text(const struct xml_node *node, const char *const *paths, size_t n,
	struct arena *arena)
{
	struct str text = STR_NONE;

	for (size_t i = 0; i < n && !str_given(text); i++)
		text = node_text(node, paths[i], arena);
	return text;
}

static void read_holder(const struct xml_node *holder, struct arena *arena, struct party *ret)
{
	static const char *const names[] = { "PersonneMorale", "personneMorale", "denomination",
		"nomOfficiel", "raisonSociale", "nom" };
	static const char *const ids[] = { "siret", "codeIdentificationNational", "siren" };
	static const char *const cities[] = { "adr/ville", "ville" };
	static const char *const postcodes[] = { "adr/cp", "cp" };

	ret->name = first_text(holder, names, LENGTH(names), arena);
	if (!str_given(ret->name))
		ret->name = node_leaves(xml_child(holder, "PersonneMorale"), arena);
	if (!str_given(ret->name))
		ret->name = node_leaves(xml_child(holder, "PersonnePhysique"), arena);
	if (!str_given(ret->name))
		ret->name = node_own_text(holder, arena);
	ret->id = ident_clean(first_text(holder, ids, LENGTH(ids), arena), arena);
	ret->city = first_text(holder, cities, LENGTH(cities), arena);
	ret->postcode = first_text(holder, postcodes, LENGTH(postcodes), arena);
}

static void read_amount(const struct xml_node *amount, struct arena *arena, struct award *award)
{
	struct str currency = xml_attr(amount, "devise");
	struct str text = node_text(amount, "valeur", arena);
	struct money value;

	if (!str_given(text))
		text = node_own_text(amount, arena);
	if (!str_given(currency))
		currency = xml_attr(xml_child(amount, "valeur"), "devise");
	if (str_given(text) &&
		money_parse(text, str_given(currency) ? currency : STR("EUR"), &value) &&
		value.cents > 0)
		award->value = value;
}

static void read_unit(const struct xml_node *unit, struct str whole_count, struct list *list)
{
	static const char *const days[] = { "dateAttribution", "resultat/dateAttribution",
		"resultat/attribue/dateAttribution", "dateDecision" };
	const struct xml_node *result = xml_child(unit, "resultat");
	const struct xml_node *given = xml_child(result, "attribue"), *holder;
	struct award *award = add_award(list);
	struct str count = node_text(unit, "nbOffresRecues", list->arena);
	size_t capacity = 0;

	if (!award)
		return;
	award->lot = national_lot_ref(node_text(unit, "numLot", list->arena), list->arena);
	award->decided = national_day(first_text(unit, days, LENGTH(days), list->arena));
	set_count(award, str_given(count) ? count : whole_count);
	/* infructueux, sansSuite, nonAttribue … */
	if (result && !given && result->child)
		award->outcome = AWARD_NOT_GIVEN;
	for (holder = xml_child(given, "titulaire"); holder; holder = xml_next(holder, "titulaire")) {
		struct party *party = add_winner(award, &capacity, list->arena);

		if (party)
			read_holder(holder, list->arena, party);
	}
	read_amount(xml_child(given, "montant"), list->arena, award);
}

static void read_elements(const struct xml_node *block, struct list *list)
{
	const struct xml_node *inner = xml_child(block, "attribution");
	const struct xml_node *lot = xml_child(inner, "lotMarche");
	struct str count = node_text(block, "autresInformations/nbOffresRecues", list->arena);

	if (!lot && xml_child(inner, "resultat"))
		read_unit(inner, count, list);
	for (; lot; lot = xml_next(lot, "lotMarche"))
		read_unit(lot, STR_NONE, list);
}

/* text: FNSimple */

/* Of "Nombre d'offres reçues : 3" what stands before the colon, folded, and behind it. */
static bool split_label(struct str line, struct arena *arena, struct str *label, struct str *value)
{
	size_t colon = str_find_char(line, ':');

	if (colon == SIZE_MAX)
		return false;
	*label = fold_text(arena, str_sub(line, 0, colon));
	*value = str_trim(str_from(line, colon + 1));
	return true;
}

static bool begins(struct str label, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(label, words[i]))
			return true;
	return false;
}

/* "935 220,00 Euros", "414215 HT": the number at the beginning, up to its last digit. */
static bool leading_amount(struct str text, struct money *ret)
{
	size_t end = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c >= '0' && c <= '9')
			end = i + 1;
		else if (c != ' ' && c != '.' && c != ',' && c != 0xC2 && c != 0xA0 && c != 0xE2 &&
			 c != 0x80 && c != 0xAF)
			break;
	}
	return end > 0 && money_parse(str_sub(text, 0, end), STR("EUR"), ret) && ret->cents > 0;
}

/* "Société d'Exemple, 3 rue du Port, 17000 La Rochelle": a name, and a postcode before the town. */
static bool address_line(struct str line, struct party *ret)
{
	size_t comma = str_find_char(line, ','), last = str_rfind_char(line, ',');
	struct str end = str_trim(str_from(line, last + 1));

	if (comma == SIZE_MAX || comma == 0 || end.len < 7 || !str_digits(str_sub(end, 0, 5)) ||
		end.ptr[5] != ' ')
		return false;
	ret->name = str_trim(str_sub(line, 0, comma));
	ret->postcode = str_sub(end, 0, 5);
	ret->city = str_trim(str_from(end, 6));
	return str_given(ret->name) && ret->name.len > 0;
}

/* "Lot N° 2 - Électricité", "Lot 2 : …": the number behind the word; STR_NONE for another line. */
static struct str lot_header(struct str line, struct arena *arena)
{
	struct folded f = fold(arena, str_clip(line, 200));
	uint32_t i = 1;

	if (f.n_words < 2 || !str_eq(folded_word(&f, 0), STR("lot")))
		return STR_NONE;
	if (str_eq(folded_word(&f, 1), STR("n")) || str_eq(folded_word(&f, 1), STR("no")) ||
		str_eq(folded_word(&f, 1), STR("numero")))
		i = 2;
	if (i >= f.n_words || !str_digits(folded_word(&f, i)) || folded_word(&f, i).len > 4)
		return STR_NONE;
	return folded_word(&f, i);
}

struct text_state {
	struct list *list;
	struct award *award; /* the one the lines are about; NULL: none has begun */
	struct str lot;
	size_t capacity;     /* of its winners */
	bool address_next;   /* the line before was the number of the contract */
};

static struct award *current(struct text_state *s)
{
	if (!s->award) {
		s->award = add_award(s->list);
		s->capacity = 0;
		if (s->award)
			s->award->lot = s->lot;
	}
	return s->award;
}

/* True when the line is one of those with a label. */
static bool labelled_line(struct text_state *s, struct str line)
{
	static const char *const counts[] = { "nombre d offres recues", "nombre d offre" };
	static const char *const decisions[] = { "date d attribution" };
	static const char *const signatures[] = { "date de conclusion", "date de signature",
		"date de notification" };
	static const char *const numbers[] = { "marche n", "numero du marche", "contrat n" };
	static const char *const names[] = { "nom du titulaire", "titulaire", "attributaire" };
	struct str label, value;
	struct award *award;
	struct money amount;

	if (!split_label(line, s->list->arena, &label, &value) || value.len == 0 ||
		!(award = current(s)))
		return false;
	if (begins(label, counts, LENGTH(counts))) {
		set_count(award, value);
	} else if (begins(label, decisions, LENGTH(decisions))) {
		award->decided = national_day(value);
	} else if (begins(label, signatures, LENGTH(signatures))) {
		award->concluded = national_day(value);
	} else if (begins(label, numbers, LENGTH(numbers))) {
		/* A second contract of the same lot has the lot's facts. */
		if (award->n_winners || str_given(award->contract)) {
			struct award facts = *award;

			s->award = NULL;
			award = current(s);
			if (!award)
				return true;
			award->tenders = facts.tenders;
			award->decided = facts.decided;
		}
		award->contract = value;
		s->address_next = true;
	} else if (begins(label, names, LENGTH(names))) {
		struct party *party = add_winner(award, &s->capacity, s->list->arena);

		if (party && !address_line(value, party))
			party->name = value;
	} else if (str_starts(label, "montant") && leading_amount(value, &amount)) {
		if (str_find(label, STR(" max")) != SIZE_MAX)
			award->ceiling = amount;
		else if (str_find(label, STR(" min")) == SIZE_MAX)
			award->value = amount;
	} else {
		return false;
	}
	return true;
}

static bool says_nobody(struct str line, struct arena *arena)
{
	struct str text = fold_text(arena, line);

	return str_find(text, STR("infructueu")) != SIZE_MAX ||
	       str_find(text, STR("sans suite")) != SIZE_MAX;
}

static void read_line(struct text_state *s, struct str line)
{
	struct str lot = lot_header(line, s->list->arena);
	struct party found = { .name = STR_NONE }, *party;
	bool expected = s->address_next;

	s->address_next = false;
	if (str_given(lot)) {
		s->lot = national_lot_ref(lot, s->list->arena);
		s->award = NULL;
		current(s);
	} else if (labelled_line(s, line)) {
		return;
	} else if (expected && address_line(line, &found)) {
		party = add_winner(s->award, &s->capacity, s->list->arena);
		if (party)
			*party = found;
	}
	if (says_nobody(line, s->list->arena) && current(s) && !s->award->n_winners)
		s->award->outcome = AWARD_NOT_GIVEN;
}

/* An award of which nothing was understood says less than the text itself. */
static bool says_something(const struct award *award)
{
	return award->n_winners || award->outcome != AWARD_NONE || award->tenders >= 0 ||
	       award->value.cents != MONEY_NONE || award->ceiling.cents != MONEY_NONE ||
	       award->decided != DAY_NONE || award->concluded != DAY_NONE ||
	       str_given(award->contract);
}

static void read_text(struct str text, struct list *list)
{
	struct text_state s = { .list = list };
	struct str rest = text, line;
	size_t kept = 0;

	while (str_cut(&rest, '\n', &line)) {
		line = str_trim(line);
		if (line.len)
			read_line(&s, line);
	}
	for (size_t i = 0; i < list->n->n_awards; i++)
		if (says_something(&list->n->awards[i]))
			list->n->awards[kept++] = list->n->awards[i];
	list->n->n_awards = kept;
}

void national_awards(const struct xml_node *block, struct arena *arena, struct notice *n)
{
	struct list list = { n, arena, 0 };
	struct str text = node_text(block, "attributionMarche", arena);

	if (!block || !str_eq(block->name, STR("attribution")))
		return;
	read_elements(block, &list);
	if (!n->n_awards && str_given(text))
		read_text(text, &list);
}

void national_holders(const struct codes *names, struct arena *arena, struct notice *n)
{
	struct list list = { n, arena, 0 };

	for (size_t i = 0; i < n->n_awards; i++)
		if (n->awards[i].n_winners)
			return;
	/* The only contract has the only name; else which name is whose is not said. */
	if (n->n_awards == 1 && names->n == 1 && n->awards[0].outcome != AWARD_NOT_GIVEN) {
		size_t capacity = 0;
		struct party *party = add_winner(&n->awards[0], &capacity, arena);

		if (party)
			party->name = names->at[0];
		return;
	}
	if (n->n_awards)
		return;
	for (size_t i = 0; i < names->n; i++) {
		struct award *award = add_award(&list);
		size_t capacity = 0;
		struct party *party = award ? add_winner(award, &capacity, arena) : NULL;

		if (party)
			party->name = names->at[i];
	}
}
