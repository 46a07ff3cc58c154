#include "rule_lex.h"

static bool word_byte(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0x80 || c == '.' ||
	       c == '_' || c == '-' || c == '*' || c == '\'' || c == '+' || c == '@' || c == '~';
}

static struct str take_word(struct rule_lexer *lexer)
{
	size_t start = lexer->at;

	while (lexer->at < lexer->line.len && word_byte((unsigned char)lexer->line.ptr[lexer->at]))
		lexer->at++;
	return str_sub(lexer->line, start, lexer->at);
}

/* After the opening quote: up to the closing one; \" and \\ stand for themselves. */
static bool take_quoted(struct rule_lexer *lexer, struct str *ret)
{
	char *out = arena_alloc(lexer->arena, lexer->line.len - lexer->at + 1);
	size_t n = 0;

	while (lexer->at < lexer->line.len) {
		char c = lexer->line.ptr[lexer->at++];

		if (c == '"') {
			*ret = str_n(out, n);
			return true;
		}
		if (c == '\\' && lexer->at < lexer->line.len &&
			(lexer->line.ptr[lexer->at] == '"' || lexer->line.ptr[lexer->at] == '\\'))
			c = lexer->line.ptr[lexer->at++];
		out[n++] = c;
	}
	return false;
}

/* After the opening slash: up to the next bare one; "\/" stands for a slash, other escapes stay. */
static bool take_pattern(struct rule_lexer *lexer, struct token *token)
{
	char *out = arena_alloc(lexer->arena, lexer->line.len - lexer->at + 1);
	size_t n = 0;

	while (lexer->at < lexer->line.len) {
		char c = lexer->line.ptr[lexer->at++];

		if (c == '/') {
			token->text = str_n(out, n);
			if (lexer->at < lexer->line.len && lexer->line.ptr[lexer->at] == 'C') {
				token->raw = true;
				lexer->at++;
			}
			return true;
		}
		if (c == '\\' && lexer->at < lexer->line.len) {
			if (lexer->line.ptr[lexer->at] != '/')
				out[n++] = c;
			c = lexer->line.ptr[lexer->at++];
		}
		out[n++] = c;
	}
	return false;
}

static unsigned column_of(const struct rule_lexer *lexer)
{
	return (unsigned)str_utf8_count(str_sub(lexer->line, 0, lexer->at)) + 1;
}

/* A flag that is none, or a blank that was forgotten, would otherwise be a word of its own. */
static bool goes_on(const struct rule_lexer *lexer)
{
	unsigned char c = lexer->at < lexer->line.len ? (unsigned char)lexer->line.ptr[lexer->at] : ' ';

	return word_byte(c) || c == '"' || c == '/' || c == '=';
}

static struct token lex(struct rule_lexer *lexer)
{
	const struct str no_quote =
		STR("a closing quote \" is missing on this line; inside a text it is written \\\"");
	struct token token = { .kind = TOKEN_END };
	unsigned char c;

	while (lexer->at < lexer->line.len &&
		(lexer->line.ptr[lexer->at] == ' ' || lexer->line.ptr[lexer->at] == '\t'))
		lexer->at++;
	token.column = column_of(lexer);
	if (lexer->at >= lexer->line.len || lexer->line.ptr[lexer->at] == '#')
		return token;
	c = (unsigned char)lexer->line.ptr[lexer->at];
	if (c == ',') {
		lexer->at++;
		token.kind = TOKEN_COMMA;
	} else if (c == '"') {
		lexer->at++;
		token.kind = take_quoted(lexer, &token.text) ? TOKEN_TEXT : TOKEN_BAD;
		if (token.kind == TOKEN_BAD)
			token.text = no_quote;
	} else if (c == '/') {
		lexer->at++;
		token.kind = take_pattern(lexer, &token) ? TOKEN_PATTERN : TOKEN_BAD;
		if (token.kind == TOKEN_BAD)
			token.text = STR("a closing slash / is missing on this line; inside a pattern it is written \\/");
	} else if (c == '=') {
		lexer->at++;
		token.kind = TOKEN_EXACT;
		if (lexer->at < lexer->line.len && lexer->line.ptr[lexer->at] == '"') {
			lexer->at++;
			if (!take_quoted(lexer, &token.text))
				token = (struct token){ TOKEN_BAD, no_quote, false, token.column };
		} else {
			token.text = take_word(lexer);
		}
	} else if (word_byte(c)) {
		token.kind = TOKEN_WORD;
		token.text = take_word(lexer);
	} else {
		lexer->at++;
		token.kind = TOKEN_BAD;
		token.text = STR("unexpected character; quote texts as \"…\" and patterns as /…/");
	}
	return token;
}

struct token rule_lex(struct rule_lexer *lexer)
{
	struct token token = lex(lexer);

	if (token.kind == TOKEN_PATTERN && goes_on(lexer))
		return (struct token){ TOKEN_BAD, STR("the only flag behind a pattern is C; put a blank before another word"),
			false, column_of(lexer) };
	if ((token.kind == TOKEN_TEXT || token.kind == TOKEN_EXACT) && goes_on(lexer))
		return (struct token){ TOKEN_BAD, STR("a blank is missing here"), false, column_of(lexer) };
	return token;
}

bool token_is_word(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && str_eqz(token->text, word);
}
