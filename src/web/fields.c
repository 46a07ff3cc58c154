#include "fields.h"

#include <string.h>

#include "base/buf.h"
#include "tender/place.h"

enum { LINES_MAX = 64 << 10, EFFORT_MAX = 200 };

const char *say(const struct visit *v, const char *french, const char *english)
{
	return str_eqz(v->language, "en") ? english : french;
}

struct codes field_list(struct str text, struct arena *arena)
{
	struct codes codes = { NULL, 0, 0 };
	size_t start = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && strchr("\n,;", text.ptr[i]) == NULL)
			continue;
		codes_add(&codes, arena, str_trim(str_sub(text, start, i)));
		start = i + 1;
	}
	return codes;
}

struct str field_lines(const struct codes *codes, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(LINES_MAX);

	for (size_t i = 0; i < codes->n; i++)
		buf_addf(&out, "%s%.*s", i > 0 ? "\n" : "", STR_ARG(codes->at[i]));
	return arena_dup(arena, buf_str(&out));
}

static void take_list(const struct visit *v, const char *name, struct codes *ret)
{
	struct str text = visit_field(v, name);

	if (str_given(text))
		*ret = field_list(text, v->arena);
}

static void take_natures(const struct visit *v, struct profile *profile)
{
	enum notice_nature nature;
	struct str name;
	size_t at = 0;

	memset(profile->natures, 0, sizeof(profile->natures));
	while (str_given(name = visit_each_field(v, "nature", &at)))
		if (notice_nature_parse(name, &nature))
			profile->natures[nature] = true;
}

/* "2026-12-24, 2026-12-31" and "7,2" as words. */
static struct str words_of(const struct visit *v, struct str text)
{
	char *words;

	if (!str_given(text))
		return text;
	words = arena_alloc(v->arena, text.len + 1);
	for (size_t i = 0; i < text.len; i++)
		words[i] = (char)(strchr("\t\r\n,;", text.ptr[i]) != NULL ? ' ' : text.ptr[i]);
	return str_trim(str_n(words, text.len));
}

static void take_mailing(const struct visit *v, struct mailing *mailing)
{
	struct str hour = str_trim(visit_field(v, "hour")), quiet = words_of(v, visit_field(v, "quiet_days"));
	struct str reminders = words_of(v, visit_field(v, "reminders")), word;
	size_t at = 0;

	mailing->send_at = hour.len > 0 ? mailing_hour_parse(hour) : MAILING_HOUR_OF_INSTANCE;
	while (str_given(word = visit_each_field(v, "quiet", &at)))
		quiet = arena_printf(v->arena, "%.*s %.*s", STR_ARG(word), STR_ARG(quiet));
	mailing->quiet = quiet.len > 0 ? str_trim(quiet) : STR_NONE;
	if (str_given(reminders))
		mailing->reminders = reminders;
}

int fields_take(const struct visit *v, struct profile *profile, struct error *err)
{
	struct str language = visit_field(v, "language"), description = visit_field(v, "description");
	struct str hour = str_trim(visit_field(v, "hour")), zone = str_trim(visit_field(v, "timezone"));
	bool rhythm = cadence_parse(visit_field(v, "cadence"), &profile->cadence);
	unsigned days;

	take_natures(v, profile);
	take_list(v, "keywords", &profile->keywords);
	take_list(v, "exclude", &profile->exclude);
	take_list(v, "places", &profile->places);
	take_mailing(v, &profile->mailing);
	profile->timezone = zone;
	profile->language = language;
	if (str_given(description))
		profile->description = str_trim(description).len > 0 ? str_trim(description) : STR_NONE;
	if (!rhythm)
		return error_set(err, ERROR_INPUT, "%s", say(v, "choisissez un rythme", "choose how often"));
	if (hour.len > 0 && profile->mailing.send_at < 0)
		return error_set(err, ERROR_INPUT, "%s",
			say(v, "l’heure s’écrit 07:30", "an hour is written 07:30"));
	if (!v->web->host.zone_known(zone))
		return error_set(err, ERROR_INPUT, say(v, "« %.*s » n’est pas un fuseau comme Europe/Paris",
			"“%.*s” is no zone like Europe/Paris"), STR_ARG(str_clip(zone, 60)));
	if (!str_eqz(language, "fr") && !str_eqz(language, "en"))
		return error_set(err, ERROR_INPUT, "%s", say(v, "choisissez une langue", "choose a language"));
	if (!str_to_uint(str_trim(visit_field(v, "effort_days")), EFFORT_MAX, &days))
		return error_set(err, ERROR_INPUT, say(v, "les jours ouvrés vont de 0 à %d",
			"working days go from 0 to %d"), EFFORT_MAX);
	profile->effort_days = (int)days;
	return fields_check(v, profile, err);
}

static int check_words(const struct visit *v, const struct codes *words, struct error *err)
{
	if (words->n > PROFILE_TERMS_MAX)
		return error_set(err, ERROR_INPUT, say(v, "une liste a %d mots ou expressions au plus",
			"a list has %d words or phrases at most"), PROFILE_TERMS_MAX);
	for (size_t i = 0; i < words->n; i++)
		if (str_utf8_count(words->at[i]) > PROFILE_TERM_MAX)
			return error_set(err, ERROR_INPUT,
				say(v, "« %.*s… » est trop long : une expression par ligne, de %d caractères au plus",
					"“%.*s…” is too long: one phrase a line, of %d characters at most"),
				STR_ARG(str_clip(words->at[i], 40)), PROFILE_TERM_MAX);
	return 0;
}

static int check_places(const struct visit *v, struct codes *places, struct error *err)
{
	struct codes found = { NULL, 0, 0 };

	if (places->n > PROFILE_CODES_MAX)
		return error_set(err, ERROR_INPUT, say(v, "%d lieux au plus", "%d places at most"),
			PROFILE_CODES_MAX);
	for (size_t i = 0; i < places->n; i++) {
		struct str place = place_named(places->at[i], v->arena);

		if (!str_given(place))
			return error_set(err, ERROR_INPUT,
				say(v, "« %.*s » n’est ni un département (48, Lozère) ni une région (Occitanie)",
					"“%.*s” is neither a department (48, Lozère) nor a region (Occitanie)"),
				STR_ARG(str_clip(places->at[i], 60)));
		codes_add(&found, v->arena, place);
	}
	*places = found;
	return 0;
}

static int check_mailing(const struct visit *v, const struct mailing *mailing, struct error *err)
{
	struct mailing quiet = MAILING_INIT, reminders = MAILING_INIT;
	struct error which = ERROR_INIT;

	quiet.quiet = mailing->quiet;
	if (mailing_check(&quiet, v->arena, &which) < 0)
		return error_set(err, ERROR_INPUT,
			say(v, "un congé s’écrit 2026-12-24, une période 2026-12-24/2027-01-02 ; %d au plus",
				"a day off is written 2026-12-24, a period 2026-12-24/2027-01-02; %d at most"),
			MAILING_QUIET_MAX);
	reminders.reminders = mailing->reminders;
	if (mailing_check(&reminders, v->arena, &which) < 0)
		return error_set(err, ERROR_INPUT,
			say(v, "les rappels s’écrivent 7 2 : %d nombres de jours au plus, de 1 à %d",
				"reminders are written 7 2: %d numbers of days at most, from 1 to %d"),
			MAILING_REMINDERS_MAX, MAILING_REMINDER_DAYS_MAX);
	return 0;
}

int fields_check(const struct visit *v, struct profile *profile, struct error *err)
{
	int r;

	if (profile->name.len > PROFILE_NAME_MAX)
		return error_set(err, ERROR_INPUT, say(v, "le nom dépasse %d caractères",
			"the name is longer than %d characters"), PROFILE_NAME_MAX);
	if (profile->description.len > PROFILE_TEXT_MAX)
		return error_set(err, ERROR_INPUT, "%s",
			say(v, "la description est trop longue", "the description is too long"));
	if (!str_given(profile->description) && profile->keywords.n == 0)
		return error_set(err, ERROR_INPUT, "%s", say(v, "dites ce que vous vendez, ou donnez des mots",
			"say what you sell, or give words"));
	if ((r = check_mailing(v, &profile->mailing, err)) < 0 ||
		(r = check_words(v, &profile->keywords, err)) < 0 ||
		(r = check_words(v, &profile->exclude, err)) < 0 ||
		(r = check_places(v, &profile->places, err)) < 0)
		return r;
	return profile_check(profile, v->arena, err);
}

static struct value *add_choice(const struct visit *v, struct value *list, const char *value,
	const char *label, bool chosen)
{
	struct value *choice = value_map(v->arena);

	value_set_text(choice, "value", str_of(value));
	value_set_text(choice, "label", str_of(label));
	value_set_bool(choice, "chosen", chosen);
	value_append(list, choice);
	return choice;
}

static struct value *cadence_choices(const struct visit *v, const struct profile *profile)
{
	static const char *const labels[CADENCES][2] = {
		[CADENCE_DAILY] = { "Un message par jour au plus", "At most one message a day" },
		[CADENCE_WEEKLY] = { "Un par semaine, le lundi", "One a week, on Mondays" },
		[CADENCE_INSTANT] = { "Dès qu’un marché paraît, groupés au quart d’heure",
			"As purchases appear, grouped by quarter of an hour" },
		[CADENCE_OFF] = { "Aucun message : flux et calendrier seulement",
			"No message: feeds and calendar only" },
	};
	struct value *list = value_list(v->arena);

	for (int i = 0; i < CADENCES; i++)
		add_choice(v, list, cadence_name((enum cadence)i), say(v, labels[i][0], labels[i][1]),
			profile->cadence == (enum cadence)i);
	return list;
}

static struct value *nature_choices(const struct visit *v, const struct profile *profile)
{
	static const char *const labels[NATURES][2] = {
		[NATURE_SERVICES] = { "Services", "Services" },
		[NATURE_SUPPLIES] = { "Fournitures", "Supplies" },
		[NATURE_WORKS] = { "Travaux", "Works" },
	};
	struct value *list = value_list(v->arena);

	for (int i = NATURE_NONE + 1; i < NATURES; i++)
		add_choice(v, list, notice_nature_name((enum notice_nature)i),
			say(v, labels[i][0], labels[i][1]), profile->natures[i]);
	return list;
}

static void show_mailing(const struct visit *v, const struct mailing *mailing, struct value *values)
{
	CLEANUP(buf_done) struct buf reminders = BUF_INIT(64), days = BUF_INIT(1024);
	struct str hour = mailing_hour_format(mailing->send_at, v->arena), rest = mailing->quiet, word;
	int before[MAILING_REMINDERS_MAX];
	size_t n = mailing_reminders(mailing->reminders, before);

	value_set_text(values, "hour", str_given(hour) ? hour : STR(""));
	while (str_given(rest) && str_cut(&rest, ' ', &word)) {
		if (str_eqz(word, "weekends") || str_eqz(word, "holidays"))
			value_set_bool(values, word.ptr[0] == 'w' ? "weekends" : "holidays", true);
		else
			buf_addf(&days, "%s%.*s", days.len > 0 ? " " : "", STR_ARG(word));
	}
	value_set_text(values, "quiet_days", arena_dup(v->arena, buf_str(&days)));
	for (size_t i = 0; i < n; i++)
		buf_addf(&reminders, "%s%d", i > 0 ? " " : "", before[i]);
	value_set_text(values, "reminders", arena_dup(v->arena, buf_str(&reminders)));
}

void fields_show(const struct visit *v, const struct profile *profile, struct value *values)
{
	static const char *const typed[] = { "hour", "quiet_days", "reminders", "timezone", "description",
		"keywords", "exclude", "places", "effort_days" };
	struct value *languages = value_list(v->arena);
	bool english = str_eqz(profile->language, "en");

	add_choice(v, languages, "fr", "Français", !english);
	add_choice(v, languages, "en", "English", english);
	value_set(values, "languages", languages);
	value_set(values, "cadences", cadence_choices(v, profile));
	value_set(values, "natures", nature_choices(v, profile));
	show_mailing(v, &profile->mailing, values);
	value_set_text(values, "timezone", profile->timezone);
	value_set_text(values, "description",
		str_given(profile->description) ? profile->description : STR(""));
	value_set_text(values, "keywords", field_lines(&profile->keywords, v->arena));
	value_set_text(values, "exclude", field_lines(&profile->exclude, v->arena));
	value_set_text(values, "places", field_lines(&profile->places, v->arena));
	value_set_number(values, "effort_days", profile->effort_days);
	for (size_t i = 0; i < LENGTH(typed) && v->request->method == HTTPD_POST; i++)
		if (str_given(visit_field(v, typed[i])))
			value_set_text(values, typed[i], visit_field(v, typed[i]));
}

static struct str whole(const struct visit *v, int64_t tenths)
{
	return arena_printf(v->arena, "%lld", (long long)(tenths + 5) / 10);
}

void fields_show_flood(const struct visit *v, const struct web_flood *flood, struct value *values)
{
	bool is = flood->per_week > 0;

	value_set_text(values, "flood", is ? whole(v, flood->per_week) : STR_NONE);
	value_set_text(values, "flood_without", is ? flood->without : STR_NONE);
	value_set_text(values, "flood_left", is ? whole(v, flood->left) : STR_NONE);
}
