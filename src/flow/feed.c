#include "flow/feed.h"

#include "base/buf.h"
#include "gate/json.h"
#include "gate/unicode.h"
#include "render/feed.h"
#include "render/template.h"
#include "store/consent.h"
#include "store/dossier.h"
#include "store/feed.h"
#include "store/match.h"

enum {
	CARD_MAX = 64 << 10,
	CALENDAR_PAST_DAYS = 30, /* deadlines stay so long after they are over */
	TITLE_MAX = 300,
};

struct making {
	struct db *db;
	struct rules *rules;
	const struct feed_request *request;
	struct arena *arena;
	bool english;
	const char *domain;
};

static struct link_whom whom_of(const struct making *m)
{
	return (struct link_whom){ m->request->profile->id, m->request->profile->email };
}

static struct str title_of(const struct making *m, const struct notice *notice)
{
	struct str title = str_clip(notice->title, TITLE_MAX);

	if (str_blank_none(title))
		title = m->english ? STR("(no title)") : STR("(sans titre)");
	return title;
}

/* items */

static int card_html(const struct making *m, const struct digest_card *card, struct str *ret,
	struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(CARD_MAX);
	struct value *value;
	int r = feed_card_value(m->request->profile, m->rules, card, false, m->arena, &value, err);

	if (r >= 0)
		r = template_render(m->english ? "card.en.html" : "card.fr.html", value, &out, err);
	if (r >= 0)
		*ret = arena_dup(m->arena, buf_str(&out));
	return r;
}

static struct str plain_text(const struct making *m, const struct digest_card *card)
{
	const struct notice *notice = card->notice;
	struct str deadline = str_given(card->deadline) ? card->deadline
		: m->english ? STR("not said") : STR("non indiquée");

	return arena_printf(m->arena, "%.*s\n%s : %.*s\n%.*s", STR_ARG(notice->buyer.name),
		m->english ? "Deadline" : "Échéance", STR_ARG(deadline),
		STR_ARG(feed_reasons(m->request->profile, m->rules, card->receipt, m->arena)));
}

static int make_item(const struct making *m, const struct feed_row *row, struct feed_item *ret,
	struct error *err)
{
	struct digest_card card;
	int r = card_make(m->db, m->request->profile, row->notice, m->request->now, m->arena, &card, err);

	if (r != 0)
		return r;
	card.uncounted = true;
	*ret = (struct feed_item){
		.id = arena_printf(m->arena, "tag:%s,2026:%.*s/%.*s", m->domain,
			STR_ARG(m->request->profile->id), STR_ARG(row->notice)),
		.url = link_card(m->request->links, whom_of(m), row->notice, LINK_CARD_EXPLAIN, m->arena),
		.title = title_of(m, card.notice),
		.text = plain_text(m, &card),
		.author = card.notice->buyer.name,
		.published = row->first_matched,
		.updated = row->updated,
	};
	if (!str_given(ret->url))
		ret->url = card.notice->url;
	return card_html(m, &card, &ret->html, err);
}

static int make_feed(const struct making *m, struct feed *ret, struct error *err)
{
	const struct feed_request *request = m->request;
	struct feed_item *items;
	struct feed_row *rows;
	int64_t generation;
	size_t n;
	int r = store_feed_items(m->db, request->profile->id, FEED_ITEMS_MAX, m->arena, &rows, &n, err);

	if (r >= 0)
		r = store_feed_generation(m->db, request->profile->id, &generation, err);
	if (r < 0)
		return r;
	*ret = (struct feed){
		.id = arena_printf(m->arena, "tag:%s,2026:%.*s", m->domain, STR_ARG(request->profile->id)),
		.title = arena_printf(m->arena, m->english ? "Public purchases for %.*s"
			: "Marchés publics pour %.*s", STR_ARG(request->profile->name)),
		.subtitle = str_of(request->instance),
		.author = str_of(request->instance),
		.language = request->profile->language,
		.self_url = link_feed(request->links, whom_of(m), generation, request->what, m->arena),
		.home_url = request->links->base,
		.updated = 0,
	};
	ret->items = items = arena_array(m->arena, struct feed_item, n);
	for (size_t i = 0; i < n; i++) {
		r = make_item(m, &rows[i], &items[ret->n], err);
		if (r < 0)
			return r;
		if (r == STORE_NONE)
			continue;
		if (items[ret->n].updated > ret->updated)
			ret->updated = items[ret->n].updated;
		ret->n++;
	}
	return 0;
}

/* JSON Feed */

static void put(struct json_writer *w, const char *key, struct str value)
{
	if (!str_given(value))
		return;
	json_key(w, key);
	json_put_str(w, value);
}

static void put_time(struct json_writer *w, const char *key, int64_t at)
{
	char text[TIME_FORMAT_MAX];

	put(w, key, str_of(time_format(at, 0, text)));
}

static void put_authors(struct json_writer *w, struct str name)
{
	if (str_blank_none(name))
		return;
	json_key(w, "authors");
	json_open_array(w);
	json_open_object(w);
	put(w, "name", name);
	json_close_object(w);
	json_close_array(w);
}

static int feed_json(const struct feed *feed, struct arena *arena, struct str *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(FEED_TEXT_MAX);
	struct json_writer w = { .out = &out };
	int r;

	json_open_object(&w);
	put(&w, "version", STR("https://jsonfeed.org/version/1.1"));
	put(&w, "title", feed->title);
	put(&w, "description", feed->subtitle);
	if (feed->home_url.len > 0)
		put(&w, "home_page_url", feed->home_url);
	put(&w, "feed_url", feed->self_url);
	put(&w, "language", feed->language);
	put_authors(&w, feed->author);
	json_key(&w, "items");
	json_open_array(&w);
	for (size_t i = 0; i < feed->n; i++) {
		const struct feed_item *item = &feed->items[i];

		json_open_object(&w);
		put(&w, "id", item->id);
		put(&w, "url", item->url);
		put(&w, "title", item->title);
		put(&w, "content_html", item->html);
		put(&w, "content_text", item->text);
		put_time(&w, "date_published", item->published);
		put_time(&w, "date_modified", item->updated);
		put_authors(&w, item->author);
		json_close_object(&w);
	}
	json_close_array(&w);
	json_close_object(&w);
	buf_addc(&out, '\n');
	r = buf_check(&out, "the feed", err);
	if (r >= 0)
		*ret = arena_dup(arena, buf_str(&out));
	return r;
}

/* calendar */

/* The latest word on the deadline of the lot, else of the whole. */
static struct deadline latest_deadline(const struct notice *notices, size_t n, struct str lot,
	const struct dossier_story *story, const struct notice **ret)
{
	for (size_t i = n; str_given(lot) && i-- > 0;) {
		for (size_t k = 0; k < notices[i].n_lots; k++) {
			const struct lot *l = &notices[i].lots[k];

			if (str_eq(l->id, lot) && l->deadline.at != TIME_NONE) {
				*ret = &notices[i];
				return l->deadline;
			}
		}
	}
	for (size_t i = n; i-- > 0;) {
		if (notices[i].deadline.at == story->deadline.at) {
			*ret = &notices[i];
			break;
		}
	}
	return story->deadline;
}

static int make_event(const struct making *m, const struct feed_dossier *dossier,
	struct calendar_event *ret, struct error *err)
{
	struct dossier_story story;
	struct deadline deadline;
	struct notice *notices;
	const struct notice *notice;
	struct digest_card card;
	size_t n;
	int r = store_dossier_notices(m->db, dossier->dossier, m->arena, &notices, &n, err);

	if (r < 0 || n == 0)
		return r < 0 ? r : STORE_NONE;
	dossier_sort(notices, n);
	story = dossier_story(notices, n, m->request->now);
	notice = &notices[n - 1];
	deadline = latest_deadline(notices, n, dossier->lot, &story, &notice);
	if (deadline.at == TIME_NONE ||
		deadline.at < m->request->now - (int64_t)CALENDAR_PAST_DAYS * 86400)
		return STORE_NONE;
	r = card_make(m->db, m->request->profile, notice->id, m->request->now, m->arena, &card, err);
	if (r != 0)
		return r;
	*ret = (struct calendar_event){
		.uid = arena_printf(m->arena, "%.*s%s%.*s@%s", STR_ARG(dossier->first),
			str_given(dossier->lot) ? "/" : "", STR_ARG(dossier->lot), m->domain),
		.sequence = (int)dossier->sequence,
		.changed = dossier->changed,
		.at = deadline.at,
		.all_day = deadline.certainty == DEADLINE_DAY_ONLY,
		.day = paris_day(deadline.at),
		.cancelled = story.state == DOSSIER_CANCELLED,
		.uncertain = deadline.certainty == DEADLINE_UNCERTAIN,
		.title = title_of(m, notice),
		.description = plain_text(m, &card),
		.url = link_card(m->request->links, whom_of(m), notice->id, LINK_CARD_EXPLAIN, m->arena),
		.place = notice->buyer.city,
	};
	if (!str_given(ret->url))
		ret->url = notice->url;
	return 0;
}

static int make_calendar(const struct making *m, struct feed_text *ret, struct error *err)
{
	struct calendar calendar = { .language = m->request->profile->language };
	struct calendar_event *events;
	struct feed_dossier *rows;
	size_t n;
	int r = store_feed_dossiers(m->db, m->request->profile->id, m->arena, &rows, &n, err);

	if (r < 0)
		return r;
	calendar.product = arena_printf(m->arena, "-//Appariteur//%s//%s", APPARITEUR_VERSION,
		m->english ? "EN" : "FR");
	calendar.name = arena_printf(m->arena, m->english ? "Deadlines of public purchases, %.*s"
		: "Échéances de marchés publics, %.*s", STR_ARG(m->request->profile->name));
	calendar.events = events = arena_array(m->arena, struct calendar_event, n);
	for (size_t i = 0; i < n && calendar.n < CALENDAR_EVENTS_MAX; i++) {
		r = make_event(m, &rows[i], &events[calendar.n], err);
		if (r < 0)
			return r;
		if (r == STORE_NONE)
			continue;
		if (ret->changed == TIME_NONE || events[calendar.n].changed > ret->changed)
			ret->changed = events[calendar.n].changed;
		calendar.n++;
	}
	ret->content_type = "text/calendar; charset=utf-8";
	return calendar_format(&calendar, m->arena, &ret->body, err);
}

int feed_make(struct db *db, struct card_rules *rules, const struct feed_request *request,
	struct arena *arena, struct feed_text *ret, struct error *err)
{
	struct making m = { .db = db, .request = request, .arena = arena };
	size_t at = str_rfind_char(str_of(request->from), '@');
	struct feed feed;
	int r = card_rules_load(rules, db, err);

	*ret = (struct feed_text){ .changed = TIME_NONE };
	m.rules = rules->rules;
	m.english = str_eqz(request->profile->language, "en");
	m.domain = at == SIZE_MAX ? "localhost" : request->from + at + 1;
	if (r < 0)
		return r;
	if (request->what == LINK_FEED_CALENDAR)
		return make_calendar(&m, ret, err);
	r = make_feed(&m, &feed, err);
	if (r < 0)
		return r;
	if (feed.n > 0)
		ret->changed = feed.updated;
	ret->content_type = request->what == LINK_FEED_ATOM ? "application/atom+xml; charset=utf-8"
							    : "application/feed+json; charset=utf-8";
	return request->what == LINK_FEED_ATOM ? feed_atom(&feed, arena, &ret->body, err)
					       : feed_json(&feed, arena, &ret->body, err);
}
