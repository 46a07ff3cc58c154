#include "card.h"

#include "base/buf.h"
#include "base/fold.h"
#include "escape.h"
#include "excerpt.h"
#include "reasons.h"
#include "tender/buyer.h"
#include "tender/place.h"

enum { ALSO_MAX = 4000, PLACES_SHOWN = 3, PLACES_SEEN_MAX = 64, PLACES_MAX = 2000, LOT_ID_WIDTH = 40 };

static const size_t title_widths[DETAILS] = { 240, 240, 160, 100 };
static const size_t name_widths[DETAILS] = { 160, 160, 160, 100 };

static const struct lot *find_lot(const struct notice *notice, const struct receipt *receipt)
{
	if (!receipt || !str_given(receipt->lot))
		return NULL;
	for (size_t i = 0; i < notice->n_lots; i++)
		if (str_eq(notice->lots[i].id, receipt->lot))
			return &notice->lots[i];
	return NULL;
}

static void set_line(
	struct value *map, const char *key, struct str text, const struct card_style *style)
{
	value_set_text(map, key, excerpt_line(text, name_widths[style->detail], style->arena));
}

/* Addresses that lead somewhere; whether there is one, too. */
static void set_links(struct value *map, const struct notice *notice, bool answers)
{
	bool page = address_is_safe(notice->url),
	     documents = address_is_safe(notice->documents_url);

	if (page)
		value_set_text(map, "url", notice->url);
	if (documents)
		value_set_text(map, "documents", notice->documents_url);
	value_set_bool(map, "links", page || documents || answers);
}

/* With marks for the page; without, under its other key, for plain text, where a title stays as it is. */
static void set_title(struct value *map, const char *key, const char *plain_key, struct passage p)
{
	value_set_marked(map, key, p.text, p.spans, p.n_spans);
	value_set_text(map, plain_key, p.text);
}

/* The name, and the city unless the name has it: "Commune de Langogne", "Lycée agricole, Langogne". */
static struct str buyer_line(const struct notice *notice, const struct card_style *style)
{
	const struct party *buyer = &notice->buyer;
	struct str city = fold_text(style->arena, buyer->city);

	if (buyer_is_court(notice))
		return arena_printf(style->arena,
			style->language == ENGLISH ? "not said in the summary (which names the court of appeal: %.*s)"
						   : "absent du résumé (qui cite l’instance de recours : %.*s)",
			STR_ARG(str_clip(buyer->name, 1000)));
	if (city.len == 0 || str_find(fold_text(style->arena, buyer->name), city) != SIZE_MAX)
		return buyer->name;
	if (str_blank_none(buyer->name))
		return buyer->city;
	return arena_printf(style->arena, "%.*s, %.*s", STR_ARG(str_clip(buyer->name, 1000)),
		STR_ARG(str_clip(buyer->city, 200)));
}

/*
 * "Lozère (48), Gard (30)": where the work is done, or where the buyer is when that is not said. The same
 * place comes as a NUTS code and as a department: it is named once.
 */
static struct str place_line(
	const struct notice *notice, const struct card_style *style, size_t *ret_more)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(PLACES_MAX);
	struct codes labels = { NULL, 0, 0 };

	for (size_t i = 0; i < notice->places.n && labels.n < PLACES_SEEN_MAX; i++)
		codes_add(&labels, style->arena, place_label(notice->places.at[i], style->arena));
	if (labels.n == 0 && !str_blank_none(notice->buyer.department))
		codes_add(
			&labels, style->arena, place_label(notice->buyer.department, style->arena));
	for (size_t i = 0; i < labels.n && i < PLACES_SHOWN; i++)
		buf_addf(&out, "%s%.*s", i > 0 ? ", " : "", STR_ARG(str_clip(labels.at[i], 80)));
	*ret_more = labels.n > PLACES_SHOWN ? labels.n - PLACES_SHOWN : 0;
	return labels.n > 0 ? arena_dup(style->arena, buf_str(&out)) : STR_NONE;
}

static void set_what(const struct card_style *style, const struct notice *notice, struct value *map)
{
	size_t more;

	set_line(map, "buyer", buyer_line(notice, style), style);
	set_line(map, "place", place_line(notice, style, &more), style);
	if (more > 0)
		value_set_text(map, "more_places",
			words_number(style->language, (int64_t)more, style->arena));
	value_set_bool(map, "more_places_many", words_plural(style->language, (int64_t)more));
	set_line(map, "what", words_notice(style->language, notice, style->arena), style);
	value_set_text(map, "amount", words_money(style->language, notice->value, style->arena));
	value_set_text(
		map, "amount_kind", str_of(words_value_kind(style->language, notice->value_kind)));
}

static void set_lot(const struct card_style *style, const struct digest_card *card,
	const struct lot *lot, struct value *map)
{
	const struct notice *notice = card->notice;

	if (!lot)
		return;
	value_set_text(map, "lot_id", excerpt_line(lot->id, LOT_ID_WIDTH, style->arena));
	if (notice->n_lots > 1)
		value_set_text(map, "lots",
			words_number(style->language, (int64_t)notice->n_lots, style->arena));
	if (!str_blank_none(lot->title) && !str_eq(lot->title, notice->title))
		set_title(map, "lot_title", "lot_title_plain",
			reasons_marked(style, card->receipt, "lot.title", lot->title,
				title_widths[style->detail]));
	value_set_text(map, "lot_amount", words_money(style->language, lot->value, style->arena));
	value_set_text(
		map, "lot_amount_kind", str_of(words_value_kind(style->language, lot->value_kind)));
}

/* Either may be the one that the deadline's words were made from. */
static bool is_certainty(
	const struct notice *notice, const struct lot *lot, enum deadline_certainty certainty)
{
	return notice->deadline.certainty == certainty ||
	       (lot && lot->deadline.certainty == certainty);
}

static void set_deadline(const struct card_style *style, const struct digest_card *card,
	const struct lot *lot, struct value *map)
{
	int days = card->working_days;
	bool unsure = is_certainty(card->notice, lot, DEADLINE_UNCERTAIN);

	if (!str_given(card->deadline))
		return;
	set_line(map, "deadline", card->deadline, style);
	set_line(map, "deadline_reader", card->deadline_reader, style);
	value_set_bool(map, "unsure_day", unsure);
	value_set_bool(map, "unsure_hour", is_certainty(card->notice, lot, DEADLINE_DAY_ONLY));
	/* days are not counted to a date that nobody should believe */
	value_set_bool(map, "counted", !unsure && !card->uncounted);
	value_set_bool(map, "past", !unsure && days < 0);
	value_set_bool(map, "last_day", !unsure && days == 0);
	if (!unsure && days > 0)
		value_set_text(map, "days", words_number(style->language, days, style->arena));
	value_set_bool(map, "days_many", words_plural(style->language, days));
}

/* "Arrosage (19), Serres (12)" */
static void set_also(const struct card_style *style, const struct digest_card *card, struct value *map)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(ALSO_MAX);

	for (size_t i = 0; i < card->n_also; i++) {
		struct str name = excerpt_line(card->also[i].name, LOT_ID_WIDTH, style->arena);
		struct str score = words_points(style->language, card->also[i].score, style->arena);

		buf_addf(&out, "%s%.*s (%.*s)", i > 0 ? ", " : "", STR_ARG(name), STR_ARG(score));
	}
	if (card->n_also > 0)
		value_set_text(map, "also", arena_dup(style->arena, buf_str(&out)));
}

static void set_innovation(const struct card_style *style, const struct innovation *innovation,
	struct value *map)
{
	const struct innovation_rule *rule = innovation->rule;

	if (innovation->state == INNOVATION_NO)
		return;
	value_set_bool(map, "innovation", true);
	value_set_bool(map, "innovation_eligible", innovation->state == INNOVATION_ELIGIBLE);
	value_set_text(map, "innovation_name",
		str_of(style->language == ENGLISH ? rule->name_en : rule->name_fr));
	value_set_text(map, "innovation_article", str_of(rule->article));
	value_set_text(map, "innovation_decree", str_of(rule->decree));
	value_set_text(map, "innovation_ceiling",
		words_money(style->language, (struct money){ rule->ceiling, "EUR" }, style->arena));
}

/* An amount of a difference, "120000.00 EUR", as people read it; other texts as one line. */
static struct str change_text(
	const struct card_style *style, const struct digest_change *change, struct str text)
{
	bool amount = str_eqz(STR("value"), change->field) || str_eqz(STR("awarded"), change->field);
	struct money money = MONEY_INIT;
	struct str currency = text, number;

	if (amount && str_given(text) && str_cut(&currency, ' ', &number) && str_given(currency) &&
		money_parse(number, currency, &money))
		return words_money(style->language, money, style->arena);
	return excerpt_line(text, name_widths[style->detail], style->arena);
}

static void set_changes(const struct card_style *style, const struct digest_card *card, struct value *map)
{
	struct value *list = value_list(style->arena);

	for (size_t i = 0; i < card->n_changes; i++) {
		const struct digest_change *change = &card->changes[i];
		bool added = !str_given(change->before), removed = !str_given(change->after);
		bool lot = str_eqz(STR("lot"), change->field);
		bool address = str_eqz(STR("documents_url"), change->field);
		struct value *one = value_map(style->arena);
		struct str what = str_of(words_change(style->language, change->field, added, removed));

		if (str_given(change->lot) && !lot)
			what = arena_printf(style->arena, "%.*s (%.*s)", STR_ARG(what),
				STR_ARG(excerpt_line(change->lot, LOT_ID_WIDTH, style->arena)));
		value_set_text(one, "what", what);
		/* an address says nothing to people: the card links to it */
		if (!address && !(lot && removed))
			value_set_text(one, "after", change_text(style, change, change->after));
		if (lot && removed)
			value_set_text(one, "after", change_text(style, change, change->before));
		else if (!address)
			value_set_text(one, "before", change_text(style, change, change->before));
		value_append(list, one);
	}
	value_set(map, "changes", list);
	value_set_bool(map, "changed", card->n_changes > 0);
}

static void set_answers(const struct digest_card *card, struct value *map)
{
	value_set_text(map, "relevant", card->links.relevant);
	value_set_text(map, "not_relevant", card->links.not_relevant);
	value_set_text(map, "explain", card->links.explain);
}

int card_value(const struct card_style *style, const struct digest_card *card, size_t number,
	struct value **ret, struct error *err)
{
	const struct notice *notice = card->notice;
	const struct lot *lot = find_lot(notice, card->receipt);
	size_t title_width = title_widths[style->detail];
	struct value *map = value_map(style->arena);

	value_set_number(map, "number", (long long)number);
	if (!str_blank_none(notice->title))
		set_title(map, "title", "title_plain",
			reasons_marked(style, card->receipt, "title", notice->title, title_width));
	value_set_bool(map, "cancelled", notice->kind == NOTICE_CANCELLATION);
	set_what(style, notice, map);
	set_lot(style, card, lot, map);
	set_deadline(style, card, lot, map);
	if (style->detail != DETAIL_TERSE)
		set_line(map, "published", card->published, style);
	set_line(map, "deadline_before", card->deadline_before, style);
	set_line(map, "reply_to", card->reply_to, style);
	set_links(map, notice, str_given(card->links.relevant));
	set_answers(card, map);
	set_also(style, card, map);
	set_changes(style, card, map);
	set_innovation(style, &card->innovation, map);
	if (card->reminder > 0)
		value_set_text(map, "reminder", words_number(style->language, card->reminder, style->arena));
	value_set_bool(map, "reminder_many", words_plural(style->language, card->reminder));
	if (card->receipt) {
		int r = reasons_set(style, card, lot, title_width, map, err);

		if (r < 0)
			return r;
	}
	*ret = map;
	return 0;
}
