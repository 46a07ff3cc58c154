/*
 * The value tree that templates show: maps, lists, texts, truth. Built in an arena by C, read-only for
 * templates. Text is escaped where it is put; MARKUP passes as it is and is made by one function only.
 */
#ifndef RENDER_VALUE_H
#define RENDER_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

enum value_kind_of { VALUE_IS_TEXT, VALUE_IS_MARKUP, VALUE_IS_BOOL, VALUE_IS_LIST, VALUE_IS_MAP };

struct value;

/* Keys and texts are not copied: a key is a literal, a text lives as long as the tree. */
struct value *value_map(struct arena *arena);
struct value *value_list(struct arena *arena);

/* STR_NONE sets nothing: the key stays unknown to `if`, and to put it is an error. */
void value_set_text(struct value *map, const char *key, struct str text);
void value_set_bool(struct value *map, const char *key, bool b);
void value_set_number(struct value *map, const char *key, long long n); /* a text of its digits */
void value_set(struct value *map, const char *key, struct value *child);
void value_append(struct value *list, struct value *child);

/*
 * A text with marked spans [start, end), sorted and not overlapping, as markup: everything escaped
 * and the spans wrapped in <mark>. In plain text templates the spans stand between asterisks instead, in an
 * attribute they are bare. This is the only maker of markup.
 */
struct value_span { size_t start, end; };
void value_set_marked(struct value *map, const char *key, struct str text,
	const struct value_span *spans, size_t n);

#endif
