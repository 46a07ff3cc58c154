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
#define NAMES(TABLE) { TABLE, LENGTH(TABLE) }

extern const struct unread_names unread_today, unread_old_boamp, unread_ted_legacy, unread_decp,
	unread_feed, unread_explore, unread_approch, unread_ocds;

/* By enum unread_vocabulary. */
extern const struct unread_names *const unread_names[UNREAD_VOCABULARIES];

#endif
