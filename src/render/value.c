#include "render/value.h"

#include <assert.h>

#include "value_tree.h"

static struct value *value_of(struct arena *arena, enum value_kind_of kind)
{
	struct value *value = arena_new(arena, struct value);

	value->kind = kind;
	value->arena = arena;
	return value;
}

struct value *value_map(struct arena *arena)
{
	return value_of(arena, VALUE_IS_MAP);
}

struct value *value_list(struct arena *arena)
{
	return value_of(arena, VALUE_IS_LIST);
}

static void add_entry(struct value *value, struct str key, struct value *child)
{
	arena_grow(value->arena, value->entries, value->n_entries, &value->capacity);
	value->entries[value->n_entries++] = (struct value_entry){ key, child };
}

void value_set(struct value *map, const char *key, struct value *child)
{
	assert(map->kind == VALUE_IS_MAP);
	for (size_t i = 0; i < map->n_entries; i++)
		if (str_eqz(map->entries[i].key, key)) {
			map->entries[i].value = child;
			return;
		}
	add_entry(map, str_of(key), child);
}

void value_append(struct value *list, struct value *child)
{
	assert(list->kind == VALUE_IS_LIST);
	add_entry(list, STR_NONE, child);
}

void value_set_text(struct value *map, const char *key, struct str text)
{
	struct value *value;

	if (!str_given(text))
		return;
	value = value_of(map->arena, VALUE_IS_TEXT);
	value->text = text;
	value_set(map, key, value);
}

void value_set_bool(struct value *map, const char *key, bool b)
{
	struct value *value = value_of(map->arena, VALUE_IS_BOOL);

	value->truth = b;
	value_set(map, key, value);
}

void value_set_number(struct value *map, const char *key, long long n)
{
	value_set_text(map, key, arena_printf(map->arena, "%lld", n));
}

void value_set_marked(struct value *map, const char *key, struct str text,
	const struct value_span *spans, size_t n)
{
	struct value *value;
	struct value_span *kept;

	if (!str_given(text))
		return;
	value = value_of(map->arena, VALUE_IS_MARKUP);
	kept = arena_array(map->arena, struct value_span, n);
	for (size_t i = 0, end = 0; i < n; i++) {
		assert(spans[i].start >= end && spans[i].start <= spans[i].end &&
			spans[i].end <= text.len);
		end = spans[i].end;
		kept[i] = spans[i];
	}
	value->text = text;
	value->spans = kept;
	value->n_spans = n;
	value_set(map, key, value);
}

const struct value *value_find(const struct value *map, struct str key)
{
	for (size_t i = 0; i < map->n_entries; i++)
		if (key.len == map->entries[i].key.len && str_eq(key, map->entries[i].key))
			return map->entries[i].value;
	return NULL;
}

bool value_holds(const struct value *value)
{
	switch (value->kind) {
	case VALUE_IS_TEXT:
	case VALUE_IS_MARKUP:
		return value->text.len > 0;
	case VALUE_IS_BOOL:
		return value->truth;
	case VALUE_IS_LIST:
	case VALUE_IS_MAP:
		return value->n_entries > 0;
	}
	return false;
}
