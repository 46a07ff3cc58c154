#include "match/rules_diff.h"

#include <stdlib.h>

enum { TEXT_LINES_MAX = RULE_LINES_MAX * 4 };

static bool rule_changed(const struct rule *before, const struct rule *after, struct rule_change *ret)
{
	*ret = (struct rule_change){ before, after, before->weight != after->weight,
		!str_eq(str_trim(before->text), str_trim(after->text)) };
	return ret->weight || ret->text;
}

/* Both are in order of name: one walk over the two. */
static void diff_rules(const struct rules *a, const struct rules *b, struct arena *arena,
	struct rules_diff *ret)
{
	size_t i = 0, j = 0;

	ret->rules = arena_array(arena, struct rule_change, a->n_rules + b->n_rules);
	while (i < a->n_rules || j < b->n_rules) {
		struct rule_change *change = &ret->rules[ret->n_rules];
		int order = i == a->n_rules   ? 1
			    : j == b->n_rules ? -1
					      : str_cmp(a->rules[i].name, b->rules[j].name);

		if (order < 0) {
			*change = (struct rule_change){ .before = &a->rules[i++] };
			ret->n_rules++;
		} else if (order > 0) {
			*change = (struct rule_change){ .after = &b->rules[j++] };
			ret->n_rules++;
		} else {
			ret->n_rules += rule_changed(&a->rules[i++], &b->rules[j++], change);
		}
	}
}

static bool field_same(const struct activity *a, const struct activity *b)
{
	return a->cap == b->cap && str_eq(a->label, b->label) && str_eq(a->label_en, b->label_en);
}

static void diff_fields(const struct rules *a, const struct rules *b, struct arena *arena,
	struct rules_diff *ret)
{
	size_t i = 0, j = 0;

	ret->fields = arena_array(arena, struct field_change, a->n_fields + b->n_fields);
	while (i < a->n_fields || j < b->n_fields) {
		struct field_change *change = &ret->fields[ret->n_fields];
		int order = i == a->n_fields   ? 1
			    : j == b->n_fields ? -1
					       : str_cmp(a->fields[i].slug, b->fields[j].slug);

		*change = (struct field_change){ order <= 0 ? &a->fields[i] : NULL,
			order >= 0 ? &b->fields[j] : NULL };
		ret->n_fields += order != 0 || !field_same(&a->fields[i], &b->fields[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

/* The rest: lines of no rule, no field and no weight */

struct lines {
	struct str *at;
	size_t n, capacity;
};

static size_t count_lines(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	return n;
}

/* Numbers of the lines of a file that belong to rules. */
static bool *lines_of_rules(const struct rules *rules, struct str file, size_t n_lines, struct arena *arena)
{
	bool *taken = arena_array(arena, bool, n_lines + 2);

	for (size_t i = 0; i < rules->n_rules; i++) {
		const struct rule *rule = &rules->rules[i];
		size_t end = rule->number + count_lines(rule->text);

		for (size_t line = rule->number; str_eq(rule->file, file) && line < end && line <= n_lines;
			line++)
			taken[line] = true;
	}
	return taken;
}

static void gather_rest(const struct rules_side *side, struct arena *arena, struct lines *ret)
{
	for (size_t i = 0; i < side->n_files; i++) {
		struct str rest = side->files[i].text, line;
		bool *taken = lines_of_rules(side->rules, side->files[i].name, count_lines(rest), arena);

		for (size_t number = 1; str_cut(&rest, '\n', &line); number++) {
			line = str_trim(line);
			if (taken[number] || line.len == 0 || line.ptr[0] == '#' ||
				str_starts(line, "field ") || str_starts(line, "weight "))
				continue;
			arena_grow(arena, ret->at, ret->n, &ret->capacity);
			ret->at[ret->n++] = line;
		}
	}
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void diff_rest(const struct rules_side *before, const struct rules_side *after, struct arena *arena,
	struct rules_diff *ret)
{
	struct lines a = { NULL, 0, 0 }, b = { NULL, 0, 0 };
	size_t i = 0, j = 0;

	gather_rest(before, arena, &a);
	gather_rest(after, arena, &b);
	if (a.n > 1)
		qsort(a.at, a.n, sizeof(*a.at), by_text);
	if (b.n > 1)
		qsort(b.at, b.n, sizeof(*b.at), by_text);
	ret->rest = arena_array(arena, struct line_change, a.n + b.n);
	while (i < a.n || j < b.n) {
		int order = i == a.n ? 1 : j == b.n ? -1 : str_cmp(a.at[i], b.at[j]);

		if (order < 0)
			ret->rest[ret->n_rest++] = (struct line_change){ '-', a.at[i] };
		else if (order > 0)
			ret->rest[ret->n_rest++] = (struct line_change){ '+', b.at[j] };
		i += order <= 0;
		j += order >= 0;
	}
}

void rules_diff(const struct rules_side *before, const struct rules_side *after, struct arena *arena,
	struct rules_diff *ret)
{
	*ret = (struct rules_diff){ NULL, 0, NULL, 0, NULL, 0 };
	diff_rules(before->rules, after->rules, arena, ret);
	diff_fields(before->rules, after->rules, arena, ret);
	diff_rest(before, after, arena, ret);
}

/* Lines of one text */

static size_t split(struct str text, struct str *ret)
{
	struct str line;
	size_t n = 0;

	text = str_trim(text);
	while (n < TEXT_LINES_MAX && str_cut(&text, '\n', &line))
		ret[n++] = str_ends(line, "\r") ? str_sub(line, 0, line.len - 1) : line;
	return n;
}

/* The longest common subsequence of lines[from…) of both, by the table of those that begin later. */
size_t rules_diff_lines(struct str before, struct str after, struct arena *arena,
	struct line_change **ret)
{
	struct str *a = arena_array(arena, struct str, TEXT_LINES_MAX);
	struct str *b = arena_array(arena, struct str, TEXT_LINES_MAX);
	size_t n_a = split(before, a), n_b = split(after, b), i = 0, j = 0, n = 0;
	unsigned *common = arena_array(arena, unsigned, (n_a + 1) * (n_b + 1));
	struct line_change *out = arena_array(arena, struct line_change, n_a + n_b);

#define COMMON(I, J) common[(I) * (n_b + 1) + (J)]
	for (size_t x = n_a; x-- > 0;)
		for (size_t y = n_b; y-- > 0;)
			COMMON(x, y) = str_eq(a[x], b[y])                  ? COMMON(x + 1, y + 1) + 1
				       : COMMON(x + 1, y) > COMMON(x, y + 1) ? COMMON(x + 1, y)
									     : COMMON(x, y + 1);
	while (i < n_a || j < n_b) {
		if (i < n_a && j < n_b && str_eq(a[i], b[j])) {
			out[n++] = (struct line_change){ ' ', a[i++] };
			j++;
		} else if (j == n_b || (i < n_a && COMMON(i + 1, j) >= COMMON(i, j + 1))) {
			out[n++] = (struct line_change){ '-', a[i++] };
		} else {
			out[n++] = (struct line_change){ '+', b[j++] };
		}
	}
#undef COMMON
	*ret = out;
	return n;
}
