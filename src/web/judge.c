/* One notice for one profile: why it was sent, and what the reader says of it. */
#include "fields.h"
#include "routes.h"
#include "store/judgment.h"

static struct value *reason_choices(const struct visit *v, enum judgment_reason chosen)
{
	struct value *list = value_list(v->arena);

	for (int i = JUDGMENT_NO_REASON + 1; i < JUDGMENT_REASONS; i++) {
		struct value *one = value_map(v->arena);

		value_set_text(one, "value", str_of(judgment_reason_name((enum judgment_reason)i)));
		value_set_text(one, "label",
			judgment_reason_label((enum judgment_reason)i, str_eqz(v->language, "en")));
		value_set_bool(one, "chosen", chosen == (enum judgment_reason)i);
		value_append(list, one);
	}
	return list;
}

static void set_judgment(struct visit *v, const struct judgment *judgment, struct value *values)
{
	bool relevant = judgment && judgment->grade > 0;
	bool ready = !judgment && str_given(visit_field(v, "r"));
	bool wants_no = str_eqz(visit_field(v, "r"), "non");

	value_set_bool(values, "taken", judgment != NULL);
	value_set_bool(values, "said", judgment && str_given(visit_field(v, "fait")));
	value_set_bool(values, "said_relevant", relevant);
	value_set_bool(values, "positive", judgment ? relevant : ready && !wants_no);
	value_set_bool(values, "negative", judgment ? !relevant : ready && wants_no);
	if (judgment && judgment->reason != JUDGMENT_NO_REASON)
		value_set_text(values, "said_reason",
			judgment_reason_label(judgment->reason, str_eqz(v->language, "en")));
	value_set(values, "reasons",
		reason_choices(v, judgment && !relevant ? judgment->reason : JUDGMENT_NO_REASON));
}

int page_judge(struct visit *v, struct error *err)
{
	struct value *values = visit_values(v), *cards = value_list(v->arena), *card;
	struct judgment judgment;
	struct links room;
	int r = v->web->host.card(v->web->host.data, v->db, &v->profile, v->rest, v->arena, &card, err);

	if (r == STORE_NONE)
		return visit_page(v, 404, "lost", values, err);
	if (r < 0)
		return r;
	r = store_judgment_find(v->db, v->profile.id, v->rest, v->arena, &judgment, err);
	if (r < 0)
		return r;
	value_append(cards, card);
	value_set(values, "cards", cards);
	value_set_text(values, "preferences_url",
		link_preferences(visit_links(v, &room), visit_whom(v), v->arena));
	set_judgment(v, r == 0 ? &judgment : NULL, values);
	return visit_page(v, 200, "judge", values, err);
}

/* What the form says: 0, or ERROR_INPUT. */
static int read_judgment(struct visit *v, struct judgment *ret, struct error *err)
{
	struct str grade = visit_field(v, "grade"), reason = visit_field(v, "reason");

	*ret = (struct judgment){ .profile = v->profile.id, .notice = v->rest, .origin = JUDGMENT_READER,
		.judged = v->now };
	if (str_eqz(grade, "2"))
		ret->grade = 2;
	else if (!str_eqz(grade, "0"))
		return error_set(err, ERROR_INPUT, "no such grade");
	if (ret->grade == 0 && str_given(reason) && !judgment_reason_parse(reason, &ret->reason))
		return error_set(err, ERROR_INPUT, "no such reason");
	return 0;
}

int page_judge_post(struct visit *v, struct error *err)
{
	bool forget = !str_blank_none(visit_field(v, "forget"));
	struct error wrong = ERROR_INIT;
	struct judgment judgment;
	struct links room;
	int r;

	if (!forget && read_judgment(v, &judgment, &wrong) < 0)
		return visit_page(v, 400, "refused", visit_values(v), err);
	r = visit_begin(v, err);
	if (r < 0)
		return r;
	r = forget ? store_judgment_delete(v->db, v->profile.id, v->rest, err)
		   : store_judgment_put(v->db, &judgment, err);
	if (r >= 0)
		r = db_commit(v->db, err);
	if (r < 0)
		return r;
	return visit_goto(v, arena_printf(v->arena, "%.*s%s",
		STR_ARG(link_card(visit_links(v, &room), visit_whom(v), v->rest, LINK_CARD_EXPLAIN, v->arena)),
		forget ? "" : "?fait=1"));
}
