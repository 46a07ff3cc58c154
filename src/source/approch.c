#include "approch.h"

#include "base/buf.h"
#include "base/fold.h"
#include "node.h"
#include "tender/cpv.h"
#include "tender/ident.h"
#include "tender/place.h"
#include "unread.h"

enum { SIREN_DIGITS = 9 };

bool approch_is_record(const struct json_value *value)
{
	return json_get(value, "code") && json_get(value, "libelle") &&
	       json_get(value, "siren_de_l_entite_acheteuse");
}

static struct str text_of(const struct json_value *record, const char *key, struct arena *arena)
{
	/* A copy: the document goes before the notice does. */
	return notice_text_repair(
		arena_dup(arena, json_scalar(json_get(record, key), arena)), arena);
}

/* The portal delivers it as a number, zeros in front lost. */
static struct str siren_of(struct str number, struct arena *arena)
{
	char digits[SIREN_DIGITS];

	if (!str_digits(number) || number.len > SIREN_DIGITS)
		return ident_clean(number, arena);
	for (size_t i = 0; i < SIREN_DIGITS; i++) {
		size_t lost = SIREN_DIGITS - number.len;

		digits[i] = '0';
		if (i >= lost)
			digits[i] = number.ptr[i - lost];
	}
	return ident_clean(str_n(digits, SIREN_DIGITS), arena);
}

/* One or several codes, with or without labels between: every run of eight digits. */
static void read_cpv(struct str text, struct arena *arena, struct codes *cpv)
{
	for (size_t i = 0; i < text.len; i++) {
		size_t start = i;

		while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
			i++;
		if (i - start == 8)
			codes_add(cpv, arena, cpv_parse(str_sub(text, start, i), arena));
	}
}

/* "75|92", "Paris (75)|2A", "tous". */
static void read_places(struct str text, struct arena *arena, struct codes *places)
{
	struct str rest = text, part;

	if (str_eq_nocase(str_trim(text), STR("tous"))) {
		codes_add(places, arena, STR("FR"));
		return;
	}
	while (str_cut(&rest, '|', &part)) {
		size_t open = str_rfind_char(part, '(');
		const struct department *d;

		if (open != SIZE_MAX && str_ends(str_trim(part), ")")) {
			part = str_trim(str_from(part, open + 1));
			part.len--;
		}
		part = str_trim(part);
		/* "75 - Paris" */
		d = department_find(str_sub(part, 0, str_find_char(part, ' ')));
		if (d)
			codes_add(places, arena, str_of(d->code));
	}
}

/* The number at *pos, blanks between its digits, times its k or M; *pos moves behind it. */
static int64_t read_number(struct str text, size_t *pos)
{
	int64_t value = 0;
	size_t i = *pos;

	for (; i < text.len && ((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == ' ');
		i++)
		if (text.ptr[i] != ' ' && value < INT64_C(100000000000))
			value = value * 10 + (text.ptr[i] - '0');
	*pos = i;
	if (i < text.len && (text.ptr[i] | 0x20) == 'k')
		return value * 1000;
	return i < text.len && text.ptr[i] == 'M' ? value * 1000000 : value;
}

/*
 * A band such as "100k - 500k€": its upper end is what the purchase will not exceed. "> 5M€" has
 * none.
 */
static void read_band(struct str band, struct notice *n)
{
	int64_t last = 0;

	if (str_find_char(band, '>') != SIZE_MAX)
		return;
	for (size_t i = 0; i < band.len;) {
		if (band.ptr[i] >= '0' && band.ptr[i] <= '9')
			last = read_number(band, &i);
		else
			i++;
	}
	if (last > 0 && last <= INT64_C(10000000000000)) {
		n->value = (struct money){ last * 100, "EUR" };
		n->value_kind = VALUE_CEILING;
	}
}

static struct str procedure_of(struct str label, struct arena *arena)
{
	static const struct {
		const char *words, *code;
	} procedures[] = { { "adaptee", "adapted" }, { "appel d offres ouvert", "open" },
		{ "appel d offres restreint", "restricted" },
		{ "dialogue competitif", "comp-dial" }, { "sans publicite", "neg-wo-call" },
		{ "partenariat d innovation", "innovation" },
		{ "avec negociation", "neg-w-call" } };
	struct str text = str_given(label) ? fold_text(arena, label) : STR_NONE;

	for (size_t i = 0; text.len && i < LENGTH(procedures); i++)
		if (str_find(text, str_of(procedures[i].words)) != SIZE_MAX)
			return str_of(procedures[i].code);
	return STR_NONE;
}

/* What is planned, below what is wanted: the reader cannot see it elsewhere. */
static struct str description_of(const struct json_value *record, struct arena *arena)
{
	static const struct {
		const char *key, *label;
	} plans[] = { { "statut", "Statut : " },
		{ "date_previsionnelle_de_publication", "Publication prévue : " },
		{ "date_cible_de_remise_des_offres", "Remise des offres visée : " },
		{ "montant_estime_du_marche", "Montant estimé : " },
		{ "duree_previsionnelle_du_marche", "Durée prévue (mois) : " } };
	CLEANUP(buf_done) struct buf out = BUF_INIT(NOTICE_TEXT_MAX);

	buf_adds(&out, text_of(record, "description", arena));
	for (size_t i = 0; i < LENGTH(plans); i++) {
		struct str text = text_of(record, plans[i].key, arena);

		if (str_given(text))
			buf_addf(&out, "%s%s%.*s", out.len ? "\n" : "", plans[i].label,
				STR_ARG(text));
	}
	return out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

/* The category names the nature in its first word: "Services informatiques". */
static enum notice_nature nature_of(struct str category, struct arena *arena)
{
	struct str text = str_given(category) ? fold_text(arena, category) : STR_NONE;

	if (str_starts(text, "travaux"))
		return NATURE_WORKS;
	if (str_starts(text, "fourniture"))
		return NATURE_SUPPLIES;
	return str_starts(text, "service") || str_starts(text, "prestation") ? NATURE_SERVICES
									     : NATURE_NONE;
}

int approch_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
{
	static const char *const names[] = { "entite_acheteuse", "nom_de_l_entite_acheteuse",
		"libelle_de_l_entite_acheteuse" };
	CLEANUP(json_freep) struct json *document = NULL;
	const struct json_value *record, *places;
	struct notice n;
	int r = json_parse(bytes, &document, err);

	if (r < 0)
		return r;
	record = json_root(document);
	notice_init(&n);
	notice_set_id(&n, arena, STR("approch"), text_of(record, "code", arena));
	n.kind = n.stage = NOTICE_PLANNING;
	n.language = STR("fr");
	n.notice_type = text_of(record, "statut", arena);
	n.title = text_of(record, "libelle", arena);
	if (!str_given(n.title))
		return error_set(err, ERROR_INPUT, "the APProch record has no libelle");
	n.description = description_of(record, arena);
	n.buyer.id = siren_of(text_of(record, "siren_de_l_entite_acheteuse", arena), arena);
	for (size_t i = 0; i < LENGTH(names) && !str_given(n.buyer.name); i++)
		n.buyer.name = text_of(record, names[i], arena);
	n.nature = nature_of(text_of(record, "categorie_d_achat", arena), arena);
	for (size_t i = 0; i < json_count(json_get(record, "code_s_cpv")); i++)
		read_cpv(json_scalar(json_at(json_get(record, "code_s_cpv"), i), arena), arena,
			&n.cpv);
	places = json_get(record, "departement_s_d_execution_du_marche");
	for (size_t i = 0; i < json_count(places); i++)
		read_places(json_scalar(json_at(places, i), arena), arena, &n.places);
	read_band(text_of(record, "montant_estime_du_marche", arena), &n);
	n.procedure = procedure_of(text_of(record, "type_de_procedure", arena), arena);
	n.innovative = str_eq(n.procedure, STR("innovation"));
	n.url = node_url(text_of(record, "lien_vers_la_consultation", arena), arena);
	r = notice_finish(&n, arena, err);
	if (r < 0)
		return r;
	unread_members(record, UNREAD_APPROCH, arena, &n.unread);
	*ret = n;
	return 0;
}
