/* Conditions on facts: nature, kind, procedure, place, marks, amounts and days. */
#include <string.h>

#include "base/money.h"
#include "rule_parse.h"
#include "tender/buyer.h"
#include "tender/place.h"

static const char *const procedures[] = { "open", "restricted", "adapted", "neg-w-call", "neg-wo-call",
	"comp-dial", "comp-tend", "innovation", "exp-int-rail", "oth-single", "oth-mult" };
static const char *const marks[] = { [MARK_INNOVATIVE] = "innovative", [MARK_SME] = "sme",
	[MARK_RESERVED] = "reserved" };
_Static_assert(LENGTH(marks) == MARKS, "one name per mark");

static bool value_of(struct rule_parser *p, enum rule_subject subject, struct str text, unsigned *values,
	struct codes *words)
{
	enum notice_nature nature;
	enum notice_kind kind;
	enum buyer_kind buyer;
	struct str place;

	switch (subject) {
	case ON_NATURE:
		return notice_nature_parse(text, &nature) && (*values |= 1u << nature, true);
	case ON_KIND:
		return notice_kind_parse(text, &kind) && (*values |= 1u << kind, true);
	case ON_BUYER_KIND:
		return buyer_kind_parse(text, &buyer) && (*values |= 1u << buyer, true);
	case ON_MARKED:
		for (size_t i = 0; i < LENGTH(marks); i++)
			if (str_eqz(text, marks[i]))
				return *values |= 1u << i, true;
		return false;
	case ON_PROCEDURE:
		for (size_t i = 0; i < LENGTH(procedures); i++)
			if (str_eqz(text, procedures[i]))
				return codes_add(words, &p->rules->arena, str_of(procedures[i])), true;
		return false;
	case ON_PLACE:
		place = place_parse(text, &p->rules->arena);
		return str_given(place) && (codes_add(words, &p->rules->arena, place), true);
	default:
		return false;
	}
}

bool rule_parse_value(struct rule_parser *p, enum rule_subject subject, struct token token,
	unsigned *values, struct codes *words)
{
	static const char *const expected[] = {
		[ON_NATURE] = "a nature is services, supplies or works",
		[ON_KIND] = "a kind is planning, competition, change or requirement",
		[ON_BUYER_KIND] = "a kind of buyer is state, region, departement, commune, epci, hospital, "
				  "education, housing or other",
		[ON_MARKED] = "a mark is innovative, sme or reserved",
		[ON_PROCEDURE] = "a procedure is open, restricted, adapted, neg-w-call, neg-wo-call, comp-dial, "
				 "comp-tend, innovation, exp-int-rail, oth-single or oth-mult",
		[ON_PLACE] = "a place is a department or a NUTS code, like 48, FRJ or FRJ14",
	};

	if (token.kind == TOKEN_WORD && value_of(p, subject, token.text, values, words))
		return true;
	rule_problem(p, token.column, "%s", expected[subject]);
	return false;
}

/* The word, if it stands here. */
static bool take_or_unknown(struct rule_parser *p, struct rule_line *line, struct token *token)
{
	if (!token_is_word(token, "or-unknown"))
		return false;
	line->or_unknown = true;
	*token = rule_lex(&p->lexer);
	return true;
}

bool rule_parse_values(struct rule_parser *p, struct rule_line *line, struct token token)
{
	bool some = false;

	while (token.kind == TOKEN_WORD && !take_or_unknown(p, line, &token)) {
		if (!rule_parse_value(p, line->subject, token, &line->values, &line->words))
			return false;
		some = true;
		if (!rule_next_value(p, &token, "or-unknown"))
			return false;
	}
	if (!some && token.kind != TOKEN_BAD) {
		struct token nothing = { .kind = TOKEN_END, .column = token.column };

		return rule_parse_value(p, line->subject, nothing, &line->values, &line->words);
	}
	rule_end_of_line(p, token);
	return token.kind == TOKEN_END;
}

bool rule_parse_amount(struct str text, int64_t *ret_cents)
{
	struct money money;
	int64_t times = 1;

	if (text.len > 1 && (str_ends(text, "k") || str_ends(text, "M"))) {
		times = str_ends(text, "k") ? 1000 : 1000000;
		text.len--;
	}
	if (!money_parse(text, STR("EUR"), &money) || money.cents > INT64_MAX / 10 / times)
		return false;
	*ret_cents = money.cents * times;
	return true;
}

static bool bound_of(enum rule_subject subject, struct str text, int64_t *ret)
{
	unsigned days;
	day_t day;

	if (subject == ON_AMOUNT)
		return rule_parse_amount(text, ret);
	if (subject == ON_DAYS_LEFT)
		return str_to_uint(text, 10000, &days) && (*ret = days, true);
	day = text.len == 10 ? day_parse(text) : DAY_NONE;
	*ret = day;
	return day != DAY_NONE;
}

/* Three capitals, if they stand here. */
static void take_currency(struct rule_parser *p, struct rule_line *line, struct token *token)
{
	if (line->subject != ON_AMOUNT || token->kind != TOKEN_WORD || token->text.len != 3)
		return;
	for (size_t i = 0; i < 3; i++)
		if (token->text.ptr[i] < 'A' || token->text.ptr[i] > 'Z')
			return;
	memcpy(line->currency, token->text.ptr, 3);
	*token = rule_lex(&p->lexer);
}

static bool parse_bound(struct rule_parser *p, struct rule_line *line, struct token *token, int64_t *bound)
{
	static const char *const expected[] = {
		[ON_AMOUNT] = "an amount like 40000, 40k or 2.5M",
		[ON_PUBLISHED] = "a date like 2026-03-01",
		[ON_DEADLINE] = "a date like 2026-03-01",
		[ON_DAYS_LEFT] = "a number of days, like 21",
	};

	if (*bound != RULE_UNBOUNDED) {
		rule_problem(p, token->column, "\"%.*s\" stands here twice", STR_ARG(token->text));
		return false;
	}
	*token = rule_lex(&p->lexer);
	if (token->kind != TOKEN_WORD || !bound_of(line->subject, token->text, bound)) {
		rule_problem(p, token->column, "expected %s", expected[line->subject]);
		return false;
	}
	*token = rule_lex(&p->lexer);
	return true;
}

bool rule_parse_range(struct rule_parser *p, struct rule_line *line, struct token token)
{
	unsigned column = token.column;

	line->from = line->to = RULE_UNBOUNDED;
	memcpy(line->currency, "EUR", 4);
	while (token_is_word(&token, "from") || token_is_word(&token, "to"))
		if (!parse_bound(p, line, &token, token_is_word(&token, "from") ? &line->from : &line->to))
			return false;
	if (line->from == RULE_UNBOUNDED && line->to == RULE_UNBOUNDED && token.kind != TOKEN_BAD) {
		rule_problem(p, token.column, "expected bounds: from …, to …, or both");
		return false;
	}
	if (line->to != RULE_UNBOUNDED && line->from > line->to) {
		rule_problem(p, column, "the lower bound is above the upper one: nothing lies between");
		return false;
	}
	take_currency(p, line, &token);
	take_or_unknown(p, line, &token);
	rule_end_of_line(p, token);
	return token.kind == TOKEN_END;
}
