/* One line of a rule file cut into tokens, always knowing its column. */
#ifndef MATCH_RULE_LEX_H
#define MATCH_RULE_LEX_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum token_kind {
	TOKEN_END,     /* end of line, or a comment */
	TOKEN_WORD,    /* letters, digits, and . _ - * ' + @ ~ */
	TOKEN_TEXT,    /* "…" */
	TOKEN_EXACT,   /* ="…" or =word */
	TOKEN_PATTERN, /* /…/ or /…/C */
	TOKEN_COMMA,
	TOKEN_BAD,     /* `text` says why */
};

struct token {
	enum token_kind kind;
	struct str text; /* without quotes or slashes */
	bool raw;        /* TOKEN_PATTERN with flag C */
	unsigned column; /* from 1, in characters */
};

struct rule_lexer {
	struct str line;
	size_t at;
	struct arena *arena; /* for texts with escaped quotes */
};

struct token rule_lex(struct rule_lexer *lexer);
bool token_is_word(const struct token *token, const char *word);

#endif
