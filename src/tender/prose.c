/*
 * deadline_from_prose(): the new deadline in the French of a national correction (DOMAIN 1.8).
 *
 *  1. The prose is folded, so that dates, hours and trade words are read without accents and case.
 *  2. Every date is found, with the hour beside it.
 *  3. Each date gets a role from the words before it: old ("au lieu de"), new ("lire", "reporté
 *     au") or none; and a topic: the deadline ("réception des offres"), something else ("visite",
 *     "questions") or none.
 *  4. The new date of the deadline wins; failing that the only new date without a topic; failing that
 *     the only date said of the deadline. Anything less clear is left unread.
 */
#include "prose.h"
#include "tender/deadline.h"

static bool is_word(const struct prose *p, uint32_t i, const char *text)
{
	return str_eqz(prose_word(p, i), text);
}

static bool phrase_at(const struct prose *p, uint32_t i, const char *phrase)
{
	struct str rest = str_of(phrase), part;

	while (str_cut(&rest, ' ', &part)) {
		struct str w = prose_word(p, i++);

		/* "report*" is any word of that stem */
		if (str_ends(part, "*") ? !(w.len >= part.len - 1 &&
						  str_eq(str_sub(w, 0, part.len - 1),
							  str_sub(part, 0, part.len - 1)))
					: !str_eq(w, part))
			return false;
	}
	return true;
}

static enum prose_role role_word(const struct prose *p, uint32_t i, enum prose_role now)
{
	static const struct {
		const char *phrase;
		enum prose_role role;
	} markers[] = {
		{ "au lieu d*", ROLE_OLD },
		{ "en lieu et place", ROLE_OLD },
		{ "initial*", ROLE_OLD },
		{ "precedemment", ROLE_OLD },
		{ "ancien*", ROLE_OLD },
		{ "supprimer", ROLE_OLD },
		{ "remplacer", ROLE_OLD },
		{ "prealablement", ROLE_OLD },
		{ "non pas", ROLE_OLD },
		{ "lire", ROLE_NEW },
		{ "lisez", ROLE_NEW },
		{ "remplace* par", ROLE_NEW },
		{ "par", ROLE_NEW },
		{ "ajouter", ROLE_NEW },
		{ "report*", ROLE_NEW },
		{ "repouss*", ROLE_NEW },
		{ "prolong*", ROLE_NEW },
		{ "prorog*", ROLE_NEW },
		{ "decal*", ROLE_NEW },
		{ "nouvel*", ROLE_NEW },
		{ "nouveau*", ROLE_NEW },
		{ "desormais", ROLE_NEW },
		{ "devient", ROLE_NEW },
		{ "deviennent", ROLE_NEW },
		{ "est fixe*", ROLE_NEW },
		{ "est avance*", ROLE_NEW },
		{ "avancee au", ROLE_NEW },
		{ "modifie* au", ROLE_NEW },
		{ "modifie* comme", ROLE_NEW },
		{ "mais", ROLE_NEW },
	};

	for (size_t j = 0; j < LENGTH(markers); j++) {
		if (!phrase_at(p, i, markers[j].phrase))
			continue;
		/* "remplacer … par" turns; "par" alone says nothing. */
		if (is_word(p, i, "par") && now != ROLE_OLD)
			return now;
		return markers[j].role;
	}
	return now;
}

static enum prose_topic topic_word(const struct prose *p, uint32_t i, enum prose_topic now)
{
	static const char *const deadline[] = { "offre", "offres", "pli", "plis", "candidature",
		"candidatures", "dlro", "dlrp", "remise", "reception", "depot", "reponse",
		"reponses", "soumission", "soumissions", "limite", "limites", "cloture",
		"participation", "propositions" };
	/* Always something else. */
	static const char *const other[] = { "visite", "visites", "question", "questions",
		"renseignement", "renseignements", "negociation", "negociations", "ouverture",
		"validite", "audition", "auditions", "jury", "echantillons" };
	/* Something else as "date d'exécution", but part of a name in "offres de livraison de repas". */
	static const char *const weak[] = { "publication", "envoi", "parution", "notification",
		"demarrage", "commencement", "debut", "execution", "livraison", "livraisons",
		"maquette", "previsionnelle", "signature", "recours", "reunion" };
	static const char *const dated[] = { "date", "dates", "delai", "delais", "jour", "heure" };
	enum { NEAR = 3 };
	struct str w = prose_word(p, i);

	if (IN_LIST(w, other))
		return TOPIC_OTHER;
	if (IN_LIST(w, weak)) {
		if (now != TOPIC_DEADLINE)
			return TOPIC_OTHER;
		for (uint32_t back = 1; back <= NEAR && back <= i; back++)
			if (IN_LIST(prose_word(p, i - back), dated))
				return TOPIC_OTHER;
		return TOPIC_NONE;
	}
	return IN_LIST(w, deadline) ? TOPIC_DEADLINE : TOPIC_NONE;
}

static bool starts_sentence(const struct prose *p, uint32_t i)
{
	struct str between;

	if (i == 0)
		return true;
	between = str_sub(p->raw, p->folded.words[i - 1].raw_end, p->folded.words[i].raw_start);
	for (size_t j = 0; j < between.len; j++)
		if (between.ptr[j] == '\n' || between.ptr[j] == ';' ||
			(between.ptr[j] == '.' && j + 1 < between.len))
			return true;
	return false;
}

static void judge_dates(struct prose *p)
{
	enum { OTHER_HOLDS = 4 }; /* "ouverture des plis" stays an opening for so many words */
	enum prose_role role = ROLE_NONE;
	enum prose_topic topic = TOPIC_NONE;
	uint32_t other_at = 0;
	size_t next = 0;

	for (uint32_t i = 0; i < p->folded.n_words && next < p->n; i++) {
		struct prose_date *m = &p->at[next];
		enum prose_topic said;

		if (i == m->first) {
			m->role = role;
			m->topic = topic;
			/* "reportée du 6 au 13": the words at the dates decide. */
			if (i > 0 && is_word(p, i - 1, "du") && role == ROLE_NEW &&
				next + 1 < p->n && is_word(p, p->at[next + 1].first - 1, "au"))
				m->role = ROLE_OLD;
			i = m->end - 1;
			next++;
			continue;
		}
		if (is_word(p, i, "rubrique")) {
			role = ROLE_NONE;
			topic = TOPIC_NONE;
		} else if (role == ROLE_NONE && starts_sentence(p, i) && topic == TOPIC_OTHER) {
			topic = TOPIC_NONE;
		}
		role = role_word(p, i, role);
		said = topic_word(p, i, topic);
		if (said == TOPIC_OTHER)
			other_at = i;
		if (said == TOPIC_OTHER ||
			(said == TOPIC_DEADLINE &&
				(topic != TOPIC_OTHER || i > other_at + OTHER_HOLDS ||
					starts_sentence(p, i))))
			topic = said;
	}
}

/* The answer among the dates of that role and topic: all say the same, or the earliest is taken. */
static const struct prose_date *pick(
	const struct prose *p, enum prose_role role, enum prose_topic topic, bool alone)
{
	const struct prose_date *best = NULL;

	for (size_t i = 0; i < p->n; i++) {
		const struct prose_date *m = &p->at[i];
		int64_t at, best_at;

		if (m->role != role || m->topic != topic)
			continue;
		if (!best) {
			best = m;
			continue;
		}
		at = civil_to_utc(&m->civil, 0);
		best_at = civil_to_utc(&best->civil, 0);
		if (alone && at != best_at)
			return NULL;
		if (at < best_at)
			best = m;
	}
	return best;
}

static struct deadline deadline_of(
	const struct prose *p, const struct prose_date *m, struct arena *arena)
{
	struct deadline d = DEADLINE_INIT;
	struct civil c = m->civil;

	/* No hour, and midnight, are the end of that day. */
	if (!m->has_time || c.hour == 24) {
		c.hour = 23;
		c.minute = 59;
		c.second = m->has_time ? 0 : 59;
	}
	d.at = paris_to_utc(&c);
	d.offset_s = paris_offset(d.at);
	d.certainty = m->has_time ? DEADLINE_ASSUMED : DEADLINE_DAY_ONLY;
	d.text = arena_dup(arena, str_sub(p->raw, p->folded.words[m->first].raw_start,
					  p->folded.words[m->end - 1].raw_end));
	return d;
}

struct deadline deadline_from_prose(struct str prose, struct arena *arena)
{
	struct deadline d = DEADLINE_INIT;
	struct prose p = { .raw = str_clip(prose, PROSE_MAX) };
	const struct prose_date *m;

	if (p.raw.len == 0)
		return d;
	p.folded = fold(arena, p.raw);
	prose_find_dates(&p);
	judge_dates(&p);
	m = pick(&p, ROLE_NEW, TOPIC_DEADLINE, false);
	if (!m)
		m = pick(&p, ROLE_NEW, TOPIC_NONE, true);
	if (!m)
		m = pick(&p, ROLE_NONE, TOPIC_DEADLINE, true);
	if (!m)
		return d;
	d = deadline_of(&p, m, arena);
	d.certainty = DEADLINE_CORRECTED;
	return d;
}

/*
 * Do the words close before the date, behind the date before it, say that it is the deadline? "clôture" alone may be
 * a fence, "au plus tard" the end of works: neither is enough, but for "Clôture : 12/10/2026".
 */
static bool is_named(const struct prose *p, size_t date)
{
	static const char *const names[] = { "date* limite*", "limite de", "dlro", "dlrp",
		"remise des offre*", "remise des pli*", "remise des candidature*", "remise des proposition*",
		"reception des offre*", "reception des pli*", "reception des candidature*", "depot des offre*",
		"depot des pli*", "depot des candidature*", "reponse* attendue*", "repondre avant", "cloture le", "cloture des offre*", "cloture des candidature*",
		"cloture des inscription*", "cloture de la consultation", "cloture de l appel", "date* de cloture",
		"parvenir au plus tard", "remis* au plus tard", "recu* au plus tard", "depose* au plus tard",
		"transmis* au plus tard", "adresse* au plus tard" };
	enum { CLOSE = 16 };
	const struct prose_date *m = &p->at[date];
	uint32_t i = date ? p->at[date - 1].end : 0;

	if (m->topic == TOPIC_OTHER || m->role == ROLE_OLD)
		return false;
	if (m->first > i && is_word(p, m->first - 1, "cloture"))
		return true;
	if (m->first > CLOSE && i < m->first - CLOSE)
		i = m->first - CLOSE;
	for (; i < m->first; i++)
		for (size_t j = 0; j < LENGTH(names); j++)
			if (phrase_at(p, i, names[j]))
				return true;
	return false;
}

struct deadline deadline_named(struct str prose, struct arena *arena)
{
	struct prose p = { .raw = str_clip(prose, PROSE_MAX) };
	const struct prose_date *named = NULL;

	if (p.raw.len == 0)
		return (struct deadline)DEADLINE_INIT;
	p.folded = fold(arena, p.raw);
	prose_find_dates(&p);
	judge_dates(&p);
	for (size_t i = 0; i < p.n; i++) {
		const struct prose_date *m = &p.at[i];

		if (m->role == ROLE_NEW && m->topic == TOPIC_DEADLINE)
			return deadline_of(&p, m, arena);
		if (!named && is_named(&p, i))
			named = m;
	}
	return named ? deadline_of(&p, named, arena) : (struct deadline)DEADLINE_INIT;
}

struct deadline deadline_read_words(struct str text, struct arena *arena)
{
	struct deadline d = deadline_read(text, arena);
	struct prose p = { .raw = str_clip(text, PROSE_MAX) };

	if (d.certainty != DEADLINE_NONE || p.raw.len == 0)
		return d;
	p.folded = fold(arena, p.raw);
	prose_find_dates(&p);
	return p.n == 1 ? deadline_of(&p, &p.at[0], arena) : d;
}
