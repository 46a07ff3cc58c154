/*
 * Signing up by double opt-in (RELIABILITY W6, W9). The answer is the same whatever we know of the address
 * and whether a mail leaves: who asks learns nothing, and cannot flood anybody through us.
 */
#include "fields.h"
#include "gate/token.h"
#include "routes.h"
#include "store/consent.h"

enum {
	ASKS_PER_ADDRESS_HOUR = 1,
	ASKS_PER_ADDRESS_DAY = 3,
	SLUG_NAME_MAX = 40,
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
};

static int show(struct visit *v, int status, bool sent, struct str wrong, struct error *err)
{
	static const char *const names[] = { "name", "email", "description", "places" };
	struct value *values = visit_values(v);

	for (size_t i = 0; i < LENGTH(names); i++) {
		struct str text = visit_field(v, names[i]);

		value_set_text(values, names[i], str_given(text) ? text : STR(""));
	}
	value_set_text(values, "here_url", visit_url(v, "/inscription"));
	value_set_bool(values, "sent", sent);
	value_set_text(values, "wrong", wrong);
	return visit_page(v, status, "signup", values, err);
}

int page_signup(struct visit *v, struct error *err)
{
	if (!v->web->settings.signup)
		return visit_page(v, 404, "lost", visit_values(v), err);
	return show(v, 200, false, STR_NONE, err);
}

/* "Rosée des Causses" gives "rosee-des-causses-" and eight digits that nobody can guess. */
static struct str new_slug(const struct visit *v, struct str name)
{
	struct str slug = slug_from(name, SLUG_NAME_MAX, v->arena);

	return arena_printf(v->arena, "%.*s%s%08x", STR_ARG(slug), slug.len > 0 ? "-" : "p",
		(unsigned)(token_random_u64() & 0xffffffff));
}

static int read_profile(struct visit *v, struct profile *ret, struct error *err)
{
	profile_init(ret);
	ret->name = str_trim(visit_field(v, "name"));
	ret->email = str_trim(visit_field(v, "email"));
	ret->description = str_trim(visit_field(v, "description"));
	ret->places = field_list(visit_field(v, "places"), v->arena);
	ret->language = v->language;
	ret->id = new_slug(v, ret->name);
	ret->confirmed = false;
	if (str_blank_none(ret->name))
		return error_set(err, ERROR_INPUT, "%s",
			say(v, "il manque le nom de l’entreprise", "the name of the company is missing"));
	if (!v->web->host.address_valid(ret->email))
		return error_set(err, ERROR_INPUT, "%s",
			say(v, "ce n’est pas une adresse électronique", "this is no e-mail address"));
	if (str_utf8_count(ret->description) < 10)
		return error_set(err, ERROR_INPUT, "%s", say(v, "dites en quelques mots ce que vous vendez",
			"say in a few words what you sell"));
	return fields_check(v, ret, err);
}

/* One household: /24, or /64. Kept as a keyed hash. */
static struct str network_of(struct visit *v)
{
	struct str address = v->request->address;
	size_t colons = 0, end = address.len;

	if (str_find_char(address, ':') == SIZE_MAX) {
		size_t dot = str_rfind_char(address, '.');

		end = dot == SIZE_MAX ? address.len : dot;
	} else {
		for (size_t i = 0; i < address.len; i++) {
			colons += address.ptr[i] == ':';
			if (colons == 4) {
				end = i;
				break;
			}
		}
	}
	return link_address_hash(&v->web->links, str_sub(address, 0, end), v->arena);
}

/* May one more mail leave? */
static int within_caps(struct visit *v, struct str address, struct str network, bool *ret, struct error *err)
{
	const struct web_settings *s = &v->web->settings;
	struct asking_count hour, day;
	int r = store_asking_count(v->db, address, network, v->now - HOUR_S, &hour, err);

	if (r >= 0)
		r = store_asking_count(v->db, address, network, v->now - DAY_S, &day, err);
	if (r < 0)
		return r;
	*ret = hour.address < ASKS_PER_ADDRESS_HOUR && day.address < ASKS_PER_ADDRESS_DAY &&
	       hour.network < s->asks_per_network_hour && day.all < s->asks_per_day;
	return 0;
}

/* What waited for the same address is replaced; a confirmed profile is told of instead of a new one made. */
static int find_known(struct visit *v, struct str email, struct profile *ret, bool *ret_known,
	struct error *err)
{
	struct address_profile *rows;
	size_t n = 0;
	int r = store_address_profiles(v->db, email, v->arena, &rows, &n, err);

	*ret_known = false;
	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (!rows[i].confirmed) {
			r = store_profile_erase(v->db, rows[i].id, err);
		} else if (!*ret_known) {
			r = store_profile_find(v->db, rows[i].id, v->arena, ret, err);
			*ret_known = r == 0;
		}
	}
	return r < 0 ? r : 0;
}

static int enter(struct visit *v, struct profile *profile, struct error *err)
{
	struct str address = link_address_hash(&v->web->links, profile->email, v->arena);
	struct str network = network_of(v);
	bool allowed = false, known = false;
	struct profile stored;
	int r = within_caps(v, address, network, &allowed, err);

	if (r < 0 || !allowed)
		return r;
	r = find_known(v, profile->email, &stored, &known, err);
	if (r >= 0 && !known)
		r = store_profile_put(v->db, profile, v->now, err);
	if (r >= 0 && !known)
		r = store_pending_put(v->db, profile->id, v->now, err);
	if (r >= 0)
		r = store_asking_put(v->db, address, network, v->now, err);
	if (r >= 0)
		r = v->web->host.ask(v->web->host.data, v->db, known ? &stored : profile,
			known ? WEB_ASK_KNOWN : WEB_ASK_CONFIRM, err);
	return r;
}

int page_signup_post(struct visit *v, struct error *err)
{
	struct error wrong = ERROR_INIT;
	struct profile profile;
	int r;

	if (!v->web->settings.signup)
		return visit_page(v, 404, "lost", visit_values(v), err);
	if (read_profile(v, &profile, &wrong) < 0)
		return show(v, 422, false, arena_dup(v->arena, str_of(wrong.text)), err);
	/* a field that people do not see was filled in by a machine: it is answered like the others */
	if (!str_blank_none(visit_field(v, "site")))
		return show(v, 200, true, STR_NONE, err);
	r = visit_begin(v, err);
	if (r >= 0)
		r = enter(v, &profile, err);
	if (r >= 0)
		r = db_commit(v->db, err);
	return r < 0 ? r : show(v, 200, true, STR_NONE, err);
}

/* confirming */

/* Who has not confirmed yet hears whether the words are too wide; who asked for nothing costs no comparing. */
static int show_confirm(struct visit *v, bool done, struct error *err)
{
	struct web_flood flood = { 0, STR_NONE, 0 };
	struct value *values = visit_values(v);
	struct links room;
	int r = 0;

	if (!v->profile.confirmed)
		r = v->web->host.flood(v->web->host.data, v->web->reads, &v->profile, v->arena, &flood, err);
	if (r < 0)
		return r;
	fields_show_flood(v, &flood, values);
	value_set_bool(values, "done", done);
	value_set_text(values, "description",
		str_given(v->profile.description) ? v->profile.description
						  : field_lines(&v->profile.keywords, v->arena));
	value_set_text(values, "preferences_url",
		link_preferences(visit_links(v, &room), visit_whom(v), v->arena));
	return visit_page(v, 200, "confirm", values, err);
}

int page_confirm(struct visit *v, struct error *err)
{
	return show_confirm(v, v->profile.confirmed, err);
}

int page_confirm_post(struct visit *v, struct error *err)
{
	struct str address = link_address_hash(&v->web->links, v->profile.email, v->arena);
	struct profile profile = v->profile;
	int r = visit_begin(v, err);

	profile.confirmed = true;
	if (r >= 0)
		r = store_profile_put(v->db, &profile, v->now, err);
	if (r >= 0)
		r = store_pending_delete(v->db, profile.id, err);
	if (r >= 0)
		r = store_unsuppress(v->db, address, err); /* whoever reads there wants to be written to */
	if (r >= 0)
		r = db_commit(v->db, err);
	return r < 0 ? r : show_confirm(v, true, err);
}
