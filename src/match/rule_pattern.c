#include "rule_pattern.h"

#include "base/buf.h"
#include "base/fold.h"

/* In a class one character must stay one: "[œ]" becomes "[o]", near enough for a rule. */
static void add_folded(struct buf *out, struct str c, bool in_class, struct arena *arena)
{
	struct str folded = fold_text(arena, c);

	if (folded.len == 0)
		buf_addc(out, in_class ? '\'' : ' ');
	else if (folded.len == 1)
		buf_adds(out, folded);
	else if (in_class)
		buf_addc(out, folded.ptr[0]);
	else
		buf_addf(out, "(?:%.*s)", STR_ARG(folded));
}

struct str rule_pattern_fold(struct str pattern, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(16 * pattern.len + 16);
	bool in_class = false;
	size_t at = 0;

	while (at < pattern.len) {
		size_t start = at;
		uint32_t c = str_utf8_next(pattern, &at);

		if (c == '\\') {
			if (at < pattern.len)
				str_utf8_next(pattern, &at);
			buf_adds(&out, str_sub(pattern, start, at));
			continue;
		}
		if (c == '[' && !in_class)
			in_class = true;
		else if (c == ']' && in_class && start > 0 && pattern.ptr[start - 1] != '[')
			in_class = false;
		/* "(?-i)" and the like keep their dash */
		if (!in_class && (c == '\'' || (c == '-' && (start == 0 || pattern.ptr[start - 1] != '?'))))
			buf_addc(&out, ' ');
		else if (c < 0x80)
			buf_addc(&out, (char)c);
		else
			add_folded(&out, str_sub(pattern, start, at), in_class, arena);
	}
	return arena_dup(arena, buf_str(&out));
}
