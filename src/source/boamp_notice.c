#include "boamp_notice.h"

#include "base/fold.h"
#include "eforms.h"
#include "national.h"
#include "node.h"
#include "tender/place.h"

/* Keep alphabetized. */
static const struct boamp_format formats[] = {
	{ "DIVERS", boamp_dsp_read },
	{ "DSP", boamp_dsp_read },
	{ "EFORMS", boamp_eforms_read },
	{ "FNSimple", boamp_fnsimple_read },
	{ "MAPA", boamp_mapa_read },
};

/* codes of the management block (DOMAIN 1.4) */

static const struct {
	const char *nature;
	enum notice_kind stage;
} stages[] = {
	{ "ATTRIBUTION", NOTICE_RESULT },
	{ "MODIFICATION", NOTICE_RESULT },
	{ "PRE-INFORMATION", NOTICE_PLANNING },
	{ "PERIODIQUE", NOTICE_PLANNING },
	{ "INTENTION_CONCLURE", NOTICE_DIRECT_AWARD },
	{ "EX_ANTE_VOLONTAIRE", NOTICE_DIRECT_AWARD },
};

static enum notice_kind stage_of(struct str nature)
{
	for (size_t i = 0; i < LENGTH(stages); i++)
		if (str_eqz(nature, stages[i].nature))
			return stages[i].stage;
	return NOTICE_COMPETITION;
}

static enum notice_kind kind_of(struct str nature, struct str status, enum notice_kind body_kind)
{
	if (str_eq(nature, STR("ANNULATION")) || str_eq(status, STR("ANNULATION")) ||
		str_eq(status, STR("RECTIFANNUL")) || str_eq(status, STR("AVIS_ANNULE")) ||
		body_kind == NOTICE_CANCELLATION)
		return NOTICE_CANCELLATION;
	if (str_eq(nature, STR("RECTIFICATIF")) || str_eq(status, STR("RECTIFICATIF")))
		return NOTICE_CHANGE;
	return body_kind;
}

static struct str procedure_of(struct str code, struct str detail)
{
	static const struct {
		const char *code, *procedure;
	} procedures[] = { { "OUVERT", "open" }, { "RESTREINT", "restricted" },
		{ "NEGOCIE", "neg-w-call" }, { "PROCEDURE_ADAPTE", "adapted" },
		{ "DIALOGUE_COMPETITIF", "comp-dial" },
		{ "PARTENARIAT_INNOVATION", "innovation" } };

	if (str_eq(code, STR("NEGOCIE")) && str_starts(detail, "SANS_"))
		return STR("neg-wo-call");
	for (size_t i = 0; i < LENGTH(procedures); i++)
		if (str_eqz(code, procedures[i].code))
			return str_of(procedures[i].procedure);
	return STR_NONE;
}

/* One nature, said any number of times; two different ones are none. */
static void merge_nature(enum notice_nature nature, enum notice_nature *merged, bool *mixed)
{
	if (nature == NATURE_NONE)
		return;
	*mixed |= *merged != NATURE_NONE && *merged != nature;
	*merged = nature;
}

/* facts beside the body: the management block, else the flat fields */

struct facts {
	struct str idweb, nature, status, title, buyer, deadline;
	enum notice_nature contract;
	struct str procedure;
	day_t published;
	struct codes holders; /* who won, without saying what */
};

/* Schema 1.10 has its number in the name of its page alone: "11-40989.html". */
static struct str page_stem(struct str name)
{
	return str_sub(name, 0, str_find_char(name, '.'));
}

static void gestion_facts(
	const struct xml_node *gestion, struct arena *arena, struct facts *f, struct notice *n)
{
	const struct xml_node *reference = xml_child(gestion, "REFERENCE");
	const struct xml_node *index = xml_child(gestion, "INDEXATION"), *node;
	bool mixed = false;
	struct xml_walk labels = { 0 }, earlier = { 0 }, older = { 0 }, holders = { 0 };

	f->idweb = node_text(reference, "IDWEB", arena);
	if (!str_given(f->idweb))
		f->idweb = page_stem(node_text(gestion, "NOM_HTML", arena));
	f->nature = node_code(reference, "TYPE_AVIS/NATURE");
	f->status = node_code(reference, "TYPE_AVIS/STATUT");
	f->title = node_text(index, "RESUME_OBJET", arena);
	f->buyer = node_text(index, "NOMORGANISME", arena);
	f->deadline = node_text(index, "DATE_LIMITE_REPONSE", arena);
	f->published = day_parse(str_trim(xml_text(index, "DATE_PUBLICATION")));
	node = xml_find(index, "TYPE_PROCEDURE");
	node = node ? node->child : NULL;
	if (node)
		f->procedure = procedure_of(node->name, node->child ? node->child->name : STR_NONE);
	node = xml_child(index, "NATURE_MARCHE");
	for (node = node ? node->child : NULL; node; node = node->next)
		merge_nature(national_nature(node->name), &f->contract, &mixed);
	if (mixed)
		f->contract = NATURE_NONE;
	while ((node = xml_walk(&labels, index, "DESCRIPTEURS/DESCRIPTEUR/LIBELLE")))
		codes_add(&n->subjects, arena, node_own_text(node, arena));
	while ((node = xml_walk(&holders, index, "TITULAIRES/**/DENOMINATION")))
		codes_add(&f->holders, arena, node_own_text(node, arena));
	while ((node = xml_walk(&earlier, reference, "ANNONCE_ANTERIEUR/IDWEB")))
		notice_link_add(n, arena, LINK_FOLLOWS, node_own_text(node, arena));
	while ((node = xml_walk(&older, gestion, "MARCHE/ANNONCE_ANTERIEUR/REFERENCE/IDWEB")))
		notice_link_add(n, arena, LINK_FOLLOWS, node_own_text(node, arena));
}

static void prefer(struct str *mine, struct str other, struct arena *arena)
{
	if (!str_given(*mine))
		*mine = notice_text_repair(other, arena);
}

static void flat_facts(
	const struct boamp_flat *flat, struct arena *arena, struct facts *f, struct notice *n)
{
	enum notice_nature contract = NATURE_NONE;
	bool mixed = false;

	prefer(&f->idweb, flat->idweb, arena);
	prefer(&f->nature, flat->nature, arena);
	prefer(&f->status, flat->etat, arena);
	prefer(&f->title, flat->objet, arena);
	prefer(&f->buyer, flat->nomacheteur, arena);
	if (f->published == DAY_NONE)
		f->published = day_parse(str_trim(flat->dateparution));
	if (!str_given(f->procedure))
		f->procedure = procedure_of(flat->type_procedure, STR_NONE);
	for (size_t i = 0; i < flat->type_marche.n; i++)
		merge_nature(national_nature(flat->type_marche.at[i]), &contract, &mixed);
	if (f->contract == NATURE_NONE && !mixed)
		f->contract = contract;
	if (n->subjects.n == 0)
		for (size_t i = 0; i < flat->descripteur_libelle.n; i++)
			codes_add(&n->subjects, arena,
				notice_text_repair(flat->descripteur_libelle.at[i], arena));
	if (f->holders.n == 0)
		for (size_t i = 0; i < flat->titulaire.n; i++)
			codes_add(&f->holders, arena,
				notice_text_repair(flat->titulaire.at[i], arena));
	for (size_t i = 0; i < flat->annonce_lie.n; i++)
		notice_link_add(n, arena, LINK_FOLLOWS, flat->annonce_lie.at[i]);
}

/* deadline */

/*
 * The API stamps the Paris wall clock of national notices as UTC (DOMAIN 1.7); European deadlines it
 * converts. So the zone of the flat field counts for the family JOUE alone.
 */
static struct deadline flat_deadline(const struct boamp_flat *flat, struct arena *arena)
{
	struct str text = str_trim(flat->datelimitereponse), naive = text;
	struct deadline d;

	if (str_eq(flat->famille, STR("JOUE")))
		return deadline_read(text, arena);
	if (str_ends(text, "+00:00"))
		naive = str_sub(text, 0, text.len - 6);
	else if (str_ends(text, "Z"))
		naive = str_sub(text, 0, text.len - 1);
	d = deadline_read(naive, arena);
	d.text = text.len ? arena_dup(arena, text) : STR_NONE;
	return d;
}

static bool speaks_of_deadline(struct str prose, struct arena *arena)
{
	static const char *const phrases[] = { " date limite", " dates limites", " heure limite",
		" heures limites", " delai", " remise des ", " reception des ", " depot des " };
	struct folded folded;

	if (!str_given(prose))
		return false;
	folded = fold(arena, prose);
	for (size_t i = 0; i < LENGTH(phrases); i++)
		if (str_find(folded.text, str_of(phrases[i])) != SIZE_MAX)
			return true;
	return false;
}

/* European bodies have theirs in the lots: there is nothing to do when a lot has one. */
static void fill_deadline(const struct boamp_parts *parts, const struct facts *f,
	const struct boamp_body *body, struct arena *arena, struct notice *n)
{
	for (size_t i = 0; i < n->n_lots; i++)
		if (n->lots[i].deadline.certainty != DEADLINE_NONE)
			return;
	n->deadline = deadline_read_words(f->deadline, arena);
	if (n->deadline.certainty == DEADLINE_NONE && str_given(body->deadline))
		n->deadline = deadline_read_words(body->deadline, arena);
	if (n->deadline.certainty == DEADLINE_NONE && str_given(body->prose)) {
		n->deadline = deadline_from_prose(body->prose, arena);
		/* A correction that moves the deadline in words we cannot read. */
		if (n->deadline.certainty == DEADLINE_NONE &&
			speaks_of_deadline(body->prose, arena))
			n->deadline =
				(struct deadline){ TIME_NONE, 0, DEADLINE_UNCERTAIN, STR_NONE };
	}
	if (n->deadline.certainty == DEADLINE_NONE && parts->flat && !str_given(f->deadline))
		n->deadline = flat_deadline(parts->flat, arena);
}

/* places and buyer */

static void fill_places(
	const struct boamp_flat *flat, bool has_body, struct arena *arena, struct notice *n)
{
	const struct codes *departments = &flat->code_departement;
	const struct department *d;

	if (n->places.n == 0) {
		for (size_t i = 0; i < flat->code_departement_prestation.n; i++) {
			d = department_find(flat->code_departement_prestation.at[i]);
			if (d)
				codes_add(&n->places, arena, str_of(d->code));
		}
	}
	/* One department of publication is the buyer's own; several only tell where it was announced. */
	if (!has_body && departments->n == 1 && !str_given(n->buyer.department)) {
		d = department_find(departments->at[0]);
		if (d)
			n->buyer.department = str_of(d->code);
	}
}

/* the notice */

/*
 * A format that is newer than we are is looked through as a DIVERS, and what the management block says
 * stands (DOMAIN 6.2: never drop); so does that of a notice without a body.
 */
static int read_body(const struct xml_node *donnees, struct arena *arena, struct notice *n,
	struct boamp_body *body, struct error *err)
{
	const struct xml_node *inner = donnees ? donnees->child : NULL;

	body->missing = true;
	if (!inner)
		return 0;
	body->missing = false;
	for (size_t i = 0; i < LENGTH(formats); i++)
		if (str_eqz(inner->name, formats[i].name))
			return formats[i].read(inner, arena, n, body, err);
	if (boamp_v230_is_body(donnees))
		return boamp_v230_read(donnees, arena, n, body, err);
	body->missing = true;
	return boamp_dsp_read(inner, arena, n, body, err);
}

int boamp_eforms_read(const struct xml_node *body, struct arena *arena, struct notice *n,
	struct boamp_body *ret, struct error *err)
{
	struct str publication;

	if (!body->child || !eforms_is_root(body->child->name)) {
		ret->missing = true;
		return 0;
	}
	ret->european = true;
	return eforms_fill(body->child, arena, n, &publication, err);
}

/* The facts that the body leaves open, and those that only stand beside it. */
static void complete(const struct boamp_parts *parts, const struct facts *f,
	struct boamp_body *body, struct arena *arena, struct notice *n)
{
	if (!body->european)
		n->stage = n->kind = stage_of(f->nature);
	/* Schema 1.10 tells it in the body alone. */
	if (!str_given(f->nature) && body->changes)
		n->kind = body->cancels ? NOTICE_CANCELLATION : NOTICE_CHANGE;
	n->kind = kind_of(f->nature, f->status, n->kind);
	if (!str_given(n->notice_type))
		n->notice_type = f->nature;
	if (!str_given(n->language))
		n->language = STR("fr");
	prefer(&n->title, f->title, arena);
	prefer(&n->buyer.name, f->buyer, arena);
	if (n->nature == NATURE_NONE)
		n->nature = f->contract;
	if (!str_given(n->procedure))
		n->procedure = f->procedure;
	n->summary = body->missing;
	n->innovative |= str_eq(n->procedure, STR("innovation"));
	if (f->published != DAY_NONE)
		n->published = f->published;
	if ((n->kind == NOTICE_CHANGE || n->kind == NOTICE_CANCELLATION) && str_given(body->prose))
		n->description = str_given(n->description)
					 ? arena_printf(arena, "%.*s\n%.*s", STR_ARG(n->description),
						   STR_ARG(body->prose))
					 : body->prose;
	fill_deadline(parts, f, body, arena, n);
	national_holders(&f->holders, arena, n);
	if (parts->flat) {
		fill_places(parts->flat, !body->missing, arena, n);
		if (!str_given(n->procedure_id))
			n->procedure_id = notice_text_repair(parts->flat->contractfolderid, arena);
	}
}

int boamp_notice_read(
	const struct boamp_parts *parts, struct arena *arena, struct notice *ret, struct error *err)
{
	struct notice n;
	struct facts f = { .published = DAY_NONE };
	struct boamp_body body = { .deadline = STR_NONE };
	int r;

	notice_init(&n);
	r = read_body(parts->donnees, arena, &n, &body, err);
	if (r < 0)
		return r;
	/* A correction changes the notice it names; an award only follows it. */
	if (str_given(body.previous))
		notice_link_add(
			&n, arena, body.changes ? LINK_CHANGES : LINK_FOLLOWS, body.previous);
	if (parts->gestion)
		gestion_facts(parts->gestion, arena, &f, &n);
	if (parts->flat)
		flat_facts(parts->flat, arena, &f, &n);
	if (!str_given(f.idweb))
		return error_set(err, ERROR_INPUT, "the BOAMP notice has no IDWEB");
	notice_set_id(&n, arena, STR("boamp"), f.idweb);
	complete(parts, &f, &body, arena, &n);
	if (n.summary && !str_given(n.title))
		return error_set(err, ERROR_INPUT, "the notice has no title");
	r = notice_finish(&n, arena, err);
	if (r < 0)
		return r;
	*ret = n;
	return 0;
}
