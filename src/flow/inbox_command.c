/* What an answer asks for, line by line. */
#include "base/fold.h"
#include "flow/inbox.h"

enum { LINE_MAX = 200 };

/* Lines behind which mail programmes put what is answered to: "> …", "-- ", "____", "Le … a écrit :". */
static bool begins_quote(struct str line)
{
	return str_starts(line, ">") || str_starts(line, "--") || str_starts(line, "__") || str_ends(line, ":");
}

static enum inbox_verb verb_of(struct str *rest)
{
	static const struct {
		const char *word;
		enum inbox_verb verb;
	} verbs[] = {
		{ "oui", INBOX_YES }, { "yes", INBOX_YES }, { "non", INBOX_NO }, { "no", INBOX_NO },
		{ "pourquoi", INBOX_WHY }, { "why", INBOX_WHY }, { "plus tard", INBOX_LATER },
		{ "later", INBOX_LATER }, { "stop", INBOX_STOP },
	};

	for (size_t i = 0; i < LENGTH(verbs); i++) {
		struct str after = *rest;

		if (str_prefix(&after, verbs[i].word) && (after.len == 0 || after.ptr[0] == ' ')) {
			*rest = str_trim(after);
			return verbs[i].verb;
		}
	}
	return INBOX_NOTHING;
}

/* The line must be a command and nothing else. */
static struct inbox_command read_line(struct str line)
{
	struct inbox_command command = { verb_of(&line), 0, STR_NONE };
	struct str word, rest = line;
	unsigned number;

	if (command.verb != INBOX_NOTHING && line.len > 0) {
		str_cut(&rest, ' ', &word);
		if (str_to_uint(word, 999, &number)) {
			command.number = (int)number;
			line = str_given(rest) ? str_trim(rest) : STR("");
		}
		if (line.len > 0 && command.verb == INBOX_NO && str_find_char(line, ' ') == SIZE_MAX) {
			command.word = line;
			line = STR("");
		}
		if (line.len > 0 || (command.verb == INBOX_STOP && command.number != 0))
			command.verb = INBOX_NOTHING;
	}
	return command;
}

struct inbox_command inbox_next_command(struct str *text, struct arena *arena)
{
	struct str line;

	while (str_cut(text, '\n', &line)) {
		line = str_trim(str_clip(line, LINE_MAX));
		if (line.len == 0)
			continue;
		if (begins_quote(line))
			break;
		return read_line(str_trim(fold_text(arena, line)));
	}
	return (struct inbox_command){ INBOX_NOTHING, 0, STR_NONE };
}
