/* What became of a purchase, told by its notices in their order. */
#include <stdlib.h>

#include "tender/dossier.h"

const char *dossier_state_name(enum dossier_state state)
{
	static const char *const names[] = {
		[DOSSIER_PLANNED] = "planned",
		[DOSSIER_OPEN] = "open",
		[DOSSIER_CLOSED] = "closed",
		[DOSSIER_AWARDED] = "awarded",
		[DOSSIER_UNSUCCESSFUL] = "unsuccessful",
		[DOSSIER_CANCELLED] = "cancelled",
	};

	return names[state];
}

/* Plan, call, change, cancellation, result: their order when they are of one day. */
static int rank(const struct notice *notice)
{
	static const int ranks[NOTICE_KINDS] = {
		[NOTICE_PLANNING] = 0,
		[NOTICE_COMPETITION] = 1,
		[NOTICE_DIRECT_AWARD] = 1,
		[NOTICE_REQUIREMENT] = 1,
		[NOTICE_REGISTRATION] = 1,
		[NOTICE_CHANGE] = 2,
		[NOTICE_CANCELLATION] = 3,
		[NOTICE_RESULT] = 4,
	};

	return ranks[notice->kind];
}

static int compare(const void *a, const void *b)
{
	const struct notice *x = a, *y = b;

	if (x->published != y->published)
		return x->published < y->published ? -1 : 1;
	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	return str_cmp(x->id, y->id);
}

void dossier_sort(struct notice *notices, size_t n)
{
	if (n > 0)
		qsort(notices, n, sizeof(*notices), compare);
}

static void take_amount(struct dossier_story *story, const struct notice *notice)
{
	struct money awarded;

	if (notice_awarded(notice, &awarded)) {
		story->amount = awarded;
		story->amount_kind = VALUE_AWARD;
		return;
	}
	if (notice->value.cents == MONEY_NONE)
		return;
	if (story->amount_kind == VALUE_AWARD && notice->value_kind != VALUE_AWARD)
		return;
	story->amount = notice->value;
	story->amount_kind = notice->value_kind;
}

static bool nobody_won(const struct notice *result)
{
	for (size_t i = 0; i < result->n_awards; i++)
		if (result->awards[i].outcome != AWARD_NOT_GIVEN)
			return false;
	return result->n_awards > 0;
}

struct dossier_story dossier_story(const struct notice *notices, size_t n, int64_t now)
{
	struct dossier_story story = {
		.state = DOSSIER_PLANNED,
		.deadline = DEADLINE_INIT,
		.awarded = DAY_NONE,
		.amount = MONEY_INIT,
	};

	for (size_t i = 0; i < n; i++) {
		const struct notice *notice = &notices[i];

		take_amount(&story, notice);
		if (notice->deadline.at != TIME_NONE)
			story.deadline = notice->deadline;
		if (notice->kind == NOTICE_CANCELLATION) {
			story.state = DOSSIER_CANCELLED;
		} else if (notice->stage == NOTICE_REGISTRATION) {
			story.state = DOSSIER_CLOSED; /* there is nothing to answer */
		} else if (notice->stage == NOTICE_RESULT) {
			if (story.state != DOSSIER_AWARDED) /* some lots, in an earlier result */
				story.state = nobody_won(notice) ? DOSSIER_UNSUCCESSFUL : DOSSIER_AWARDED;
			story.awarded = notice->published;
		} else if (notice->stage != NOTICE_PLANNING && story.state != DOSSIER_AWARDED &&
			   notice->kind != NOTICE_CHANGE) {
			story.state = DOSSIER_OPEN; /* a call after a cancellation is a new start */
		} else if (notice->kind == NOTICE_CHANGE && story.state == DOSSIER_PLANNED &&
			   notice->stage != NOTICE_PLANNING) {
			story.state = DOSSIER_OPEN; /* the call itself never reached us */
		}
	}
	if (story.state == DOSSIER_OPEN && story.deadline.at != TIME_NONE && story.deadline.at < now)
		story.state = DOSSIER_CLOSED;
	return story;
}

/* "UUID-VV" names the notice with that UUID in any version. */
static bool names(const struct notice *notice, const struct notice *other)
{
	for (size_t i = 0; i < notice->n_links; i++) {
		struct str ref = notice->links[i].ref;

		if (str_eq(ref, other->ref))
			return true;
		if (other->notice_uuid.len > 0 &&
			str_eq_nocase(str_sub(ref, 0, other->notice_uuid.len), other->notice_uuid))
			return true;
	}
	return false;
}

size_t dossier_before(const struct notice *notices, size_t i)
{
	for (size_t k = i; k-- > 0;)
		if (names(&notices[i], &notices[k]))
			return k;
	for (size_t k = i; k-- > 0;)
		if (str_eq(notices[i].source, notices[k].source))
			return k;
	return i > 0 ? i - 1 : SIZE_MAX;
}
