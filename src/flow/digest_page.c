#include "digest_page.h"

#include <string.h>

#include "flow/fetch.h"
#include "flow/inbox.h"
#include "flow/instance.h"
#include "flow/bench.h"
#include "gate/unicode.h"
#include "render/mail.h"
#include "store/consent.h"
#include "store/digest.h"
#include "store/fetch.h"
#include "store/notice.h"

enum { FIRST_DIGEST_DAYS = 7, DAY_S = 86400 };

static const struct str PARIS = { "Europe/Paris", 12 };

/* What was announced, stored and compared from one instant on. */
struct digest_since {
	int64_t at;
	struct digest_coverage *coverage;
	size_t n;
	int64_t compared;
};

/* the run */

int digest_run_open(struct db *db, const struct digest_settings *settings, int64_t now, bool dry,
	struct digest_run *run, struct error *err)
{
	struct bench bench;
	int r;

	*run = (struct digest_run){ .db = db, .settings = settings, .now = now, .known = TIME_NONE };
	r = bench_open_with(db, NULL, 0, &bench, err);
	if (r < 0)
		return r;
	run->rules = steal(&bench.rules);
	bench_done(&bench);
	if (dry)
		links_init(&run->links, STR_NONE, STR(""));
	else
		r = instance_links(db, str_of(settings->web_url), &run->links, err);
	if (r < 0)
		digest_run_done(run);
	return r;
}

int digest_run_look(struct digest_run *run, int64_t changed_since, struct error *err)
{
	int64_t until = run->now + (int64_t)(MAILING_REMINDER_DAYS_MAX + 1) * DAY_S;
	int r = store_digest_with_updates(run->db, changed_since, &run->arena, &run->with_updates,
		&run->n_with_updates, err);

	return r < 0 ? r : store_digest_with_due(run->db, run->now, until, &run->arena, &run->with_due,
		&run->n_with_due, err);
}

void digest_run_done(struct digest_run *run)
{
	shelf_done(&run->shelf);
	run->rules = rules_free(run->rules);
	links_done(&run->links);
	arena_done(&run->arena);
}

/* coverage */

static const char *source_label(struct str name)
{
	for (size_t i = 0; i < fetch_sources_n; i++)
		if (str_eqz(name, fetch_sources[i].name))
			return fetch_sources[i].label;
	return name.ptr;
}

static void sum_coverage(const struct coverage_row *rows, size_t n, struct digest_coverage *ret)
{
	ret->announced = -1;
	for (size_t i = 0; i < n; i++) {
		ret->stored += rows[i].stored;
		if (rows[i].announced >= 0)
			ret->announced = (ret->announced < 0 ? 0 : ret->announced) + rows[i].announced;
	}
}

static int load_coverage(struct digest_run *run, struct digest_since *since, struct error *err)
{
	struct source_row *sources;
	struct coverage_row *rows;
	size_t n, n_rows;
	int r = store_source_list(run->db, &run->arena, &sources, &n, err);

	if (r < 0)
		return r;
	since->coverage = arena_array(&run->arena, struct digest_coverage, n);
	for (size_t i = 0; i < n; i++) {
		struct digest_coverage *coverage = &since->coverage[since->n];

		if (!sources[i].enabled || sources[i].last_run == TIME_NONE)
			continue;
		r = store_coverage_list(run->db, sources[i].name, paris_day(since->at), paris_day(run->now),
			&run->arena, &rows, &n_rows, err);
		if (r < 0)
			return r;
		coverage->source = str_of(source_label(sources[i].name));
		sum_coverage(rows, n_rows, coverage);
		coverage->failing_since = STR_NONE;
		if (sources[i].failing_since != TIME_NONE)
			coverage->failing_since = unicode_date(UNICODE_DAY, "fr", PARIS,
				sources[i].failing_since, &run->arena);
		since->n++;
	}
	return 0;
}

static int coverage_since(struct digest_run *run, int64_t at, const struct digest_since **ret,
	struct error *err)
{
	struct notice_filter filter;
	struct digest_since since = { .at = at };
	int r;

	for (size_t i = 0; i < run->n_since; i++) {
		if (run->since[i].at == at) {
			*ret = &run->since[i];
			return 0;
		}
	}
	notice_filter_init(&filter);
	filter.stored_since = at;
	r = store_notice_count(run->db, &filter, &since.compared, err);
	if (r >= 0)
		r = load_coverage(run, &since, err);
	if (r < 0)
		return r;
	arena_grow(&run->arena, run->since, run->n_since, &run->since_capacity);
	run->since[run->n_since++] = since;
	*ret = &run->since[run->n_since - 1];
	return 0;
}

/* the frame */

static struct str preferences(const struct digest_run *run, const struct profile *profile,
	struct arena *arena)
{
	return arena_printf(arena,
		str_eqz(profile->language, "en")
			? "To change your words, places or how often you are written to, write to %s."
			: "Pour changer vos mots-clés, vos lieux ou la fréquence, écrivez à %s.",
		run->settings->from);
}

/* "A, B et C": whom the mail is for. */
static struct str names_of(const struct digest_reader *reader, struct arena *arena)
{
	const char *and = str_eqz(reader->rows[0]->profile.language, "en") ? " and " : " et ";
	struct str all = reader->rows[0]->profile.name;

	for (size_t i = 1; i < reader->n; i++)
		all = arena_printf(arena, "%.*s%s%.*s", STR_ARG(all), i + 1 < reader->n ? ", " : and,
			STR_ARG(reader->rows[i]->profile.name));
	return all;
}

struct str digest_host(const struct digest_settings *settings)
{
	struct str from = str_of(settings->from);
	size_t at = str_rfind_char(from, '@');

	return at == SIZE_MAX ? STR("localhost") : str_from(from, at + 1);
}

int digest_frame(struct digest_run *run, const struct digest_reader *reader, struct arena *arena,
	struct digest_page *page, struct error *err)
{
	const struct profile *profile = &reader->rows[0]->profile;
	struct str zone = profile->timezone;
	const char *language = profile->language.ptr;
	const struct link_whom whom = { profile->id, profile->email };
	int64_t generation = 1;
	int r = store_feed_generation(run->db, profile->id, &generation, err);

	if (r < 0)
		return r;
	page->calendar_url = link_feed(&run->links, whom, generation, LINK_FEED_CALENDAR, arena);
	page->profile = profile;
	page->names = names_of(reader, arena);
	page->many = reader->n > 1;
	page->rules = run->rules;
	page->day = unicode_date(UNICODE_DAY, language, zone, run->now, arena);
	page->day_long = unicode_date(UNICODE_WEEKDAY, language, zone, run->now, arena);
	page->instance = str_of(run->settings->instance);
	page->unsubscribe_url = link_unsubscribe(&run->links, profile->id, arena);
	page->preferences_url = link_preferences(&run->links, whom, arena);
	page->preferences_hint = str_given(page->preferences_url) ? STR_NONE : preferences(run, profile, arena);
	page->reply_hint = *run->settings->reply == '\0' ? STR_NONE : str_of(str_eqz(profile->language, "en")
		? "You can answer this mail with a line for a tender: yes 2, no 3, why 1, later 2; or stop."
		: "Vous pouvez répondre à ce message, une ligne par marché : oui 2, non 3, pourquoi 1, plus tard 2 ; ou stop.");
	return 0;
}

int digest_draft(struct digest_run *run, const struct digest_reader *reader, struct arena *arena,
	struct digest_draft *ret, struct error *err)
{
	int64_t from = reader->last_digest != TIME_NONE ? reader->last_digest
							: run->now - FIRST_DIGEST_DAYS * DAY_S;
	const struct digest_since *since;
	int r;

	*ret = (struct digest_draft){ .told = NULL };
	r = digest_cards(run, reader, arena, ret, err);
	if (r >= 0)
		r = coverage_since(run, from, &since, err);
	if (r < 0)
		return r;
	r = digest_frame(run, reader, arena, &ret->page, err);
	if (r < 0)
		return r;
	ret->page.compared = (size_t)since->compared;
	ret->page.coverage = since->coverage;
	ret->page.n_coverage = since->n;
	return 0;
}

struct str digest_sender(const struct digest_run *run, struct str message_id, struct arena *arena)
{
	const struct digest_settings *s = run->settings;

	if (*s->bounce == '\0')
		return str_of(s->from);
	return inbox_address(s->bounce, inbox_token(&run->links, message_id, arena), arena);
}

int digest_message(struct digest_run *run, const struct digest_reader *reader,
	const struct digest_draft *draft, struct str message_id, struct arena *arena,
	struct digest_text *ret_text, struct str *ret_message, struct error *err)
{
	const struct digest_settings *s = run->settings;
	const struct profile *profile = &reader->rows[0]->profile;
	const char *unsubscribe = *s->unsubscribe != '\0' ? s->unsubscribe : s->from;
	struct mail mail = {
		.from_name = str_of(s->from_name),
		.from = str_of(s->from),
		.to = profile->email,
		.date = run->now,
		.date_offset_s = unicode_zone_offset(profile->timezone, run->now),
		.message_id = message_id,
		.list_name = str_of(s->instance),
		.unsubscribe_url = draft->page.unsubscribe_url,
		.language = profile->language,
	};
	int r = digest_render(&draft->page, arena, ret_text, err);

	if (r < 0)
		return r;
	if (*s->reply != '\0')
		mail.reply_to = inbox_address(s->reply, inbox_token(&run->links, message_id, arena), arena);
	mail.subject = ret_text->subject;
	mail.text = ret_text->text;
	mail.html = ret_text->html;
	mail.list_id = arena_printf(arena, "%s.digest.%.*s", cadence_name(profile->cadence),
		STR_ARG(digest_host(s)));
	mail.unsubscribe_mailto = arena_printf(arena, "%s?subject=unsubscribe%%20%.*s%%20%.*s", unsubscribe,
		STR_ARG(profile->id),
		STR_ARG(link_token(&run->links, LINK_UNSUBSCRIBE, (struct link_whom){ profile->id, STR_NONE },
			STR_NONE, arena)));
	return mail_compose(&mail, arena, ret_message, err);
}
