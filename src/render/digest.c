#include "render/digest.h"

#include "base/buf.h"
#include "card.h"
#include "excerpt.h"
#include "render/mail.h"
#include "render/template.h"

enum {
	HTML_GOOD =
		30000, /* bytes: more reads badly on a phone, and large mails get cut by webmails */
	HEADLINE_MAX = 2000,
	LINE_WIDTH = 200,
};

struct maker {
	const struct digest_page *page;
	struct card_style style;
	struct value *root;
	struct str subject;
};

static void set_line(struct maker *m, const char *key, struct str text)
{
	value_set_text(m->root, key, excerpt_line(text, LINE_WIDTH, m->style.arena));
}

/* KEY as a number in words, KEY_many for its plural; nothing for 0. */
static void set_count(
	struct maker *m, struct value *map, const char *key, const char *key_many, int64_t n)
{
	if (n == 0)
		return;
	value_set_text(map, key, words_number(m->style.language, n, m->style.arena));
	value_set_bool(map, key_many, words_plural(m->style.language, n));
}

enum group { UPDATES, REMINDERS, CARDS, LATE, GROUPS };

static enum group group_of(const struct digest_card *card)
{
	return card->update ? UPDATES : card->reminder > 0 ? REMINDERS : card->too_late ? LATE : CARDS;
}

int digest_card_number(const struct digest_page *page, size_t i)
{
	int number = 1;

	for (size_t k = 0; k < page->n_cards; k++) {
		enum group other = group_of(&page->cards[k]), own = group_of(&page->cards[i]);

		number += other < own || (other == own && k < i);
	}
	return number;
}

/* Updates first, then reminders, then what is new, then what is too late; numbers run through. */
static int set_cards(struct maker *m, struct error *err)
{
	static const char *const keys[GROUPS] = { "updates", "reminders", "cards", "late" };
	const struct digest_page *page = m->page;
	size_t number = 0, n[GROUPS] = { 0 };

	for (enum group group = UPDATES; group < GROUPS; group++) {
		struct value *list = value_list(m->style.arena);

		for (size_t i = 0; i < page->n_cards; i++) {
			const struct digest_card *card = &page->cards[i];
			struct value *value;
			int r;

			if (group != group_of(card))
				continue;
			r = card_value(&m->style, card, ++number, &value, err);
			if (r < 0)
				return r;
			value_append(list, value);
			n[group]++;
		}
		value_set(m->root, keys[group], list);
	}
	set_count(m, m->root, "n_updates", "n_updates_many", (int64_t)n[UPDATES]);
	set_count(m, m->root, "n_reminders", "n_reminders_many", (int64_t)n[REMINDERS]);
	value_set_bool(m->root, "head_new", n[UPDATES] + n[REMINDERS] > 0 && n[CARDS] > 0);
	set_count(m, m->root, "n_new", "n_new_many", (int64_t)(n[CARDS] + page->n_more));
	set_count(m, m->root, "n_late", "n_late_many", (int64_t)n[LATE]);
	set_count(m, m->root, "n_more", "n_more_many", (int64_t)page->n_more);
	value_set_bool(m->root, "heartbeat", page->n_cards + page->n_more == 0);
	return 0;
}

static struct value *coverage_value(struct maker *m, const struct digest_coverage *c)
{
	struct value *map = value_map(m->style.arena);
	int64_t missing = c->announced > c->stored ? c->announced - c->stored : 0;

	value_set_text(map, "source", excerpt_line(c->source, LINE_WIDTH, m->style.arena));
	if (c->announced >= 0) {
		value_set_text(map, "announced",
			words_number(m->style.language, c->announced, m->style.arena));
		value_set_bool(
			map, "announced_many", words_plural(m->style.language, c->announced));
	}
	value_set_text(map, "stored", words_number(m->style.language, c->stored, m->style.arena));
	value_set_bool(map, "stored_many", words_plural(m->style.language, c->stored));
	set_count(m, map, "missing", "missing_many", missing);
	value_set_text(
		map, "failing_since", excerpt_line(c->failing_since, LINE_WIDTH, m->style.arena));
	return map;
}

static void set_coverage(struct maker *m)
{
	const struct digest_page *page = m->page;
	struct value *list = value_list(m->style.arena);

	for (size_t i = 0; i < page->n_coverage; i++)
		value_append(list, coverage_value(m, &page->coverage[i]));
	value_set(m->root, "coverage", list);
	value_set_text(m->root, "compared",
		words_number(m->style.language, (int64_t)page->compared, m->style.arena));
	value_set_bool(
		m->root, "compared_many", words_plural(m->style.language, (int64_t)page->compared));
	value_set_bool(m->root, "compared_none", page->compared == 0);
}

static void set_people(struct maker *m)
{
	const struct digest_page *page = m->page;

	set_line(m, "names", str_given(page->names) ? page->names : page->profile->name);
	value_set_bool(m->root, "names_many", page->many);
	set_line(m, "instance", page->instance);
	set_line(m, "day_long", page->day_long);
	set_count(m, m->root, "effort", "effort_many", page->profile->effort_days);
	value_set_text(m->root, "preferences_hint",
		excerpt_line(page->preferences_hint, 600, m->style.arena));
	value_set_text(m->root, "calendar_url", page->calendar_url);
	value_set_text(m->root, "preferences_url", page->preferences_url);
	value_set_text(m->root, "reply_hint", excerpt_line(page->reply_hint, 600, m->style.arena));
	value_set_text(m->root, "unsubscribe_url", page->unsubscribe_url);
}

/* "digest.fr.html" */
static const char *template_name(const struct maker *m, const char *what, const char *kind)
{
	return arena_printf(
		m->style.arena, "%s.%s.%s", what, language_code(m->style.language), kind)
		.ptr;
}

/* What the subject and the first heading say. */
static int set_headline(struct maker *m, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(HEADLINE_MAX);
	struct str headline;
	int r = template_render(template_name(m, m->page->template ? "whyline" : "headline", "txt"), m->root, &out, err);

	if (r < 0)
		return r;
	headline = excerpt_line(buf_str(&out), LINE_WIDTH, m->style.arena);
	value_set_text(m->root, "headline", headline);
	m->subject = arena_printf(
		m->style.arena, "%.*s – %.*s", STR_ARG(headline), STR_ARG(m->page->day));
	value_set_text(m->root, "subject", m->subject);
	return 0;
}

static int fill(struct maker *m, struct error *err)
{
	int r;

	m->root = value_map(m->style.arena);
	r = set_cards(m, err);
	if (r < 0)
		return r;
	set_coverage(m);
	set_people(m);
	return set_headline(m, err);
}

static bool answers_why(const struct digest_page *page)
{
	return str_eqz(str_of(page->template), "why");
}

int digest_render(const struct digest_page *page, struct arena *arena, struct digest_text *ret,
	struct error *err)
{
	/* The tree dies here; only the texts are the caller's. */
	CLEANUP(arena_done) struct arena scratch = ARENA_INIT;
	CLEANUP(buf_done) struct buf text = BUF_INIT(MAIL_BODY_MAX), html = BUF_INIT(MAIL_BODY_MAX);
	struct maker m = {
		.page = page,
		.style = { language_of(page->profile->language), answers_why(page) ? DETAIL_WHOLE : DETAIL_FULL,
			page->rules, &scratch },
	};
	struct digest_text made;
	int r;

	/* With less detail until it is small enough; the last is sent as it is. */
	for (;; m.style.detail++) {
		buf_reset(&html);
		r = fill(&m, err);
		if (r < 0)
			return r;
		r = template_render(template_name(&m, page->template ? page->template : "digest", "html"), m.root, &html, err);
		if (r < 0)
			return r;
		if (html.len < HTML_GOOD || m.style.detail == DETAIL_TERSE)
			break;
	}
	r = template_render(template_name(&m, page->template ? page->template : "digest", "txt"), m.root, &text, err);
	if (r < 0)
		return r;
	made.subject = arena_dup(arena, m.subject);
	made.text = arena_dup(arena, buf_str(&text));
	made.html = arena_dup(arena, buf_str(&html));
	*ret = made;
	return 0;
}
