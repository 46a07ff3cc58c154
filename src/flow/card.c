#include "flow/card.h"

#include "flow/bench.h"
#include "gate/unicode.h"
#include "store/match.h"
#include "store/notice.h"
#include "store/ruleset.h"

static const struct str PARIS = { "Europe/Paris", 12 };

int card_rules_load(struct card_rules *known, struct db *db, struct error *err)
{
	struct bench bench;
	int64_t active;
	int r = store_ruleset_active(db, &active, err);

	if (r < 0 || (r == 0 && known->rules && known->ruleset == active))
		return r;
	r = bench_open_with(db, NULL, 0, &bench, err);
	if (r < 0)
		return r;
	card_rules_done(known);
	known->rules = steal(&bench.rules);
	known->ruleset = bench.ruleset;
	bench_done(&bench);
	return 0;
}

void card_rules_done(struct card_rules *known)
{
	known->rules = rules_free(known->rules);
}

struct found {
	struct arena *arena;
	struct receipt *receipt;
};

static int keep(void *data, const struct receipt *receipt, int64_t first_matched UNUSED,
	struct error *err UNUSED)
{
	struct found *found = data;

	found->receipt = receipt_dup(receipt, found->arena);
	return 0;
}

void card_deadline_words(const struct profile *profile, int64_t now, struct arena *arena,
	struct digest_card *card)
{
	const char *language = profile->language.ptr;
	int64_t at = card->notice->deadline.at;

	if (at == TIME_NONE)
		return;
	card->deadline = unicode_date(UNICODE_MOMENT, language, PARIS, at, arena);
	card->working_days = working_days(paris_day(now), paris_day(at));
	if (unicode_zone_offset(profile->timezone, at) == paris_offset(at))
		return;
	card->deadline = arena_printf(arena, "%.*s (%s)", STR_ARG(card->deadline),
		str_eqz(profile->language, "en") ? "Paris time" : "heure de Paris");
	card->deadline_reader = arena_printf(arena, "%.*s (%.*s)",
		STR_ARG(unicode_date(UNICODE_MOMENT, language, profile->timezone, at, arena)),
		STR_ARG(profile->timezone));
}

int card_make(struct db *db, const struct profile *profile, struct str id, int64_t now,
	struct arena *arena, struct digest_card *ret, struct error *err)
{
	struct match_filter pair = { profile->id, id, TIME_NONE };
	struct notice *notice = arena_new(arena, struct notice);
	struct found found = { arena, NULL };
	bool closed = false;
	int r = store_notice_find(db, id, arena, notice, err);

	if (r != 0)
		return r;
	*ret = (struct digest_card){ .notice = notice };
	if (notice->kind == NOTICE_REQUIREMENT)
		r = store_requirement_find(db, id, arena, &ret->reply_to, &closed, err);
	if (r >= 0)
		r = store_match_each(db, &pair, keep, &found, err);
	if (r < 0)
		return r;
	ret->receipt = found.receipt;
	if (notice->published != DAY_NONE)
		ret->published = unicode_date(UNICODE_DAY, profile->language.ptr, PARIS,
			(int64_t)notice->published * 86400 + 43200, arena);
	card_deadline_words(profile, now, arena, ret);
	return 0;
}
