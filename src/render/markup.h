/* Follows the text of an HTML template to know what a value put at its end would stand in. */
#ifndef RENDER_MARKUP_H
#define RENDER_MARKUP_H

#include "base/str.h"
#include "escape.h"

enum markup_spot {
	SPOT_TEXT,
	SPOT_TAG_NAME,
	SPOT_TAG, /* between attributes */
	SPOT_ATTRIBUTE_NAME,
	SPOT_BEFORE_VALUE,
	SPOT_VALUE, /* quoted */
	SPOT_BARE_VALUE,
	SPOT_DECLARATION,
	SPOT_COMMENT,
	SPOT_RAW, /* in style or script */
};

enum { MARKUP_NAME_MAX = 15 };

struct markup {
	enum markup_spot spot;
	char quote;                     /* SPOT_VALUE */
	bool fresh;                     /* SPOT_VALUE: nothing stands in it yet */
	char name[MARKUP_NAME_MAX + 1]; /* of the tag or attribute, lower case, cut */
	size_t name_len;
	char raw[MARKUP_NAME_MAX + 1]; /* "style" or "script" while in one, else "" */
	char tail[9];                  /* the last characters, lower case: for --> and </script */
};

#define MARKUP_INIT                                                                                \
	{                                                                                          \
		.spot = SPOT_TEXT                                                                  \
	}

void markup_follow(struct markup *markup, struct str text);

/* NULL and *ret_place, or what is wrong with a value here. Afterwards the value has been put. */
const char *markup_put(struct markup *markup, enum place *ret_place);

/* Would a value mean the same here and there? What a block must keep. */
bool markup_same(const struct markup *a, const struct markup *b);

#endif
