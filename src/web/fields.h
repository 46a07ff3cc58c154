/* Fields of forms as members of a profile, and back. */
#ifndef WEB_FIELDS_H
#define WEB_FIELDS_H

#include "visit.h"

/* "one\ntwo, three" as a list: parted by line ends, commas and semicolons. */
struct codes field_list(struct str text, struct arena *arena);
/* One a line. */
struct str field_lines(const struct codes *codes, struct arena *arena);

/*
 * What the preferences change, when the form has it. ERROR_INPUT in the reader's language when a value is
 * none.
 */
int fields_take(const struct visit *v, struct profile *profile, struct error *err) MUST_CHECK;
/* The same members for the form. */
void fields_show(const struct visit *v, const struct profile *profile, struct value *values);

/* The sentence in the reader's language. */
const char *say(const struct visit *v, const char *french, const char *english)
	__attribute__((format_arg(2), format_arg(3)));

#endif
