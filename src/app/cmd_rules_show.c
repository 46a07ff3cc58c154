/* rules list, show: what stands in rules, and what of it has found something */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "match/rules.h"
#include "store/match.h"
#include "store/notice.h"
#include "store/ruleset.h"

/* What is known of the active ruleset's rules beside what is written. */
struct overspent {
	struct rule_overspent *at;
	size_t n;
};

static int load_overspent(struct app *app, int64_t number, struct overspent *ret, struct error *err)
{
	*ret = (struct overspent){ NULL, 0 };
	return number == 0 ? 0
			   : store_rule_overspent_list(app->db, number, &app->arena, &ret->at, &ret->n, err);
}

static const struct rule_overspent *overspent_of(const struct overspent *all, const struct rule *rule)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->at[i].rule, rule->name))
			return &all->at[i];
	return NULL;
}

static void json_day(struct json_writer *w, const char *key, day_t day)
{
	char text[DAY_FORMAT_MAX];

	if (day != DAY_NONE)
		json_add_str(w, key, str_of(day_format(day, text)));
}

/* Opens the rule's object; the caller closes it. */
static struct json_writer *json_rule(struct app *app, const struct rules *rules, const struct rule *rule,
	const struct rule_overspent *overspent, bool whole)
{
	struct json_writer *w = out_json(app);
	char points[POINTS_FORMAT_MAX];

	json_open_object(w);
	json_add_str(w, "rule", rule->name);
	json_add_str(w, "field", rules->fields[rule->field].slug);
	json_key(w, "weight");
	json_put_raw(w, str_of(points_format(rule->weight, points)));
	if (rule->overridden) {
		json_key(w, "weight_own");
		json_put_raw(w, str_of(points_format(rule->weight_own, points)));
		json_add_str(w, "weight_file", rule->weight_place.file);
		json_add_int(w, "weight_line", rule->weight_place.line);
		if (str_given(rule->why))
			json_add_str(w, "weight_why", rule->why);
	}
	json_add_str(w, "label", rule->label);
	json_add_str(w, "label_en", rule->label_en);
	if (str_given(rule->owner))
		json_add_str(w, "owner", rule->owner);
	json_day(w, "since", rule->since);
	json_add_str(w, "file", rule->file);
	json_add_int(w, "line", rule->number);
	if (overspent != NULL) {
		json_add_str(w, "overspent", moment(app, overspent->last));
		json_add_str(w, "overspent_on", overspent->notice);
		json_add_int(w, "overspent_times", overspent->times);
	}
	if (whole)
		json_add_str(w, "text", rule->text);
	return w;
}

/* list */

static void list_rule(const struct rule *rule, const struct rule_overspent *overspent)
{
	char points[POINTS_FORMAT_MAX], own[POINTS_FORMAT_MAX], since[DAY_FORMAT_MAX];
	int used;

	used = out_id(rule->name, 34);
	used += printf(" %5s%c ", points_format(rule->weight, points), rule->overridden ? '*' : ' ');
	out_last(rule->label, used);
	if (rule->overridden)
		out_line("        * instead of %s, by %.*s:%u%s%.*s", points_format(rule->weight_own, own),
			STR_ARG(rule->weight_place.file), rule->weight_place.line,
			str_given(rule->why) ? ": " : "", STR_ARG(rule->why));
	if (str_given(rule->owner) || rule->since != DAY_NONE)
		out_line("        %.*s%s%s%s", STR_ARG(rule->owner),
			str_given(rule->owner) && rule->since != DAY_NONE ? ", " : "",
			rule->since != DAY_NONE ? "since " : "", day_format(rule->since, since));
	if (overspent != NULL)
		out_line("        suspended %lld time%s: a pattern took too long, last on %.*s",
			(long long)overspent->times, plural((size_t)overspent->times),
			STR_ARG(overspent->notice));
}

int cmd_rules_list(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct overspent overspent;
	int64_t number;
	int r = rules_load(app, &number, &rules, err);

	if (r == 0)
		r = load_overspent(app, number, &overspent, err);
	for (size_t i = 0; r == 0 && i < rules->n_rules; i++) {
		const struct rule *rule = &rules->rules[i];

		if (app->json) {
			json_close_object(json_rule(app, rules, rule, overspent_of(&overspent, rule), false));
			out_json_end(app);
		} else {
			list_rule(rule, overspent_of(&overspent, rule));
		}
	}
	return r;
}

/* hits */

enum { HITS_SHOWN = 12, HIT_AROUND = 40 };

/* The same words in the same field, in however many matches. */
struct hit_words {
	struct str text, field;
	struct str notice; /* of the first */
	uint32_t start, end;
	struct str lot;
	int64_t n;
};
struct hits {
	struct app *app;
	struct str rule;
	struct hit_words *at;
	size_t n, capacity;
	struct str *notices; /* of each match */
	size_t n_notices, notices_capacity;
	int64_t matches, points;
};

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void add_hit(struct hits *hits, const struct receipt *receipt, const struct reason *reason)
{
	struct arena *arena = &hits->app->arena;

	hits->matches++;
	hits->points += reason->points;
	arena_grow(arena, hits->notices, hits->n_notices, &hits->notices_capacity);
	hits->notices[hits->n_notices++] = arena_dup(arena, receipt->notice);
	for (size_t i = 0; i < hits->n; i++) {
		if (str_eq_nocase(hits->at[i].text, reason->text) &&
			str_eq(hits->at[i].field, reason->field)) {
			hits->at[i].n++;
			return;
		}
	}
	arena_grow(arena, hits->at, hits->n, &hits->capacity);
	hits->at[hits->n++] = (struct hit_words){ arena_dup(arena, reason->text),
		arena_dup(arena, reason->field), hits->notices[hits->n_notices - 1],
		reason->start, reason->end, arena_dup(arena, receipt->lot), 1 };
}

static int look_at_match(void *data, const struct receipt *receipt, int64_t first_matched UNUSED,
	struct error *err UNUSED)
{
	struct hits *hits = data;

	for (size_t i = 0; i < receipt->n_reasons; i++)
		if (str_eq(receipt->reasons[i].rule, hits->rule))
			add_hit(hits, receipt, &receipt->reasons[i]);
	return 0;
}

static int by_count(const void *a, const void *b)
{
	const struct hit_words *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return str_cmp(x->text, y->text);
}

static size_t count_notices(struct hits *hits)
{
	size_t n = 0;

	if (hits->n_notices > 1)
		qsort(hits->notices, hits->n_notices, sizeof(*hits->notices), by_text);
	for (size_t i = 0; i < hits->n_notices; i++)
		n += i == 0 || !str_eq(hits->notices[i], hits->notices[i - 1]);
	return n;
}

/* The text in which the words stand, of the notice as it is now; STR_NONE when it has changed. */
static struct str text_around(struct app *app, const struct hit_words *words)
{
	struct error ignored = ERROR_INIT;
	struct notice notice;
	struct str text = STR_NONE;

	if (store_notice_find(app->db, words->notice, &app->arena, &notice, &ignored) != 0)
		return STR_NONE;
	if (str_eqz(words->field, "title"))
		text = notice.title;
	else if (str_eqz(words->field, "description"))
		text = notice.description;
	else if (str_eqz(words->field, "criteria"))
		text = notice.criteria;
	for (size_t i = 0; i < notice.n_lots && str_starts(words->field, "lot."); i++)
		if (str_eq(notice.lots[i].id, words->lot))
			text = str_eqz(words->field, "lot.title") ? notice.lots[i].title
								  : notice.lots[i].description;
	return str_eq(str_sub(text, words->start, words->end), words->text) ? text : STR_NONE;
}

/* Some characters before and behind, on one line. */
static struct str snippet(struct app *app, const struct hit_words *words)
{
	struct str text = text_around(app, words), before, behind;
	size_t from = words->start > HIT_AROUND ? words->start - HIT_AROUND : 0;

	if (!str_given(text))
		return words->text;
	while (from < words->start && ((unsigned char)text.ptr[from] & 0xc0) == 0x80)
		from++;
	before = str_sub(text, from, words->start);
	behind = str_clip(str_from(text, words->end), HIT_AROUND);
	text = arena_printf(&app->arena, "%s%.*s[%.*s]%.*s%s", from > 0 ? "…" : "", STR_ARG(before),
		STR_ARG(words->text), STR_ARG(behind), words->end + behind.len < text.len ? "…" : "");
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\n' || text.ptr[i] == '\t')
			((char *)text.ptr)[i] = ' ';
	return text;
}

static int find_hits(struct app *app, const struct rule *rule, struct hits *ret, struct error *err)
{
	struct match_filter all = { STR_NONE, STR_NONE, TIME_NONE };
	int r;

	*ret = (struct hits){ .app = app, .rule = rule->name };
	r = app->db != NULL ? 0 : app_open(app, DB_READ, err);
	if (r >= 0)
		r = store_match_each(app->db, &all, look_at_match, ret, err);
	if (r >= 0 && ret->n > 1)
		qsort(ret->at, ret->n, sizeof(*ret->at), by_count);
	return r < 0 ? r : 0;
}

static void show_hits(struct app *app, struct hits *hits)
{
	size_t notices = count_notices(hits);

	if (hits->matches == 0) {
		out_line("\nhits    in no current match");
		return;
	}
	out_line("\nhits    %lld current match%s on %zu notice%s, %.1f points each on average",
		(long long)hits->matches, hits->matches == 1 ? "" : "es", notices, plural(notices),
		(double)hits->points / 10 / (double)hits->matches);
	for (size_t i = 0; i < hits->n && i < HITS_SHOWN; i++) {
		const struct hit_words *words = &hits->at[i];

		printf("%7lld  ", (long long)words->n);
		out_line("%.*s: %.*s  (%.*s)", STR_ARG(words->field), STR_ARG(snippet(app, words)),
			STR_ARG(words->notice));
	}
	if (hits->n > HITS_SHOWN)
		out_line("         … and %zu other words", hits->n - HITS_SHOWN);
}

static void json_hits(struct app *app, struct json_writer *w, struct hits *hits)
{
	json_add_int(w, "matches", hits->matches);
	json_add_int(w, "notices", (int64_t)count_notices(hits));
	json_key(w, "hits");
	json_open_array(w);
	for (size_t i = 0; i < hits->n; i++) {
		json_open_object(w);
		json_add_int(w, "n", hits->at[i].n);
		json_add_str(w, "field", hits->at[i].field);
		json_add_str(w, "text", hits->at[i].text);
		json_add_str(w, "notice", hits->at[i].notice);
		if (i < HITS_SHOWN)
			json_add_str(w, "snippet", snippet(app, &hits->at[i]));
		json_close_object(w);
	}
	json_close_array(w);
}

/* show */

static void show_rule(struct app *app, const struct rules *rules, const struct rule *rule,
	const struct rule_overspent *overspent)
{
	const struct activity *field = &rules->fields[rule->field];
	char weight[POINTS_FORMAT_MAX], cap[POINTS_FORMAT_MAX], since[DAY_FORMAT_MAX];

	out_line("%.*s", STR_ARG(str_trim(rule->text)));
	if (rule->overridden)
		out_line("\nweight  %s, by %.*s:%u%s%.*s; its own is %s", points_format(rule->weight, weight),
			STR_ARG(rule->weight_place.file), rule->weight_place.line,
			str_given(rule->why) ? ": " : "", STR_ARG(rule->why),
			points_format(rule->weight_own, cap));
	else
		out_line("\nweight  %s", points_format(rule->weight, weight));
	out_line("field   %.*s, %.*s (at most %s points)", STR_ARG(field->slug), STR_ARG(field->label),
		points_format(field->cap, cap));
	if (str_given(rule->owner))
		out_line("owner   %.*s", STR_ARG(rule->owner));
	if (rule->since != DAY_NONE)
		out_line("since   %s", day_format(rule->since, since));
	out_line("from    %.*s:%u", STR_ARG(rule->file), rule->number);
	if (overspent != NULL)
		out_line("suspended %lld time%s since %.*s: a pattern took too long, last on %.*s",
			(long long)overspent->times, plural((size_t)overspent->times),
			STR_ARG(moment(app, overspent->since)),
			STR_ARG(overspent->notice));
}

static int show_one(struct app *app, const struct rules *rules, const struct rule *rule,
	const struct overspent *overspent, struct error *err)
{
	const struct rule_overspent *of_rule = overspent_of(overspent, rule);
	bool with_hits = app_flag(app, "hits");
	struct json_writer *w;
	struct hits hits;
	int r = with_hits ? find_hits(app, rule, &hits, err) : 0;

	if (r < 0)
		return r;
	if (!app->json) {
		show_rule(app, rules, rule, of_rule);
		if (with_hits)
			show_hits(app, &hits);
		return 0;
	}
	w = json_rule(app, rules, rule, of_rule, true);
	if (with_hits)
		json_hits(app, w, &hits);
	json_close_object(w);
	out_json_end(app);
	return 0;
}

int cmd_rules_show(struct app *app, struct error *err)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct overspent overspent;
	int64_t number;
	int r = rules_load(app, &number, &rules, err);

	if (r == 0)
		r = load_overspent(app, number, &overspent, err);
	for (int i = 0; r == 0 && i < app->n_operands; i++) {
		const struct rule *rule = rules_find(rules, app_operand(app, i));

		if (rule == NULL)
			return error_set(err, ERROR_INPUT, "no rule %s; see rules list", app->operands[i]);
		r = show_one(app, rules, rule, &overspent, err);
	}
	return r;
}
