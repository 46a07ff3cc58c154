#include "fields.h"

#include <string.h>

#include "base/buf.h"

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

/* Hour, quiet days and reminders; mailing_check() says what is wrong with them. */
static int take_mailing(const struct visit *v, struct mailing *mailing, struct error *err)
{
	struct str hour = str_trim(visit_field(v, "hour")), own = str_trim(visit_field(v, "quiet_days"));
	struct str reminders = visit_field(v, "reminders"), word, quiet = own;
	size_t at = 0;

	mailing->send_at = hour.len > 0 ? mailing_hour_parse(hour) : MAILING_HOUR_OF_INSTANCE;
	if (hour.len > 0 && mailing->send_at < 0)
		return error_set(err, ERROR_INPUT, "%s",
			say(v, "l’heure s’écrit 07:30", "an hour is written 07:30"));
	while (str_given(word = visit_each_field(v, "quiet", &at)))
		quiet = arena_printf(v->arena, "%.*s %.*s", STR_ARG(word), STR_ARG(quiet));
	mailing->quiet = str_trim(quiet).len > 0 ? str_trim(quiet) : STR_NONE;
	if (str_given(reminders))
		mailing->reminders = str_trim(reminders);
	return 0;
}

int fields_take(const struct visit *v, struct profile *profile, struct error *err)
{
	struct str zone = str_trim(visit_field(v, "timezone")), language = visit_field(v, "language");
	struct str description = visit_field(v, "description"), effort = visit_field(v, "effort_days");
	unsigned days;

	if (!cadence_parse(visit_field(v, "cadence"), &profile->cadence))
		return error_set(err, ERROR_INPUT, "%s", say(v, "choisissez un rythme", "choose how often"));
	if (!v->web->host.zone_known(zone))
		return error_set(err, ERROR_INPUT, say(v, "« %.*s » n’est pas un fuseau comme Europe/Paris",
			"“%.*s” is no zone like Europe/Paris"), STR_ARG(str_clip(zone, 60)));
	if (!str_eqz(language, "fr") && !str_eqz(language, "en"))
		return error_set(err, ERROR_INPUT, "%s", say(v, "choisissez une langue", "choose a language"));
	if (!str_to_uint(str_trim(effort), EFFORT_MAX, &days))
		return error_set(err, ERROR_INPUT, say(v, "les jours ouvrés vont de 0 à %d",
			"working days go from 0 to %d"), EFFORT_MAX);
	if (take_mailing(v, &profile->mailing, err) < 0)
		return -(int)err->kind;
	profile->timezone = zone;
	profile->language = language;
	profile->effort_days = (int)days;
	if (str_given(description))
		profile->description = str_trim(description).len > 0 ? str_trim(description) : STR_NONE;
	take_list(v, "keywords", &profile->keywords);
	take_list(v, "exclude", &profile->exclude);
	take_list(v, "places", &profile->places);
	take_natures(v, profile);
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
}
