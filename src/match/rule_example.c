/*
 * Examples that stand in the rule: a title, and what else of a notice the rule may ask for.
 *
 *	example "Télérelève des compteurs"  description "…"  lot "…"  lot-description "…"  subjects "…"
 *	        criteria "…"  buyer "…"  cpv 38421100  nature services  kind planning  procedure adapted
 *	        place 48  amount 90k  published 2026-03-02  deadline 2026-04-01  marked innovative
 */
#include "rule_parse.h"
#include "tender/cpv.h"

struct attribute {
	const char *name;
	bool (*set)(struct rule_parser *p, struct notice *notice, struct token token);
};

static bool of_text(struct rule_parser *p, struct token token, struct str *ret)
{
	if (token.kind == TOKEN_TEXT) {
		*ret = rule_keep(p, token.text);
		return true;
	}
	rule_problem(p, token.column, "expected a text in quotes");
	return false;
}

static bool set_description(struct rule_parser *p, struct notice *notice, struct token token)
{
	return of_text(p, token, &notice->description);
}

static bool set_criteria(struct rule_parser *p, struct notice *notice, struct token token)
{
	return of_text(p, token, &notice->criteria);
}

static bool set_buyer(struct rule_parser *p, struct notice *notice, struct token token)
{
	return of_text(p, token, &notice->buyer.name);
}

static bool set_subject(struct rule_parser *p, struct notice *notice, struct token token)
{
	struct str text;

	if (!of_text(p, token, &text))
		return false;
	codes_add(&notice->subjects, &p->rules->arena, text);
	return true;
}

enum { EXAMPLE_LOTS_MAX = 8 };

static struct lot *new_lot(struct rule_parser *p, struct notice *notice, unsigned column)
{
	struct lot *lot;

	if (notice->lots == NULL)
		notice->lots = arena_array(&p->rules->arena, struct lot, EXAMPLE_LOTS_MAX);
	if (notice->n_lots == EXAMPLE_LOTS_MAX) {
		rule_problem(p, column, "more than %d lots in an example", EXAMPLE_LOTS_MAX);
		return NULL;
	}
	lot = &notice->lots[notice->n_lots++];
	lot_init(lot);
	lot->id = arena_printf(&p->rules->arena, "LOT-%04zu", notice->n_lots);
	return lot;
}

static bool set_lot(struct rule_parser *p, struct notice *notice, struct token token)
{
	struct lot *lot = new_lot(p, notice, token.column);

	return lot != NULL && of_text(p, token, &lot->title);
}

/* Of the lot before it, or of a lot without a title. */
static bool set_lot_description(struct rule_parser *p, struct notice *notice, struct token token)
{
	struct lot *lot = notice->n_lots > 0 && !str_given(notice->lots[notice->n_lots - 1].description)
				  ? &notice->lots[notice->n_lots - 1]
				  : new_lot(p, notice, token.column);

	return lot != NULL && of_text(p, token, &lot->description);
}

static bool set_cpv(struct rule_parser *p, struct notice *notice, struct token token)
{
	struct str code = token.kind == TOKEN_WORD ? cpv_parse(token.text, &p->rules->arena) : STR_NONE;

	if (!str_given(code)) {
		rule_problem(p, token.column, "the CPV code of a notice has 8 digits, like 72212730");
		return false;
	}
	codes_add(&notice->cpv, &p->rules->arena, code);
	return true;
}

/* The lowest bit set. */
static unsigned first_of(unsigned values)
{
	return (unsigned)__builtin_ctz(values);
}

static bool set_nature(struct rule_parser *p, struct notice *notice, struct token token)
{
	unsigned values = 0;

	if (!rule_parse_value(p, ON_NATURE, token, &values, NULL))
		return false;
	notice->nature = (enum notice_nature)first_of(values);
	return true;
}

static bool set_kind(struct rule_parser *p, struct notice *notice, struct token token)
{
	unsigned values = 0;

	if (!rule_parse_value(p, ON_KIND, token, &values, NULL))
		return false;
	notice->kind = notice->stage = (enum notice_kind)first_of(values);
	return true;
}

static bool set_procedure(struct rule_parser *p, struct notice *notice, struct token token)
{
	struct codes words = { NULL, 0, 0 };

	if (!rule_parse_value(p, ON_PROCEDURE, token, NULL, &words))
		return false;
	notice->procedure = words.at[0];
	return true;
}

static bool set_place(struct rule_parser *p, struct notice *notice, struct token token)
{
	return rule_parse_value(p, ON_PLACE, token, NULL, &notice->places);
}

static bool set_marked(struct rule_parser *p, struct notice *notice, struct token token)
{
	unsigned values = 0;

	if (!rule_parse_value(p, ON_MARKED, token, &values, NULL))
		return false;
	notice->innovative |= (values & 1u << MARK_INNOVATIVE) != 0;
	notice->sme |= (values & 1u << MARK_SME) != 0;
	notice->reserved |= (values & 1u << MARK_RESERVED) != 0;
	return true;
}

static bool set_amount(struct rule_parser *p, struct notice *notice, struct token token)
{
	int64_t cents;

	if (token.kind != TOKEN_WORD || !rule_parse_amount(token.text, &cents)) {
		rule_problem(p, token.column, "expected an amount in euros like 40000, 40k or 2.5M");
		return false;
	}
	notice->value = (struct money){ cents, "EUR" };
	notice->value_kind = VALUE_ESTIMATE;
	return true;
}

static bool day_of(struct rule_parser *p, struct token token, day_t *ret)
{
	day_t day = token.kind == TOKEN_WORD && token.text.len == 10 ? day_parse(token.text) : DAY_NONE;

	if (day == DAY_NONE) {
		rule_problem(p, token.column, "expected a date like 2026-03-01");
		return false;
	}
	*ret = day;
	return true;
}

static bool set_published(struct rule_parser *p, struct notice *notice, struct token token)
{
	return day_of(p, token, &notice->published);
}

static bool set_deadline(struct rule_parser *p, struct notice *notice, struct token token)
{
	struct civil noon;
	day_t day;

	if (!day_of(p, token, &day))
		return false;
	noon = day_to_civil(day);
	noon.hour = 12;
	notice->deadline.at = paris_to_utc(&noon);
	return true;
}

static const struct attribute attributes[] = {
	{ "description", set_description },
	{ "lot", set_lot },
	{ "lot-description", set_lot_description },
	{ "subjects", set_subject },
	{ "criteria", set_criteria },
	{ "buyer", set_buyer },
	{ "cpv", set_cpv },
	{ "nature", set_nature },
	{ "kind", set_kind },
	{ "procedure", set_procedure },
	{ "place", set_place },
	{ "amount", set_amount },
	{ "published", set_published },
	{ "deadline", set_deadline },
	{ "marked", set_marked },
};

static bool parse_attribute(struct rule_parser *p, struct notice *notice, struct token name)
{
	for (size_t i = 0; i < LENGTH(attributes); i++)
		if (str_eqz(name.text, attributes[i].name))
			return attributes[i].set(p, notice, rule_lex(&p->lexer));
	rule_problem(p, name.column, "nothing more was expected on this line but description, lot, "
				     "lot-description, subjects, criteria, buyer, cpv, nature, kind, procedure, "
				     "place, amount, published, deadline or marked");
	return false;
}

static void begin_notice(struct notice *notice, struct str title)
{
	notice_init(notice);
	notice->kind = notice->stage = NOTICE_COMPETITION;
	notice->id = STR("example");
	notice->title = title;
}

const struct notice *rule_example_notice(const struct rule_example *example, struct notice *room)
{
	if (example->more != NULL)
		return example->more;
	begin_notice(room, example->text);
	return room;
}

void rule_parse_example(struct rule_parser *p, bool fires)
{
	struct rule_example example = { .fires = fires, .number = p->number };
	struct token token;

	if (!rule_expect(p, TOKEN_TEXT, "a title in quotes", &token))
		return;
	example.text = rule_keep(p, token.text);
	while ((token = rule_lex(&p->lexer)).kind == TOKEN_WORD) {
		if (example.more == NULL) {
			example.more = arena_new(&p->rules->arena, struct notice);
			begin_notice(example.more, example.text);
		}
		if (!parse_attribute(p, example.more, token))
			return;
	}
	rule_end_of_line(p, token);
	arena_grow(&p->rules->arena, p->rule->examples, p->rule->n_examples, &p->examples_capacity);
	p->rule->examples[p->rule->n_examples++] = example;
}
