#include "atoms.h"

#include <string.h>

#include "base/fold.h"

/*
 * A small reader of patterns: alternatives of sequences of quantified items. For each piece it keeps
 * the atoms of which one must occur; a sequence has the two best of its pieces, an alternative needs all
 * of its branches to have some.
 */
struct reader {
	struct str pattern;
	size_t at;
	struct arena *arena;
	bool one_word;
	bool lost; /* something whose meaning could be anything: no atoms, many words */
	int depth;
};

struct set { /* NULL: nothing is known to be needed */
	struct str *at;
	size_t n;
};

/* What is known of a part of the pattern. */
struct part {
	struct set best, second; /* a match has one of each; second: empty where best is */
	size_t reach;            /* bytes of the longest match, up to ATOMS_REACH_MAX */
};

enum { NEST_MAX = 50, CHARACTER_MAX = 4 };

static bool more(const struct reader *r)
{
	return r->at < r->pattern.len;
}

static char peek(const struct reader *r)
{
	return r->pattern.ptr[r->at];
}

static bool take(struct reader *r, const char *text)
{
	if (!str_starts(str_from(r->pattern, r->at), text))
		return false;
	r->at += strlen(text);
	return true;
}

static bool letter(uint32_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0x80;
}

/* Longer atoms are rarer; of a set the shortest counts, and many atoms are worse than few. */
static size_t worth(const struct set *set)
{
	size_t shortest = SIZE_MAX;

	if (set->n == 0)
		return 0;
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i].len < shortest)
			shortest = set->at[i].len;
	return shortest * 100 / (set->n + 3);
}

static bool share(const struct set *a, const struct set *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++)
			if (str_eq(a->at[i], b->at[j]))
				return true;
	return false;
}

/* A word that is in both sets answers for both: such a second one tells little that the best does not. */
static size_t worth_beside(const struct set *set, const struct set *best)
{
	return share(set, best) ? worth(set) / 8 : worth(set);
}

static void keep_better(struct part *part, struct set set)
{
	struct set other = set;

	if (worth(&set) > worth(&part->best)) {
		other = part->best;
		part->best = set;
	}
	if (worth_beside(&other, &part->best) > worth_beside(&part->second, &part->best))
		part->second = other;
}

static size_t reach(size_t sum)
{
	return sum < ATOMS_REACH_MAX ? sum : ATOMS_REACH_MAX;
}

/* A run of literal characters, folded; its longest word is what must occur. */
static struct set run_set(struct reader *r, struct str run)
{
	struct folded folded = fold(r->arena, run);
	struct set set = { NULL, 0 };
	struct str longest = STR_NONE;

	for (uint32_t i = 0; i < folded.n_words; i++)
		if (folded.words[i].len > longest.len)
			longest = folded_word(&folded, i);
	if (longest.len >= ATOM_LEN_MIN) {
		set.at = arena_new(r->arena, struct str);
		set.at[0] = longest;
		set.n = 1;
	}
	return set;
}

static struct set merge(struct reader *r, struct set a, struct set b)
{
	struct set both = { NULL, 0 };

	if (a.n == 0 || b.n == 0 || a.n + b.n > ATOMS_MAX)
		return both;
	both.at = arena_array(r->arena, struct str, a.n + b.n);
	memcpy(both.at, a.at, a.n * sizeof(*a.at));
	memcpy(both.at + a.n, b.at, b.n * sizeof(*b.at));
	both.n = a.n + b.n;
	return both;
}

/* Of "{2}", "{2,5}", "{2,}", what stands between the braces: how often at most. */
static size_t most_times(struct str text)
{
	size_t comma = str_find_char(text, ',');
	struct str most = comma == SIZE_MAX ? text : str_from(text, comma + 1);
	unsigned number;

	return comma != 0 && str_to_uint(most, ATOMS_REACH_MAX, &number) ? number : ATOMS_REACH_MAX;
}

/*
 * "?", "*", "+", "{2,5}" with a lazy or possessive mark: true when nothing may stand there. *ret_most:
 * how often it may.
 */
static bool take_quantifier(struct reader *r, bool *ret_quantified, size_t *ret_most)
{
	size_t start = r->at;
	bool optional = false;

	*ret_quantified = false;
	*ret_most = 1;
	if (!more(r))
		return false;
	if (peek(r) == '{') {
		r->at++;
		optional = more(r) && (peek(r) == '0' || peek(r) == ',');
		while (more(r) && ((peek(r) >= '0' && peek(r) <= '9') || peek(r) == ','))
			r->at++;
		if (!take(r, "}")) {
			r->at = start; /* a brace that is a literal */
			r->lost = true;
			r->at++;
			return true;
		}
		*ret_most = most_times(str_sub(r->pattern, start + 1, r->at - 1));
	} else if (peek(r) == '?' || peek(r) == '*' || peek(r) == '+') {
		optional = peek(r) != '+';
		*ret_most = peek(r) == '?' ? 1 : ATOMS_REACH_MAX;
		r->at++;
	} else {
		return false;
	}
	*ret_quantified = true;
	if (more(r) && (peek(r) == '?' || peek(r) == '+'))
		r->at++;
	return optional;
}

/* "[…]": what it may hold decides only whether a blank is among it. */
static void take_class(struct reader *r)
{
	bool first = true;

	r->at++;
	if (take(r, "^"))
		r->one_word = false;
	for (; more(r); first = false) {
		uint32_t c = str_utf8_next(r->pattern, &r->at);

		if (c == ']' && !first)
			return;
		if (c == '\\' && more(r)) {
			c = (unsigned char)r->pattern.ptr[r->at++];
			if (c != 'w' && c != 'd')
				r->one_word = false;
			if (c == 'Q' || c == 'E')
				r->lost = true;
		} else if (c == '[') {
			r->lost = true; /* [:alpha:] and the like */
		} else if (!letter(c) && c != '-') {
			r->one_word = false;
		} else if (c == '-' && !first && more(r) && peek(r) != ']' &&
			   !letter((unsigned char)r->pattern.ptr[r->at])) {
			r->one_word = false; /* a range that may run over a blank */
		}
	}
	r->lost = true;
}

/* Behind a backslash: true when it stands for one literal character, kept in *ret. */
static bool take_escape(struct reader *r, uint32_t *ret)
{
	uint32_t c = str_utf8_next(r->pattern, &r->at);

	if (!letter(c)) {
		*ret = c;
		return true;
	}
	if (c == 'w' || c == 'd' || c == 'b')
		return false;
	r->one_word = false;
	if (c == 's' || c == 'S' || c == 'W' || c == 'D' || c == 'B' || c == 'h' || c == 'N')
		return false;
	r->lost = true; /* \Q \x{…} \p{…} \K \G and others */
	return false;
}

static struct part take_alternatives(struct reader *r);

static const struct part nothing = { .reach = 0 };

/* "(…)" in all its forms. */
static struct part take_group(struct reader *r)
{
	struct part part = nothing;
	bool look = false;

	r->at++;
	if (++r->depth > NEST_MAX)
		r->lost = true;
	if (take(r, "?:") || take(r, "?>") || take(r, "?|")) {
		/* a group and no more */
	} else if (take(r, "?=") || take(r, "?!") || take(r, "?<=") || take(r, "?<!")) {
		look = true;
		r->one_word = false;
	} else if (take(r, "?i:")) {
		/* atoms have no case */
	} else if (more(r) && (peek(r) == '?' || peek(r) == '*')) {
		r->lost = true; /* flags for what follows, names, conditions, verbs */
	}
	if (!r->lost)
		part = take_alternatives(r);
	if (!r->lost && !take(r, ")"))
		r->lost = true;
	r->depth--;
	return look ? (struct part){ .reach = part.reach } : part;
}

/* One sequence, up to "|", ")" or the end. */
static struct part take_sequence(struct reader *r)
{
	struct part all = nothing;
	char *run = arena_alloc(r->arena, r->pattern.len + 1);
	size_t len = 0, most;

	while (more(r) && !r->lost && peek(r) != '|' && peek(r) != ')') {
		struct part piece = nothing;
		bool literal = false, optional, quantified;
		size_t start = r->at, before = len;
		uint32_t c = (unsigned char)peek(r);

		if (c == '(') {
			piece = take_group(r);
		} else if (c == '[') {
			take_class(r);
			piece.reach = CHARACTER_MAX;
		} else if (c == '.' || c == '^' || c == '$') {
			r->at++;
			r->one_word = false;
			piece.reach = CHARACTER_MAX;
		} else if (c == '\\') {
			r->at++;
			literal = more(r) && take_escape(r, &c);
			piece.reach = CHARACTER_MAX;
		} else {
			c = str_utf8_next(r->pattern, &r->at);
			literal = true;
			piece.reach = c < 0x80 ? 1 : CHARACTER_MAX;
		}
		if (literal && !letter(c))
			r->one_word = false;
		if (literal && letter(c)) {
			memcpy(run + len, r->pattern.ptr + start, r->at - start);
			len += r->at - start;
		}
		optional = take_quantifier(r, &quantified, &most);
		if (optional) {
			len = before;
			piece.best.n = piece.second.n = 0;
		}
		all.reach = reach(all.reach + reach(piece.reach * most));
		keep_better(&all, piece.best);
		keep_better(&all, piece.second);
		if (!literal || !letter(c) || quantified) {
			keep_better(&all, run_set(r, str_n(run, len)));
			run = arena_alloc(r->arena, r->pattern.len + 1);
			len = 0;
		}
	}
	keep_better(&all, run_set(r, str_n(run, len)));
	return all;
}

/* A branch that has but one set stands with it on both sides. */
static struct set second_of(const struct part *part)
{
	return part->second.n > 0 ? part->second : part->best;
}

static struct part take_alternatives(struct reader *r)
{
	struct part part = take_sequence(r);

	while (!r->lost && more(r) && peek(r) == '|') {
		struct part branch;

		r->at++;
		branch = take_sequence(r);
		if (part.second.n > 0 || branch.second.n > 0)
			part.second = merge(r, second_of(&part), second_of(&branch));
		part.best = merge(r, part.best, branch.best);
		if (part.best.n == 0)
			part.second.n = 0;
		if (branch.reach > part.reach)
			part.reach = branch.reach;
	}
	return part;
}

void atoms_find(struct str pattern, struct arena *arena, struct atoms *ret)
{
	struct reader r = { .pattern = pattern, .arena = arena, .one_word = true };
	struct part part = take_alternatives(&r);

	*ret = (struct atoms){ .n = 0, .reach = ATOMS_REACH_MAX };
	if (r.lost || more(&r))
		return;
	ret->one_word = r.one_word && part.best.n > 0;
	ret->n = part.best.n;
	ret->n_also = part.second.n;
	ret->reach = part.reach;
	for (size_t i = 0; i < ret->n; i++)
		ret->at[i] = arena_dup(arena, part.best.at[i]);
	for (size_t i = 0; i < ret->n_also; i++)
		ret->also[i] = arena_dup(arena, part.second.at[i]);
}
