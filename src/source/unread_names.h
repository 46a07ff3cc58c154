/* The names of each format that are read or passed over on purpose, for unread.c. */
#ifndef SOURCE_UNREAD_NAMES_H
#define SOURCE_UNREAD_NAMES_H

#include <stddef.h>

#include "base/macros.h"
#include "unread.h"

struct name_table {
	const char *const *at;
	size_t n;
};

struct unread_names {
	struct name_table elements, attributes;
	enum unread_vocabulary besides; /* another one that is known, too; UNREAD_NOTHING */
};
extern const struct unread_names unread_names[UNREAD_VOCABULARIES];

#endif
