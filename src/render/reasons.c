#include "reasons.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fold.h"
#include "tender/cpv.h"

enum {
	LABEL_WIDTH = 120,
	SUM_MAX = 4000,
	POINTS_COLUMN = 7,
	REASONS_MAX = 200, /* of all of them; a receipt has ten, or thirty */
};

static const size_t excerpt_widths[DETAILS] = { 160, 160, 100, 0 };
static const size_t reasons_shown[DETAILS] = { REASONS_MAX, DIGEST_REASONS_SHOWN, DIGEST_REASONS_SHOWN, 3 };

/* The text of a field as receipts count its bytes (match/receipt.h). */
static struct str field_text(const struct notice *notice, const struct lot *lot, struct str field)
{
	if (str_eqz(field, "title"))
		return notice->title;
	if (str_eqz(field, "description"))
		return notice->description;
	if (str_eqz(field, "criteria"))
		return notice->criteria;
	if (lot && str_eqz(field, "lot.title"))
		return lot->title;
	if (lot && str_eqz(field, "lot.description"))
		return lot->description;
	return STR_NONE; /* codes, names and lists have no sentence around them */
}

bool reasons_is_of_title(const struct reason *reason)
{
	return str_eqz(reason->rule, "own-title");
}

/* A receipt of an older version of the notice may point beside the words. */
static bool stands_in(const struct reason *reason, struct str text)
{
	return !reasons_is_of_title(reason) && reason->start < reason->end && reason->end <= text.len &&
	       str_eq(str_sub(text, reason->start, reason->end), reason->text);
}

static int by_start(const void *a, const void *b)
{
	const struct value_span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Where reasons stand in this field: sorted, those that touch made one. */
static struct value_span *spans_in(const struct receipt *receipt, struct str field, struct str text,
	struct arena *arena, size_t *ret_n)
{
	struct value_span *spans = arena_array(arena, struct value_span, receipt->n_reasons);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < receipt->n_reasons; i++)
		if (str_eq(receipt->reasons[i].field, field) &&
			stands_in(&receipt->reasons[i], text))
			spans[n++] = (struct value_span){ receipt->reasons[i].start,
				receipt->reasons[i].end };
	qsort(spans, n, sizeof(*spans), by_start);
	for (size_t i = 0; i < n; i++)
		if (kept > 0 && spans[i].start <= spans[kept - 1].end) {
			if (spans[i].end > spans[kept - 1].end)
				spans[kept - 1].end = spans[i].end;
		} else {
			spans[kept++] = spans[i];
		}
	*ret_n = kept;
	return spans;
}

struct passage reasons_marked(const struct card_style *style, const struct receipt *receipt,
	const char *field, struct str text, size_t width)
{
	struct value_span *spans = NULL;
	size_t n = 0;

	if (receipt)
		spans = spans_in(receipt, str_of(field), text, style->arena, &n);
	return excerpt_passage(text, excerpt_head(text, width), spans, n, style->arena);
}

/* What has been shown of one field, so that a sentence is shown once. */
struct shown {
	struct str field;
	size_t from, to;
};

struct showing {
	const struct card_style *style;
	const struct receipt *receipt;
	struct shown at[REASONS_MAX + 2]; /* the titles, and a sentence for each reason */
	size_t n;
};

static bool is_shown(const struct showing *s, const struct reason *reason)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->at[i].field, reason->field) && reason->start >= s->at[i].from &&
			reason->end <= s->at[i].to)
			return true;
	return false;
}

static void add_shown(struct showing *s, struct str field, size_t from, size_t to)
{
	s->at[s->n++] = (struct shown){ field, from, to };
}

/* The sentence around the reason's words, unless there is none or it has been shown; true when set. */
static bool set_excerpt(
	struct showing *s, const struct reason *reason, struct str text, struct value *map)
{
	size_t width = excerpt_widths[s->style->detail], n;
	struct value_span *spans;
	struct excerpt e;
	struct passage p;

	if (width == 0 || !str_given(text) || !stands_in(reason, text) || is_shown(s, reason))
		return false;
	e = excerpt_around(text, reason->start, reason->end, width);
	spans = spans_in(s->receipt, reason->field, text, s->style->arena, &n);
	p = excerpt_passage(text, e, spans, n, s->style->arena);
	value_set_marked(map, "excerpt", p.text, p.spans, p.n_spans);
	add_shown(s, reason->field, e.from, e.to);
	return true;
}

static bool same_words(struct str a, struct str b, struct arena *arena)
{
	return str_eq(fold_text(arena, a), fold_text(arena, b));
}

/* Reasons that are no rule's nor a wish's, in words. */
static bool own_label(enum language language, struct str *term)
{
	static const struct {
		const char *reason, *words[2];
	} known[] = {
		{ "own-title", { "part de vos mots", "share of your words" } },
		{ "other-cpv", { "codes CPV d’autres métiers", "CPV codes of other trades" } },
		{ "other-subjects", { "rubriques d’autres métiers", "subjects of other trades" } },
		{ "few-words", { "l’intitulé ne dit presque rien de vos mots", "title and subjects hold hardly a word of yours" } },
		{ "alone", { "rien d’autre ne le confirme : ni un autre de vos mots, ni code, ni rubrique en commun",
				   "nothing else bears it out: no other word of yours, no code or subject in common" } },
		{ "one-word", { "reconnu à un seul de vos mots, dans un achat d’autres métiers",
				      "known by one of your words, in a purchase of other trades" } },
		{ "other-nature", { "nature que vous ne demandez pas", "a nature you do not ask for" } },
	};

	for (size_t i = 0; i < LENGTH(known); i++)
		if (str_eqz(*term, known[i].reason)) {
			*term = str_of(known[i].words[language == ENGLISH]);
			return true;
		}
	return false;
}

/* A rule that is no more still has its name. */
static struct str rule_label(enum language language, const struct rules *rules, struct str name)
{
	const struct rule *rule = rules_find(rules, name);

	return !rule ? name : language == ENGLISH ? rule->label_en : rule->label;
}

/* keyword:="drone" is a keyword, too: this very form */
static struct str bare_keyword(struct str term)
{
	if (str_prefix(&term, "=") && str_prefix(&term, "\"") && str_ends(term, "\""))
		term.len--;
	return term;
}

struct str reasons_name(enum language language, const struct rules *rules, struct str reason,
	struct arena *arena)
{
	bool english = language == ENGLISH;

	if (str_prefix(&reason, "keyword:"))
		return arena_printf(arena, english ? "keyword “%.*s”" : "mot-clé « %.*s »",
			STR_ARG(bare_keyword(reason)));
	if (str_prefix(&reason, "description:"))
		return arena_printf(arena, english ? "your description: “%.*s”" : "votre description : « %.*s »",
			STR_ARG(reason));
	if (str_prefix(&reason, "cpv:"))
		return arena_printf(arena, english ? "your CPV branch %.*s" : "votre branche CPV %.*s",
			STR_ARG(reason));
	return own_label(language, &reason) ? reason : rule_label(language, rules, reason);
}

/*
 * The words that were met; of a descriptor, which is a label of a list, the whole of it: "Informatique
 * (prestations de services)" and not up to the last letter.
 */
static struct str met_words(const struct digest_card *card, const struct reason *reason)
{
	const struct codes *subjects = &card->notice->subjects;

	for (size_t i = 0; str_eqz(reason->field, "subjects") && i < subjects->n; i++)
		if (str_find(subjects->at[i], reason->text) != SIZE_MAX)
			return subjects->at[i];
	return reason->text;
}

static const struct reason *first_code(const struct receipt *receipt)
{
	for (size_t i = 0; i < receipt->n_reasons; i++)
		if (str_eqz(receipt->reasons[i].field, "cpv"))
			return &receipt->reasons[i];
	return NULL;
}

/*
 * What a code stands for. The code lists say more than the division does, which is known in French alone;
 * a card comes with the word for its first code.
 */
static struct str code_label(const struct card_style *style, const struct digest_card *card,
	const struct reason *reason)
{
	if (str_given(card->code_label) && reason == first_code(card->receipt))
		return excerpt_line(card->code_label, LABEL_WIDTH, style->arena);
	return style->language == FRENCH ? str_of(cpv_division_label(reason->text)) : STR_NONE;
}

/*
 * What gave the points: exactly one of keyword, own_words, branch and rule; with the words that were met
 * or the CPV code, unless they say nothing new.
 */
static void set_label(const struct card_style *style, const struct digest_card *card,
	const struct reason *reason, bool has_excerpt, struct value *map)
{
	struct str term = reason->rule,
		   words = excerpt_line(met_words(card, reason), LABEL_WIDTH, style->arena);
	bool is_code = str_eqz(reason->field, "cpv"),
	     says_words = !is_code && !has_excerpt && !reasons_is_of_title(reason);

	if (str_prefix(&term, "keyword:")) {
		term = bare_keyword(term);
		value_set_text(map, "keyword", excerpt_line(term, LABEL_WIDTH, style->arena));
		says_words = says_words && !same_words(term, reason->text, style->arena);
	} else if (str_prefix(&term, "description:")) {
		value_set_text(map, "own_words", excerpt_line(term, LABEL_WIDTH, style->arena));
		says_words = says_words && !same_words(term, reason->text, style->arena);
	} else if (str_prefix(&term, "cpv:")) {
		value_set_text(map, "branch", excerpt_line(term, LABEL_WIDTH, style->arena));
	} else if (own_label(style->language, &term)) {
		value_set_text(map, "rule", excerpt_line(term, LABEL_WIDTH, style->arena));
	} else {
		value_set_text(map, "rule",
			excerpt_line(rule_label(style->language, style->rules, term), LABEL_WIDTH, style->arena));
	}
	if (is_code)
		value_set_text(map, "code", words);
	if (is_code && style->detail != DETAIL_TERSE)
		value_set_text(map, "code_label", code_label(style, card, reason));
	if (says_words)
		value_set_text(map, "words", words);
	value_set_text(map, "where", str_of(words_field(style->language, reason->field)));
}

/* "+ 4,5"; filled with blanks it is a column of plain text. */
static void set_points(const struct card_style *style, points_t points, struct value *map)
{
	struct str number = arena_printf(style->arena, "%s\u00a0%.*s", points < 0 ? "−" : "+",
		STR_ARG(words_points(style->language, abs(points), style->arena)));
	int padding = POINTS_COLUMN - (int)str_utf8_count(number);

	value_set_text(map, "points", number);
	value_set_text(map, "points_column",
		arena_printf(
			style->arena, "%.*s%*s", STR_ARG(number), padding > 0 ? padding : 0, ""));
}

static struct value *reason_value(struct showing *s, const struct digest_card *card,
	const struct lot *lot, const struct reason *reason)
{
	struct value *map = value_map(s->style->arena);
	bool has_excerpt =
		set_excerpt(s, reason, field_text(card->notice, lot, reason->field), map);

	set_points(s->style, reason->points, map);
	set_label(s->style, card, reason, has_excerpt, map);
	return map;
}

/* "8 + 4,5 − 2" */
static void add_term(const struct card_style *style, points_t points, bool first, struct buf *out)
{
	if (!first)
		buf_addz(out, points < 0 ? " − " : " + ");
	buf_adds(out, words_points(style->language, first ? points : abs(points), style->arena));
}

static int check_sum(const struct receipt *receipt, struct error *err)
{
	int64_t sum = 0;

	for (size_t i = 0; i < receipt->n_reasons; i++)
		sum += receipt->reasons[i].points;
	if (sum != receipt->score)
		return error_set(err, ERROR_INPUT,
			"receipt of %.*s for %.*s: the reasons give %lld tenths of points, the score is %d",
			STR_ARG(receipt->notice), STR_ARG(receipt->profile), (long long)sum,
			receipt->score);
	return 0;
}

static void set_rest(const struct card_style *style, size_t n, points_t points, struct value *map)
{
	value_set_text(map, "rest", words_number(style->language, (int64_t)n, style->arena));
	value_set_bool(map, "rest_many", words_plural(style->language, (int64_t)n));
	value_set_text(map, "rest_points", words_points(style->language, points, style->arena));
	value_set_bool(map, "rest_points_many", words_plural_points(style->language, points));
}

int reasons_set(const struct card_style *style, const struct digest_card *card,
	const struct lot *lot, size_t title_width, struct value *map, struct error *err)
{
	CLEANUP(buf_done) struct buf sum = BUF_INIT(SUM_MAX);
	const struct receipt *receipt = card->receipt;
	struct showing s = { .style = style, .receipt = receipt };
	struct value *list = value_list(style->arena);
	points_t rest = receipt->score;
	size_t most = reasons_shown[style->detail];
	size_t n = receipt->n_reasons < most ? receipt->n_reasons : most;
	int r = check_sum(receipt, err);

	if (r < 0)
		return r;
	add_shown(&s, STR("title"), 0, excerpt_head(card->notice->title, title_width).to);
	if (lot)
		add_shown(&s, STR("lot.title"), 0, excerpt_head(lot->title, title_width).to);
	for (size_t i = 0; i < n; i++) {
		const struct reason *reason = &receipt->reasons[i];

		value_append(list, reason_value(&s, card, lot, reason));
		add_term(style, reason->points, i == 0, &sum);
		rest -= reason->points;
	}
	if (n < receipt->n_reasons) {
		add_term(style, rest, false, &sum);
		set_rest(style, receipt->n_reasons - n, rest, map);
	}
	value_set(map, "reasons", list);
	value_set_text(map, "sum", arena_dup(style->arena, buf_str(&sum)));
	value_set_text(map, "score", words_points(style->language, receipt->score, style->arena));
	value_set_bool(map, "score_many", words_plural_points(style->language, receipt->score));
	value_set_text(
		map, "threshold", words_points(style->language, receipt->threshold, style->arena));
	return 0;
}
