#include "flow/backtest.h"

#include <stdlib.h>
#include <string.h>

#include "gate/http.h"
#include "store/notice.h"

const char *const digest_size_names[DIGEST_SIZES] = { "1", "2", "3–5", "6–7", "8–20", "over 20" };

/* Of the file: the same imprints are read for what changed, for the digests and for the rules. */
enum { KEPT_KIB = 64 << 10 };

/* One purchase in a digest. */
struct told {
	uint32_t profile;
	day_t period;
	uint64_t dossier; /* hash of its key */
};
struct told_list {
	struct told *at;
	size_t n, capacity;
};

struct machine {
	struct db *db;
	struct bench *before, *after;
	const struct backtest_options *options;
	const struct progress *progress;
	struct arena *arena;
	struct backtest *ret;
	struct backtest_tally *profiles; /* by number */
	size_t departments_capacity, fields_capacity;
	struct told_list gained, lost;   /* profiles by number */
	struct arena notice;             /* of the notice at hand */
};

/* Tallies */

static struct backtest_tally *tally_of(struct backtest_tallies *tallies, size_t *capacity, struct str name,
	struct arena *arena)
{
	for (size_t i = 0; i < tallies->n; i++)
		if (str_eq(tallies->at[i].name, name))
			return &tallies->at[i];
	arena_grow(arena, tallies->at, tallies->n, capacity);
	tallies->at[tallies->n] =
		(struct backtest_tally){ .name = arena_dup(arena, name), .before = -1, .after = -1 };
	return &tallies->at[tallies->n++];
}

static int by_change(const void *a, const void *b)
{
	const struct backtest_tally *x = a, *y = b;
	int64_t of_x = x->counts[BACKTEST_GAINED] + x->counts[BACKTEST_LOST];
	int64_t of_y = y->counts[BACKTEST_GAINED] + y->counts[BACKTEST_LOST];

	if (of_x != of_y)
		return of_x < of_y ? 1 : -1;
	return str_cmp(x->name, y->name);
}

/* Where the buyer is, or the purchase; a department when it is known. */
static struct str department_of(const struct notice *notice)
{
	if (str_given(notice->buyer.department))
		return notice->buyer.department;
	for (size_t i = 0; i < notice->places.n; i++)
		if (notice->places.at[i].len <= 3 && notice->places.at[i].len >= 2 &&
			notice->places.at[i].ptr[0] >= '0' && notice->places.at[i].ptr[0] <= '9')
			return notice->places.at[i];
	return STR("unknown");
}

/* The fields of activity whose rules speak in either receipt; what else speaks is the profile's own words. */
struct seen_fields {
	struct str at[16];
	size_t n;
};
static void tally_fields(struct machine *m, const struct receipt *receipt, enum backtest_kind kind,
	struct seen_fields *seen)
{
	for (size_t i = 0; receipt != NULL && i < receipt->n_reasons; i++) {
		struct str rule = receipt->reasons[i].rule, slug = STR("own words");
		bool again = false;

		if (str_find_char(rule, ':') == SIZE_MAX) {
			if (str_find_char(rule, '.') == SIZE_MAX)
				continue; /* of the purchase as a whole: other-cpv, own-title */
			slug = str_sub(rule, 0, str_find_char(rule, '.'));
		}
		for (size_t j = 0; j < seen->n && !again; j++)
			again = str_eq(seen->at[j], slug);
		if (again || seen->n == LENGTH(seen->at))
			continue;
		seen->at[seen->n++] = slug;
		tally_of(&m->ret->by_field, &m->fields_capacity, slug, m->arena)->counts[kind]++;
	}
}

/* Examples */

static points_t size_of(const struct backtest_example *e)
{
	points_t change = e->after - e->before;

	return change < 0 ? -change : change;
}

/* The larger change first; then by notice and profile, so that the order of arrival does not count. */
static int compare_examples(const struct backtest_example *x, const struct backtest_example *y)
{
	int order;

	if (size_of(x) != size_of(y))
		return size_of(x) < size_of(y) ? 1 : -1;
	order = str_cmp(x->notice, y->notice);
	return order != 0 ? order : str_cmp(x->profile, y->profile);
}

static void keep_example(struct machine *m, enum backtest_kind kind, struct backtest_example example)
{
	struct backtest_example *kept = m->ret->examples[kind];
	size_t *n = &m->ret->n_examples[kind], at = *n;

	while (at > 0 && compare_examples(&example, &kept[at - 1]) < 0)
		at--;
	if (at == m->options->examples)
		return;
	example.notice = arena_dup(m->arena, example.notice);
	*n += *n < m->options->examples;
	memmove(&kept[at + 1], &kept[at], (*n - at - 1) * sizeof(*kept));
	kept[at] = example;
}

/* Changes */

/* The day, or the Monday, whose digest would have told of it. */
static day_t period_of(const struct profile *profile, day_t day)
{
	return profile->cadence == CADENCE_WEEKLY ? day - day_weekday(day) : day;
}

static void add_told(struct told_list *list, const struct profile *profile, size_t number,
	const struct notice *notice, struct arena *arena)
{
	if (notice->published == DAY_NONE)
		return;
	arena_grow(arena, list->at, list->n, &list->capacity);
	list->at[list->n++] = (struct told){ (uint32_t)number, period_of(profile, notice->published),
		str_hash(str_given(notice->dossier) ? notice->dossier : notice->id) };
}

static void take_change(struct machine *m, const struct notice *notice, const struct receipt *before,
	const struct receipt *after)
{
	const struct receipt *one = after != NULL ? after : before;
	enum backtest_kind kind = before == NULL  ? BACKTEST_GAINED
				  : after == NULL ? BACKTEST_LOST
						  : BACKTEST_MOVED;
	size_t profile = bench_profile(m->after, one->profile);
	struct seen_fields seen = { .n = 0 };

	if (kind == BACKTEST_MOVED && before->score == after->score) {
		m->ret->reworded++;
		return;
	}
	m->ret->counts[kind]++;
	if (profile != SIZE_MAX) {
		m->profiles[profile].counts[kind]++;
		if (kind != BACKTEST_MOVED)
			add_told(kind == BACKTEST_GAINED ? &m->gained : &m->lost, m->after->profiles[profile],
				profile, notice, m->arena);
	}
	tally_of(&m->ret->by_department, &m->departments_capacity, department_of(notice), m->arena)
		->counts[kind]++;
	tally_fields(m, before, kind, &seen);
	tally_fields(m, after, kind, &seen);
	keep_example(m, kind, (struct backtest_example){ .profile = profile == SIZE_MAX
				      ? one->profile : m->after->profiles[profile]->id,
				      .notice = notice->id, .before = before != NULL ? before->score : 0,
				      .after = after != NULL ? after->score : 0 });
}

/* Both sides give receipts in the order of the profiles. */
static int take_notice(void *data, const struct rematch_found *found, const struct receipts *before,
	const struct receipts *after, struct error *err UNUSED)
{
	struct machine *m = data;
	size_t i = 0, j = 0;

	while (i < before->n || j < after->n) {
		const struct receipt *x = i < before->n ? &before->at[i] : NULL;
		const struct receipt *y = j < after->n ? &after->at[j] : NULL;
		int order = x == NULL ? 1 : y == NULL ? -1 : str_cmp(x->profile, y->profile);

		if (order != 0)
			take_change(m, found->notice, order < 0 ? x : NULL, order > 0 ? y : NULL);
		else if (!receipt_same(x, y))
			take_change(m, found->notice, x, y);
		i += order <= 0;
		j += order >= 0;
	}
	return 0;
}

static int find_titles(struct machine *m, struct error *err)
{
	for (int kind = 0; kind < BACKTEST_KINDS; kind++) {
		for (size_t i = 0; i < m->ret->n_examples[kind]; i++) {
			struct backtest_example *example = &m->ret->examples[kind][i];
			struct notice notice;
			int r;

			arena_reset(&m->notice);
			r = store_notice_find(m->db, example->notice, &m->notice, &notice, err);
			if (r < 0)
				return r;
			if (r == 0)
				example->title = arena_dup(m->arena, notice.title);
		}
	}
	return 0;
}

/* Digests */

struct digests {
	const struct bench *bench; /* of the profiles concerned alone */
	struct arena arena;
	struct told_list told;
};

static int take_told(void *data, const struct rematch_found *found, const struct receipts *receipts,
	struct error *err UNUSED)
{
	struct digests *d = data;

	for (size_t i = 0; i < receipts->n; i++) {
		size_t number = bench_profile(d->bench, receipts->at[i].profile);

		if (number != SIZE_MAX)
			add_told(&d->told, d->bench->profiles[number], number, found->notice, &d->arena);
	}
	return 0;
}

static int by_digest(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->profile != y->profile)
		return x->profile < y->profile ? -1 : 1;
	if (x->period != y->period)
		return x->period < y->period ? -1 : 1;
	return x->dossier < y->dossier ? -1 : x->dossier > y->dossier;
}

static size_t size_class(int64_t n)
{
	static const int64_t most[DIGEST_SIZES - 1] = { 1, 2, 5, 7, 20 };
	size_t i = 0;

	while (i < LENGTH(most) && n > most[i])
		i++;
	return i;
}

static int by_size(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

static bool same_digest(const struct told *x, const struct told *y)
{
	return x->profile == y->profile && x->period == y->period;
}

static void sort_told(struct told_list *list)
{
	if (list->n > 1)
		qsort(list->at, list->n, sizeof(*list->at), by_digest);
}

/* A purchase published twice on a day is one card. `list` is sorted; `matches`: of each profile concerned. */
static void count_digests(const struct told_list *list, int64_t sizes[DIGEST_SIZES], int64_t *matches)
{
	for (size_t from = 0, to; from < list->n; from = to) {
		int64_t cards = 1;

		for (to = from + 1; to < list->n && same_digest(&list->at[from], &list->at[to]); to++)
			cards += list->at[to].dossier != list->at[to - 1].dossier;
		sizes[size_class(cards)]++;
		matches[list->at[from].profile] += cards;
	}
}

/* What was told before, without what was lost and with what was gained: nothing else differs. */
static void tell_after(struct told_list *told, const struct told_list *lost, const struct told_list *gained,
	struct arena *arena)
{
	size_t kept = 0;

	for (size_t i = 0, j = 0; i < told->n; i++) {
		if (j < lost->n && by_digest(&told->at[i], &lost->at[j]) == 0)
			j++;
		else
			told->at[kept++] = told->at[i];
	}
	told->n = kept;
	for (size_t i = 0; i < gained->n; i++) {
		arena_grow(arena, told->at, told->n, &told->capacity);
		told->at[told->n++] = gained->at[i];
	}
	sort_told(told);
}

/* What the rules before tell the profiles concerned, in `d`, sorted. */
static int find_told(struct machine *m, const struct profile *const *profiles, size_t n, struct digests *d,
	struct error *err)
{
	struct bench bench = { .rules = m->before->rules, .ruleset = m->before->ruleset, .n_profiles = n };
	struct rematch_options options;
	struct rematch_count count;
	int r = matcher_new(bench.rules, bench.ruleset, profiles, n, &bench.matcher, err);

	if (r < 0)
		return r;
	rematch_options_init(&options);
	options.since = m->options->since;
	options.until = m->options->until;
	options.texts = false;
	bench.profiles = arena_array(&d->arena, const struct profile *, n);
	memcpy(bench.profiles, profiles, n * sizeof(*profiles));
	d->bench = &bench;
	r = rematch_run(m->db, bench.matcher, &options, take_told, d, m->progress, &count, err);
	sort_told(&d->told);
	matcher_free(bench.matcher);
	return r;
}

static int compare_told(struct machine *m, const struct profile *const *profiles, const size_t *numbers,
	size_t n, struct error *err)
{
	int64_t *before = arena_array(m->arena, int64_t, n), *after = arena_array(m->arena, int64_t, n);
	struct digests d = { .bench = NULL };
	int r = find_told(m, profiles, n, &d, err);

	if (r >= 0) {
		count_digests(&d.told, m->ret->digests_before, before);
		tell_after(&d.told, &m->lost, &m->gained, &d.arena);
		count_digests(&d.told, m->ret->digests_after, after);
	}
	for (size_t i = 0; i < n; i++) {
		m->profiles[numbers[i]].before = before[i];
		m->profiles[numbers[i]].after = after[i];
	}
	arena_done(&d.arena);
	return r;
}

static int64_t changes_of(const struct machine *m, size_t profile)
{
	return m->profiles[profile].counts[BACKTEST_GAINED] + m->profiles[profile].counts[BACKTEST_LOST];
}

/* Puts a profile where it belongs among those that change most; of equals the first stays. */
static void keep_concerned(const struct machine *m, size_t *numbers, size_t *n, size_t most, size_t profile)
{
	size_t at = *n;

	while (at > 0 && changes_of(m, numbers[at - 1]) < changes_of(m, profile))
		at--;
	if (at == most)
		return;
	*n += *n < most;
	memmove(&numbers[at + 1], &numbers[at], (*n - at - 1) * sizeof(*numbers));
	numbers[at] = profile;
}

/* Drops what is told to others than those whose digests are counted; numbers become those among them. */
static void keep_told(struct told_list *list, const size_t *numbers, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		uint32_t at = 0;

		while (at < n && numbers[at] != list->at[i].profile)
			at++;
		if (at == n)
			continue;
		list->at[kept] = list->at[i];
		list->at[kept++].profile = at;
	}
	list->n = kept;
	sort_told(list);
}

/* Only of profiles that something changes for: what the others get is the same to the byte. */
static int compare_digests(struct machine *m, struct error *err)
{
	size_t most = m->options->all_digests ? m->after->n_profiles : DIGEST_PROFILES, n = 0;
	size_t *numbers = arena_array(m->arena, size_t, most + 1);
	const struct profile **profiles = arena_array(m->arena, const struct profile *, most);

	for (size_t i = 0; i < m->after->n_profiles; i++) {
		if (changes_of(m, i) == 0)
			continue;
		m->ret->concerned++;
		keep_concerned(m, numbers, &n, most, i);
	}
	if (n > 1)
		qsort(numbers, n, sizeof(*numbers), by_size);
	for (size_t i = 0; i < n; i++)
		profiles[i] = m->after->profiles[numbers[i]];
	m->ret->digests_of = n;
	keep_told(&m->lost, numbers, n);
	keep_told(&m->gained, numbers, n);
	return n == 0 ? 0 : compare_told(m, profiles, numbers, n, err);
}

static void sort_tallies(struct machine *m)
{
	struct backtest *ret = m->ret;
	size_t n = m->after->n_profiles, kept = 0;

	for (size_t i = 0; i < n; i++)
		if (m->profiles[i].counts[BACKTEST_GAINED] + m->profiles[i].counts[BACKTEST_LOST] +
				m->profiles[i].counts[BACKTEST_MOVED] > 0)
			m->profiles[kept++] = m->profiles[i];
	ret->by_profile = (struct backtest_tallies){ m->profiles, kept };
	if (kept > 1)
		qsort(ret->by_profile.at, kept, sizeof(*ret->by_profile.at), by_change);
	if (ret->by_department.n > 1)
		qsort(ret->by_department.at, ret->by_department.n, sizeof(*ret->by_department.at), by_change);
	if (ret->by_field.n > 1)
		qsort(ret->by_field.at, ret->by_field.n, sizeof(*ret->by_field.at), by_change);
}

static int compare_years(struct machine *m, struct error *err)
{
	struct rematch_options options;
	int r;

	m->profiles = arena_array(m->arena, struct backtest_tally, m->after->n_profiles);
	for (size_t i = 0; i < m->after->n_profiles; i++)
		m->profiles[i] = (struct backtest_tally){ .name = m->after->profiles[i]->id, .before = -1,
			.after = -1 };
	for (int kind = 0; kind < BACKTEST_KINDS; kind++)
		m->ret->examples[kind] = arena_array(m->arena, struct backtest_example,
			m->options->examples + 1);
	rematch_options_init(&options);
	options.since = m->options->since;
	options.until = m->options->until;
	options.texts = false;
	r = rematch_compare(m->db, m->before->matcher, m->after->matcher, &options, take_notice, m,
		m->progress, &m->ret->count, err);
	if (r >= 0)
		r = find_titles(m, err);
	if (r >= 0)
		r = compare_digests(m, err);
	return r;
}

int backtest_run(struct db *db, struct bench *before, struct bench *after,
	const struct backtest_options *options, const struct progress *progress, struct arena *arena,
	struct backtest *ret, struct error *err)
{
	struct machine m = { .db = db, .before = before, .after = after, .options = options,
		.progress = progress, .arena = arena, .ret = ret };
	int r;

	*ret = (struct backtest){ .profiles = after->n_profiles };
	db_keep(db, KEPT_KIB);
	r = golden_check(db, before, after, arena, &ret->golden, err);
	if (r >= 0)
		r = judged_measure(db, before, after, arena, &ret->judged, err);
	if (r >= 0)
		r = compare_years(&m, err);
	if (r >= 0)
		sort_tallies(&m);
	if (r >= 0)
		r = rule_uses(db, after, options, progress, arena, &ret->uses, err);
	db_keep(db, DB_CACHE_KIB);
	arena_done(&m.notice);
	if (r >= 0 && http_stop)
		return error_set(err, ERROR_SYSTEM, "stopped before the end");
	return r < 0 ? r : 0;
}
