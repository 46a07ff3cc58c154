#include "flow/waterfall.h"

#include <limits.h>

#include "tender/place.h"

static const char *const region_codes[WATERFALL_REGIONS] = { "FR1", "FRB", "FRC", "FRD", "FRE", "FRF", "FRG",
	"FRH", "FRI", "FRJ", "FRK", "FRL", "FRM", "FRY1", "FRY2", "FRY3", "FRY4", "FRY5" };

const char *waterfall_clause_name(enum waterfall_clause_kind kind)
{
	static const char *const names[CLAUSES] = {
		[CLAUSE_WORDS] = "words",
		[CLAUSE_NATURE] = "nature",
		[CLAUSE_PLACE] = "place",
		[CLAUSE_AMOUNT] = "amount",
		[CLAUSE_TIME] = "time",
	};
	return names[kind];
}

/* The notice as if it said nothing but its words and this one clause. */
static struct notice only(const struct notice *notice, enum waterfall_clause_kind clause, struct arena *arena)
{
	struct notice n = *notice;
	struct lot *lots = arena_array(arena, struct lot, n.n_lots);

	for (size_t i = 0; i < n.n_lots; i++) {
		lots[i] = n.lots[i];
		if (clause != CLAUSE_NATURE)
			lots[i].nature = NATURE_NONE;
		if (clause != CLAUSE_PLACE)
			lots[i].places = (struct codes){ NULL, 0, 0 };
	}
	n.lots = lots;
	if (clause != CLAUSE_NATURE)
		n.nature = NATURE_NONE;
	if (clause != CLAUSE_PLACE) {
		n.places = (struct codes){ NULL, 0, 0 };
		n.buyer.department = n.buyer.nuts = STR_NONE;
	}
	if (clause != CLAUSE_AMOUNT)
		n.value = (struct money)MONEY_INIT;
	n.deadline = (struct deadline){ .at = TIME_NONE };
	n.published = DAY_NONE;
	return n;
}

/* Which clauses keep it away, by clause. */
static int find_kept(const struct bench *bench, const struct notice *probes, size_t profile, int working_days,
	int64_t now, struct arena *arena, bool *ret, struct error *err)
{
	struct match_options options = { .now = now };
	int r = 0;

	for (size_t c = CLAUSE_NATURE; r >= 0 && c <= CLAUSE_AMOUNT; c++) {
		struct explanation explanation;

		r = matcher_explain(bench->matcher, &probes[c], profile, &options, arena, &explanation, err);
		ret[c] = r >= 0 && (explanation.gate == GATE_NATURE || explanation.gate == GATE_PLACE ||
					   explanation.gate == GATE_VALUE);
	}
	ret[CLAUSE_WORDS] = false;
	ret[CLAUSE_TIME] = working_days < bench->profiles[profile]->effort_days;
	return r;
}

/* One start-up whose words fit. */
static void count(struct waterfall *w, const struct profile *profile, const bool *kept)
{
	size_t reasons = 0;

	for (size_t c = CLAUSE_NATURE; c < CLAUSES; c++)
		reasons += kept[c];
	for (size_t c = CLAUSE_NATURE; c < CLAUSES; c++) {
		struct waterfall_clause *clause = &w->clauses[c];

		if (kept[c] && reasons == 1)
			clause->alone[clause->n_alone++] = profile;
	}
	for (size_t c = CLAUSE_WORDS; c < CLAUSES; c++) {
		if (kept[c]) {
			w->clauses[c].removed++;
			return;
		}
		w->clauses[c].left++;
	}
}

static void count_regions(struct waterfall *w, const struct profile *profile)
{
	bool everywhere = profile->places.n == 0;

	for (size_t i = 0; i < profile->places.n; i++)
		everywhere |= str_eqz(profile->places.at[i], "FR");
	w->everywhere += everywhere;
	for (size_t r = 0; r < WATERFALL_REGIONS; r++) {
		bool there = everywhere;

		for (size_t i = 0; i < profile->places.n && !there; i++)
			there = place_meets(profile->places.at[i], str_of(w->regions[r].nuts));
		w->regions[r].n += there;
	}
}

static int days_left(const struct notice *notice, int64_t now)
{
	if (notice->deadline.at == TIME_NONE || notice->deadline.certainty == DEADLINE_UNCERTAIN)
		return INT_MAX;
	return notice->deadline.at <= now ? -1 : working_days(paris_day(now), paris_day(notice->deadline.at));
}

int waterfall_make(const struct bench *bench, const struct notice *notice, int64_t now, struct arena *arena,
	struct waterfall *ret, struct error *err)
{
	struct match_options options = { .now = now, .no_gates = true };
	struct waterfall w = { .startups = bench->n_profiles, .working_days = days_left(notice, now) };
	struct notice probes[CLAUSES];
	struct receipts fits = { NULL, 0 };
	int overspent = matcher_run(bench->matcher, notice, &options, arena, &fits, err), r = overspent;

	for (size_t c = 0; c < CLAUSES; c++) {
		probes[c] = only(notice, (enum waterfall_clause_kind)c, arena);
		w.clauses[c].alone = arena_array(arena, const struct profile *, fits.n);
	}
	for (size_t i = 0; i < WATERFALL_REGIONS; i++)
		w.regions[i] = (struct waterfall_region){ region_codes[i], region_name(str_of(region_codes[i])), 0 };
	w.clauses[CLAUSE_WORDS].removed = bench->n_profiles - fits.n;
	for (size_t i = 0; r >= 0 && i < fits.n; i++) {
		size_t profile = bench_profile(bench, fits.at[i].profile);
		bool kept[CLAUSES];

		r = find_kept(bench, probes, profile, w.working_days, now, arena, kept, err);
		if (r < 0)
			break;
		count(&w, bench->profiles[profile], kept);
		if (!kept[CLAUSE_NATURE] && !kept[CLAUSE_AMOUNT])
			count_regions(&w, bench->profiles[profile]);
	}
	if (r < 0)
		return r;
	*ret = w;
	return overspent;
}
