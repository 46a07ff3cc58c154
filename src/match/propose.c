/*
 * The smallest change of a profile that would have matched: words of the notice's subject, a field of
 * activity, a CPV branch. Each is tried before it is told, all in one matcher with a profile for each.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "gates.h"
#include "match/matcher.h"
#include "tender/cpv.h"

enum {
	WORDS_MAX = 16, PAIRS_MAX = 12, CODES_MAX = 3, FIELDS_TRIED_MAX = 3,
	BOTH_MAX = 8, /* words tried with the first CPV code */
	RUNS_MAX = 24, /* words of a title side by side, common ones among them */
	CANDIDATES_MAX = WORDS_MAX + PAIRS_MAX + CODES_MAX + FIELDS_TRIED_MAX + BOTH_MAX + RUNS_MAX,
	LOTS_READ_MAX = 20, DESCRIPTION_READ_MAX = 4096, LETTERS_MIN = 4, RARITY_MIN = 4, RARITY_UNKNOWN = 10, GAP_MAX = 2, COUNTED_MAX = 3,
	BRANCH_MAX = 5, /* digits of a CPV branch: a category */
	TRADE_WORDS_MAX = 4, /* of what a rule fired on, and of a publisher's subject */
	RUN_WORDS_MAX = 3, BEHIND_ALL = -1000, /* the weight of what is tried last */
	NOTHING_SAID = -20, /* what a word of every purchase takes from it */
};

struct candidate {
	struct str text;  /* "add the keyword …" */
	struct str words; /* of a keyword, as the notice has them */
	int weight;       /* the better one is tried first */
	struct profile profile;
};

struct proposing {
	const struct rules *rules;
	const struct notice *notice;
	const struct profile *profile;
	struct arena *arena;
	struct folded names;   /* of the buyer, its town and the places of France: no subject */
	struct folded subject; /* everything the notice says, to count words in */
	struct candidate *at;
	size_t n;
};

static bool has_word(const struct folded *folded, struct str word)
{
	for (uint32_t i = 0; i < folded->n_words; i++)
		if (str_eq(folded_word(folded, i), word))
			return true;
	return false;
}

static int count_word(const struct folded *folded, struct str word)
{
	int count = 0;

	for (uint32_t i = 0; i < folded->n_words; i++)
		count += str_eq(folded_word(folded, i), word);
	return count;
}

/* Of a word that is no function word. */
static int rarity_of(const struct rules *rules, struct str word)
{
	for (size_t i = 0; i < rules->n_rarities; i++)
		if (str_eq(rules->rarities[i].word, word))
			return rules->rarities[i].rarity;
	return RARITY_UNKNOWN;
}

static bool is_function_word(const struct rules *rules, struct str word)
{
	for (size_t i = 0; i < rules->n_stop_words; i++)
		if (str_eq(rules->stop_words[i], word))
			return true;
	return false;
}

/* Function words, words of every purchase, names of places that the rules know. */
static bool proves_little(const struct rules *rules, struct str word)
{
	return is_function_word(rules, word) || rarity_of(rules, word) < RARITY_MIN;
}

static bool has_capital(struct str raw)
{
	return raw.len > 0 && ((raw.ptr[0] >= 'A' && raw.ptr[0] <= 'Z') ||
				      ((unsigned char)raw.ptr[0] == 0xc3 && raw.len > 1 &&
					      (unsigned char)raw.ptr[1] < 0x9f));
}

/* A text in capitals, or with one on every word, tells nothing of names. */
static bool is_shouted(struct str text)
{
	size_t small = 0, large = 0, words = 0, capitals = 0;

	for (size_t i = 0; i < text.len; i++) {
		bool begins = i == 0 || text.ptr[i - 1] == ' ';
		bool capital = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z';

		small += text.ptr[i] >= 'a' && text.ptr[i] <= 'z';
		large += capital;
		words += begins;
		capitals += begins && capital;
	}
	return large > small || (words > 3 && capitals * 3 > words * 2);
}

/* Does this word of a text say what is bought? */
static bool is_subject(const struct proposing *p, struct str text, const struct folded *folded, uint32_t i,
	bool shouted)
{
	struct str word = folded_word(folded, i);
	struct str raw = str_sub(text, folded->words[i].raw_start, folded->words[i].raw_end);

	for (size_t j = 0; j < word.len; j++)
		if (word.ptr[j] >= '0' && word.ptr[j] <= '9')
			return false;
	if (word.len < LETTERS_MIN || proves_little(p->rules, word) || has_word(&p->names, word))
		return false;
	return shouted || i == 0 || !has_capital(raw);
}

static bool has_candidate(const struct proposing *p, struct str words)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_given(p->at[i].words) && str_eq_nocase(p->at[i].words, words))
			return true;
	return false;
}

/* Nobody wants to be shouted at; accents come as the notice has them. */
static struct str lowered(struct str text, struct arena *arena)
{
	char *at = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool accented = i > 0 && (unsigned char)text.ptr[i - 1] == 0xc3 && c >= 0x80 && c < 0x9f;

		at[i] = (char)((c >= 'A' && c <= 'Z') || accented ? c + 0x20 : c);
	}
	return str_n(at, text.len);
}

static struct candidate *add(struct proposing *p, struct str text, int weight)
{
	struct candidate *candidate = &p->at[p->n++];

	*candidate = (struct candidate){ .text = text, .weight = weight, .profile = *p->profile };
	return candidate;
}

/* The profile's own list stays as it is. */
static void add_code(struct codes *codes, struct str code, struct arena *arena)
{
	struct codes longer = { arena_array(arena, struct str, codes->n + 1), codes->n + 1, 0 };

	for (size_t i = 0; i < codes->n; i++)
		longer.at[i] = codes->at[i];
	longer.at[codes->n] = code;
	*codes = longer;
}

static void add_keyword(struct proposing *p, struct str words, int weight)
{
	struct candidate *candidate;

	words = is_shouted(words) ? lowered(words, p->arena) : words;

	if (has_candidate(p, words) || p->n >= WORDS_MAX + PAIRS_MAX || words.len > PROFILE_TERM_MAX)
		return;
	candidate = add(p, arena_printf(p->arena, "add the keyword \"%.*s\"", STR_ARG(words)), weight);
	candidate->words = words;
	add_code(&candidate->profile.keywords, words, p->arena);
}

/* Words that the notice repeats first; of two together rather than of each, which would bring more. */
static void take_text(struct proposing *p, struct str text, int weight)
{
	struct folded folded = fold(p->arena, text);
	bool shouted = is_shouted(text);
	uint32_t before = UINT32_MAX;

	for (uint32_t i = 0; i < folded.n_words; i++) {
		struct str word = folded_word(&folded, i);
		int count;

		if (!is_subject(p, text, &folded, i, shouted)) {
			if (!is_function_word(p->rules, word) || (before != UINT32_MAX && i - before > GAP_MAX))
				before = UINT32_MAX;
			continue;
		}
		count = count_word(&p->subject, word);
		count = count < COUNTED_MAX ? count : COUNTED_MAX;
		if (before != UINT32_MAX)
			add_keyword(p, str_sub(text, folded.words[before].raw_start, folded.words[i].raw_end),
				weight + 10 * count + 5 - (int)i / 2);
		add_keyword(p, str_sub(text, folded.words[i].raw_start, folded.words[i].raw_end),
			weight + 10 * count - (int)i / 2);
		before = i;
	}
}

/* Few words that somebody chose as those of a trade. */
static void take_trade(struct proposing *p, struct str text, int weight)
{
	struct folded folded = fold(p->arena, text);
	bool shouted = is_shouted(text), some = false;

	for (uint32_t i = 0; i < folded.n_words && !some; i++)
		some = is_subject(p, text, &folded, i, shouted);
	if (some && folded.n_words <= TRADE_WORDS_MAX)
		add_keyword(p, text, weight);
}

/* What rules fire on says of which trade the purchase is; a title does so better than a description. */
static void take_rules(struct proposing *p, struct matcher *matcher)
{
	struct reason *fired;
	struct error ignored = ERROR_INIT;
	size_t n = 0;

	if (matcher_rule_reasons(matcher, p->notice, p->arena, &fired, &n, &ignored) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (!str_eqz(fired[i].field, "cpv"))
			take_trade(p, fired[i].text, str_eqz(fired[i].field, "title") ? 250 : 200);
}

static void take_fields(struct proposing *p, struct matcher *matcher)
{
	struct reason *fired;
	struct error ignored = ERROR_INIT;
	size_t n = 0, taken = 0;

	if (matcher_rule_reasons(matcher, p->notice, p->arena, &fired, &n, &ignored) < 0)
		return;
	for (size_t i = 0; i < n && taken < FIELDS_TRIED_MAX; i++) {
		struct str slug = str_sub(fired[i].rule, 0, str_find_char(fired[i].rule, '.'));
		struct candidate *candidate;
		bool known = codes_has(&p->profile->fields, slug);

		for (size_t j = 0; j < p->n && !known; j++)
			known = codes_has(&p->at[j].profile.fields, slug);
		if (known)
			continue;
		candidate = add(p, arena_printf(p->arena, "add the field of activity %.*s", STR_ARG(slug)), 2);
		add_code(&candidate->profile.fields, slug, p->arena);
		taken++;
	}
}

static void take_cpv(struct proposing *p)
{
	for (size_t i = 0; i < p->notice->cpv.n && i < CODES_MAX; i++) {
		struct str branch = str_clip(cpv_significant(p->notice->cpv.at[i]), BRANCH_MAX);
		const char *label = cpv_division_label(branch);
		struct candidate *candidate;

		if (codes_has(&p->profile->cpv, branch))
			continue;
		candidate = add(p, arena_printf(p->arena, "add the CPV branch %.*s%s%s%s", STR_ARG(branch),
					   label != NULL ? " (" : "", label != NULL ? label : "",
					   label != NULL ? ")" : ""), 1);
		add_code(&candidate->profile.cpv, branch, p->arena);
	}
}

static int better_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return str_cmp(x->text, y->text);
}

/* Where no word is enough: the best ones with what the purchase is by its code. */
static void take_both(struct proposing *p)
{
	struct str branch;
	size_t n = p->n;

	if (p->notice->cpv.n == 0)
		return;
	branch = str_clip(cpv_significant(p->notice->cpv.at[0]), BRANCH_MAX);
	if (codes_has(&p->profile->cpv, branch))
		return;
	for (size_t i = 0, taken = 0; i < n && taken < BOTH_MAX; i++) {
		const struct candidate *one = &p->at[i];
		struct candidate *both;

		if (!str_given(one->words))
			continue;
		both = add(p, arena_printf(p->arena, "%.*s and the CPV branch %.*s", STR_ARG(one->text),
				   STR_ARG(branch)), -(int)taken++);
		both->profile = one->profile;
		add_code(&both->profile.cpv, branch, p->arena);
	}
}

/* What no keyword may consist of: figures, names, words too short to be read alone. */
static bool is_lost(const struct proposing *p, struct str text, const struct folded *folded, uint32_t i, bool shouted)
{
	struct str word = folded_word(folded, i);

	for (size_t j = 0; j < word.len; j++)
		if (word.ptr[j] >= '0' && word.ptr[j] <= '9')
			return true;
	return word.len < LETTERS_MIN || has_word(&p->names, word) ||
	       (!shouted && i > 0 && has_capital(str_sub(text, folded->words[i].raw_start, folded->words[i].raw_end)));
}

/* So many words that count, from this one of the title on. */
static void take_run(struct proposing *p, const struct folded *folded, uint32_t first, size_t words)
{
	struct str title = p->notice->title, run;
	bool shouted = is_shouted(title);
	struct candidate *candidate;
	int rarity = 0;
	uint32_t last = first;

	for (uint32_t i = first; words > 0; i++) {
		if (i == folded->n_words)
			return;
		if (is_function_word(p->rules, folded_word(folded, i)))
			continue;
		if (is_lost(p, title, folded, i, shouted))
			return;
		rarity += rarity_of(p->rules, folded_word(folded, i)) > 0
				  ? rarity_of(p->rules, folded_word(folded, i)) : NOTHING_SAID;
		last = i;
		words--;
	}
	run = str_sub(title, folded->words[first].raw_start, folded->words[last].raw_end);
	run = shouted ? lowered(run, p->arena) : run;
	if (has_candidate(p, run) || run.len > PROFILE_TERM_MAX)
		return;
	candidate = add(p, arena_printf(p->arena, "add the keyword \"%.*s\"", STR_ARG(run)),
		BEHIND_ALL + 2 * rarity - (int)first);
	candidate->words = run;
	add_code(&candidate->profile.keywords, run, p->arena);
}

/*
 * Common words say what is bought when they stand together: "contrôles techniques", "entretien des espaces
 * verts". Two or three of the title, the rarest first.
 */
static void take_runs(struct proposing *p)
{
	struct folded folded = fold(p->arena, p->notice->title);
	size_t most = p->n + RUNS_MAX;

	for (uint32_t i = 0; i < folded.n_words; i++)
		for (size_t words = 2; words <= RUN_WORDS_MAX && p->n < most; words++)
			if (!is_function_word(p->rules, folded_word(&folded, i)))
				take_run(p, &folded, i, words);
}

static void gather(struct proposing *p, struct matcher *matcher)
{
	const struct notice *notice = p->notice;
	struct str all = arena_printf(p->arena, "%.*s ; %.*s", STR_ARG(notice->title),
		STR_ARG(str_clip(notice->description, DESCRIPTION_READ_MAX)));

	p->names = fold(p->arena, arena_printf(p->arena, "%.*s ; %.*s", STR_ARG(notice->buyer.name),
					  STR_ARG(notice->buyer.city)));
	for (size_t i = 0; i < notice->n_lots && i < LOTS_READ_MAX; i++)
		all = arena_printf(p->arena, "%.*s ; %.*s", STR_ARG(all), STR_ARG(notice->lots[i].title));
	for (size_t i = 0; i < notice->subjects.n; i++)
		all = arena_printf(p->arena, "%.*s ; %.*s", STR_ARG(all), STR_ARG(notice->subjects.at[i]));
	p->subject = fold(p->arena, all);
	take_rules(p, matcher);
	for (size_t i = 0; i < notice->subjects.n; i++)
		take_trade(p, notice->subjects.at[i], 150 - (int)(i < 9 ? i : 9));
	take_text(p, notice->title, 100);
	for (size_t i = 0; i < notice->n_lots && i < LOTS_READ_MAX; i++)
		take_text(p, notice->lots[i].title, 10);
	for (size_t i = 0; i < notice->subjects.n; i++)
		take_text(p, notice->subjects.at[i], 10);
	take_fields(p, matcher);
	take_cpv(p);
	take_runs(p);
	qsort(p->at, p->n, sizeof(*p->at), better_first);
	take_both(p);
}

/* The first one that matches. */
static int find_first(const struct proposing *p, struct str *ret, struct error *err)
{
	CLEANUP(matcher_freep) struct matcher *trial = NULL;
	struct match_options options = { .no_gates = true };
	const struct profile **profiles = arena_array(p->arena, const struct profile *, CANDIDATES_MAX);
	int r;

	for (size_t i = 0; i < p->n; i++)
		profiles[i] = &p->at[i].profile;
	r = p->n == 0 ? 0 : matcher_new(p->rules, 0, profiles, p->n, &trial, err);
	for (size_t i = 0; r >= 0 && i < p->n && !str_given(*ret); i++) {
		struct explanation why;

		r = matcher_explain(trial, p->notice, i, &options, p->arena, &why, err);
		if (r >= 0 && why.matches)
			*ret = p->at[i].text;
	}
	return r < 0 ? r : 0;
}

/* The nature of the purchase beside each of them. */
static void ask_for_nature(struct proposing *p)
{
	for (size_t i = 0; i < p->n; i++) {
		p->at[i].profile.natures[p->notice->nature] = true;
		p->at[i].text = arena_printf(p->arena, "%.*s and the nature %s", STR_ARG(p->at[i].text),
			notice_nature_name(p->notice->nature));
	}
}

int matcher_propose(struct matcher *matcher, const struct rules *rules, const struct notice *notice,
	const struct profile *profile, struct arena *arena, struct str *ret, struct error *err)
{
	struct proposing p = { .rules = rules, .notice = notice, .profile = profile, .arena = arena };
	int r;

	p.at = arena_array(arena, struct candidate, CANDIDATES_MAX);
	*ret = STR_NONE;
	gather(&p, matcher);
	r = find_first(&p, ret, err);
	if (r < 0 || str_given(*ret) || gate_nature_passes(profile, notice))
		return r;
	ask_for_nature(&p);
	return find_first(&p, ret, err);
}
